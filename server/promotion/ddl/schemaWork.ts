import type { Connection } from '../../database/connection.ts';
import { quoteName } from '../../database/quote.ts';
import { GreenroomError } from '../../platform/errors.ts';
import { diffSchemas, type Rename } from '../../schema/diff.ts';
import { introspect } from '../../schema/introspect.ts';
import { emptySchema, reservedPrefix, type Schema } from '../../schema/model.ts';
import type { RecordedSchema } from '../record.ts';
import { buildProgram } from './buildProgram.ts';
import { describeObject, differentObjects, type ObjectRef, withObjects } from './objects.ts';
import type { Kept, Program } from './program.ts';

/** The schema half of one promotion or undo, as its record has it. */
export interface SchemaWork {
  promotion: string;
  database: string;
  schema: Omit<RecordedSchema, 'changes'>;
}

/** Towards what the promotion promised, or back to what was before it. */
export type Direction = 'forward' | 'back';

/**
 * The statements from where production is now. They are computed from the schema itself, not from a log of statements: it
 * does not matter which of them an interrupted run had got through.
 */
export async function programFrom(
  connection: Connection,
  work: SchemaWork,
  direction: Direction,
  now?: Schema,
): Promise<Program> {
  const from = now ?? (await introspect(connection, work.database));
  const target = targetOf(from, work, direction);
  const renames = applicableRenames(from, work.schema.renames, direction);
  const taken = new Set(await keptNames(connection));
  const { schema } = work;
  return buildProgram({
    promotion: work.promotion,
    from,
    target,
    changes: diffSchemas(from, target, { renames }).changes,
    renames,
    restorable: (direction === 'forward' ? schema.restored : schema.kept).filter(kept =>
      taken.has(placeOf(kept)),
    ),
    names: direction === 'forward' ? schema.kept : schema.restored,
    isTaken: name => taken.has(name),
    ...(direction === 'forward' && { shadowed: new Set(schema.shadows.map(({ table }) => table)) }),
    lenient: direction === 'forward' && schema.lenient,
    ...(direction === 'back' && { back: { already: schema.restored } }),
  });
}

/** Answers the schema as it is. Throws `apply-failed` with the objects that are not as the direction promises. */
export async function verifySchema(
  connection: Connection,
  work: SchemaWork,
  direction: Direction,
): Promise<Schema> {
  const now = await introspect(connection, work.database);
  const wrong = unreachedObjects(now, targetOf(now, work, direction));
  if (wrong.length > 0)
    throw new GreenroomError('apply-failed', {
      subject: work.database,
      detail: 'its schema is not what the plan promised',
      items: wrong.map(describeObject),
    });
  return now;
}

/** Objects that differ in more than spelling and the order of their indexes. */
export function unreachedObjects(now: Schema, target: Schema): ObjectRef[] {
  const different = differentObjects(now, target);
  if (different.length === 0) return [];
  const changed = new Set(
    diffSchemas(now, target).changes.map(change => `${change.objectType} ${change.object}`),
  );
  return different.filter(ref => {
    const bare = ref.type === 'routine' ? ref.name.replace(/^\S+( BODY)? /, '') : ref.name;
    return changed.has(`${ref.type} ${ref.name}`) || changed.has(`${ref.type} ${bare}`);
  });
}

function targetOf(now: Schema, { schema }: SchemaWork, direction: Direction): Schema {
  return withObjects(now, direction === 'forward' ? schema.after : schema.before, schema.touched);
}

/** Renames that are still to be made from where the schema is. */
export function applicableRenames(now: Schema, renames: readonly Rename[], direction: Direction): Rename[] {
  const wanted = direction === 'forward' ? renames : inverseRenames(renames);
  const tables = wanted.filter(
    ({ kind, from, to }) => kind === 'table' && from in now.tables && !(to in now.tables),
  );
  const columns = wanted.filter(({ kind, table, from, to }) => {
    if (kind !== 'column') return false;
    const current = tables.find(rename => rename.to === table)?.from ?? table;
    const names = now.tables[current]?.columns.map(({ name }) => name) ?? [];
    return names.includes(from) && !names.includes(to);
  });
  return [...tables, ...columns];
}

/** The way back: a column's table is named as it is after the tables' way back. */
export function inverseRenames(renames: readonly Rename[]): Rename[] {
  const tables = renames.filter(({ kind }) => kind === 'table');
  const oldName = (table: string) => tables.find(({ to }) => to === table)?.from ?? table;
  return renames.map(({ kind, table, from, to }) => ({ kind, table: oldName(table), from: to, to: from }));
}

/** The table in which something is kept. */
export function placeOf(kept: Kept): string {
  return kept.kind === 'values' ? (kept.keptIn ?? kept.keptAs) : kept.keptAs;
}

/** Everything that Greenroom keeps in production's database. */
export async function keptNames(connection: Connection): Promise<string[]> {
  const rows = await connection.rows('SHOW TABLES LIKE ?', [`${reservedPrefix.replaceAll('_', '\\_')}%`]);
  return rows.map(row => String(row[0]));
}

/**
 * After a promotion was taken back: what it had kept has returned, what it had made is empty. Tables that got rows
 * meanwhile stay; they are answered.
 */
export async function dropLeftovers(
  connection: Connection,
  values: readonly Kept[],
  made: readonly Kept[],
): Promise<string[]> {
  const there = new Set(await keptNames(connection));
  for (const kept of values)
    if (kept.kind === 'values')
      for (const name of new Set([kept.keptAs, placeOf(kept)]))
        if (there.has(name)) await connection.execute(`DROP TABLE ${quoteName(name)}`);
  const staying: string[] = [];
  for (const kept of made) {
    if (!there.has(kept.keptAs)) continue;
    if (await holdsWrites(connection, kept)) staying.push(kept.keptAs);
    else {
      const word = kept.kind === 'table' && kept.type === 'sequence' ? 'SEQUENCE' : 'TABLE';
      await connection.execute(`DROP ${word} ${quoteName(kept.keptAs)}`);
    }
  }
  return staying;
}

/** Whether someone wrote into a new table, or gave a new column more than its one default. */
async function holdsWrites(connection: Connection, kept: Kept): Promise<boolean> {
  const table = quoteName(kept.keptAs);
  if (kept.kind === 'table') {
    if (kept.type === 'sequence') return false;
    return (await connection.rows(`SELECT 1 FROM ${table} LIMIT 1`)).length > 0;
  }
  const counts = kept.columns.map((_, index) => `COUNT(DISTINCT old_${index})`).join(', ');
  const [row] = await connection.rows(`SELECT ${counts} FROM ${table}`);
  return row?.some(count => Number(count) > 1) ?? false;
}

/** With the triggers of touched tables: they are taken away while values return, and have to come back whatever happens. */
export function withTriggers(before: Schema, after: Schema, touched: readonly ObjectRef[]): ObjectRef[] {
  const tables = new Set(touched.filter(({ type }) => type === 'table').map(({ name }) => name));
  const named = new Set(touched.filter(({ type }) => type === 'trigger').map(({ name }) => name));
  const more = [before, after]
    .flatMap(schema => Object.values(schema.triggers))
    .filter(({ name, table }) => tables.has(table) && !named.has(name))
    .map(({ name }) => name);
  return [...touched, ...[...new Set(more)].sort().map(name => ({ type: 'trigger' as const, name }))];
}

/** The part of a schema that a record keeps: the touched objects alone. */
export function recordedPart(schema: Schema, touched: readonly ObjectRef[]): Schema {
  return withObjects(emptySchema(schema), schema, touched);
}
