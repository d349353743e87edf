import * as z from 'zod';
import { quoteName } from '../database/quote.ts';
import { storedSql, tableSql } from '../schema/ddlOf.ts';
import { type Schema, sessionModel, type Table, type Trigger, triggerModel } from '../schema/model.ts';
import type { Rename } from '../schema/renames.ts';
import { tableSession } from '../schema/tableSession.ts';
import type { KeptValues } from './ddl/program.ts';
import { incomingKeySchema, incomingKeys, keyObstacle, neighboursOf, temporaryKeys } from './shadowKeys.ts';
import { emptyValue, returningCounter, withReturning } from './shadowRestore.ts';

/** `copied`: what the copy takes instead, out of the row `t`: values that return. */
const pairSchema = z.object({ from: z.string(), to: z.string(), copied: z.string().optional() });
const filledSchema = z.object({ to: z.string(), sql: z.string(), copied: z.string().optional() });

/** How rows go from one table into the other. */
export const mappingSchema = z.object({
  columns: z.array(pairSchema),
  /** Columns of the other table that must be given a value and have none to take it from. */
  filled: z.array(filledSchema),
  key: z.array(pairSchema),
});
export type Mapping = z.infer<typeof mappingSchema>;

/**
 * Everything that rebuilding a table beside itself needs, and nothing that must be remembered: kept in the record of a promotion,
 * it is enough to go on, to take back or to clean up after any interruption.
 */
export const shadowPlanSchema = z.object({
  table: z.string(),
  /** The table beside: the new one before the exchange, the old one after it. Triggers of both directions know it by this name. */
  shadow: z.string(),
  /** A table's name in the moment of the exchange: see shadowSwitch.ts. */
  between: z.string(),
  /** An empty table that is renamed with the exchange, from the first name to the second: it tells whether tables were exchanged. */
  marker: z.object({ from: z.string(), to: z.string() }),
  /** The old table's name in the end, when nothing follows it any more. */
  old: z.string(),
  /** Keys of rows that the new table refused while it followed the old one: one row here, and the promotion gives up. */
  refused: z.string(),
  createSql: z.string(),
  session: sessionModel,
  forward: mappingSchema,
  backward: mappingSchema,
  /** Columns that are the same on both sides, for comparing contents. */
  comparable: z.array(pairSchema),
  triggers: z.object({
    capture: z.array(z.string()),
    follow: z.array(z.string()),
    /** The table's own, as they are, and as they shall be. */
    before: z.array(triggerModel),
    after: z.array(triggerModel),
  }),
  /** The new table's own. `late`: refers to the table itself, and comes when all rows are there. */
  foreignKeys: z.array(
    z.object({
      name: z.string(),
      temporary: z.string(),
      definition: z.string(),
      late: z.string().optional(),
    }),
  ),
  oldForeignKeys: z.array(z.string()),
  /** Of other tables to this one: see shadowKeys.ts. */
  incoming: z.array(incomingKeySchema),
  /** Tables that must not be written during the exchange, because who writes them reaches into both tables by a foreign key. */
  neighbours: z.array(z.string()),
});
export type ShadowPlan = z.infer<typeof shadowPlanSchema>;

export interface ShadowInput {
  /** Short and unique for the promotion: `_greenroom_<id>_…`. */
  id: string;
  from: Schema;
  target: Schema;
  renames?: readonly Rename[];
  table: string;
  /** Values of an earlier promotion that return with the change. */
  restored?: readonly KeptValues[];
}

export type Shadowed = { possible: true; plan: ShadowPlan } | { possible: false; reason: string };

/** A plan for rebuilding `table` beside itself, or the reason why that cannot be; then it has to be altered in place. */
export function planShadow(input: ShadowInput): Shadowed {
  const before = input.from.tables[input.table];
  const after = input.target.tables[input.table];
  if (before === undefined || after === undefined)
    return { possible: false, reason: 'the table is created, dropped or renamed' };
  const newNames = new Map(
    (input.renames ?? [])
      .filter(rename => rename.kind === 'column' && rename.table === input.table)
      .map(rename => [rename.from, rename.to]),
  );
  const reason = obstacle(input, before, after, newNames);
  if (reason !== undefined) return { possible: false, reason };
  return { possible: true, plan: buildPlan(input, before, after, newNames) };
}

function obstacle(
  input: ShadowInput,
  before: Table,
  after: Table,
  newNames: ReadonlyMap<string, string>,
): string | undefined {
  const option = (side: Table, name: string) => side.options.find(other => other.name === name)?.text ?? '';
  for (const side of [before, after]) {
    if (!/=InnoDB$/i.test(option(side, 'ENGINE'))) return 'its engine has no transactions';
    if (option(side, 'SYSTEM VERSIONING') !== '') return 'a copy would lose the history of its rows';
  }
  if (sharedKey(before, after, newNames) === undefined)
    return 'it has no unique key without NULLs that stays: rows cannot be told apart';
  if (returningCounter(before, after, input.restored ?? []))
    return 'its counter returns, and rows written since have no number';
  if (input.from.flavour === 'mysql' && after.checks.length > 0)
    return 'names of check constraints are taken by the table until it is gone (MySQL)';
  return keyObstacle(input, before, after);
}

/** The first unique key over the same columns on both sides, none of which can be NULL or is computed. */
function sharedKey(
  before: Table,
  after: Table,
  newNames: ReadonlyMap<string, string>,
): { from: string; to: string }[] | undefined {
  const usable = (table: Table) =>
    table.indexes
      .filter(index => index.kind === 'primary' || index.kind === 'unique')
      .filter(index => index.parts.every(part => part.length === null && part.column !== null))
      .map(index => index.parts.map(part => part.column ?? ''))
      .filter(columns =>
        columns.every(name => {
          const column = table.columns.find(other => other.name === name);
          return column !== undefined && !column.nullable && column.generated === null;
        }),
      );
  const there = usable(after).map(columns => [...columns].sort().join('\0'));
  for (const columns of usable(before)) {
    const renamed = columns.map(name => newNames.get(name) ?? name);
    const sameCollations = columns.every((name, index) => {
      const old = before.columns.find(column => column.name === name);
      const now = after.columns.find(column => column.name === renamed[index]);
      return old?.collation === now?.collation;
    });
    if (sameCollations && there.includes([...renamed].sort().join('\0')))
      return columns.map((from, index) => ({ from, to: renamed[index] ?? from }));
  }
  return undefined;
}

function buildPlan(
  { id, from, target, table, restored = [] }: ShadowInput,
  before: Table,
  after: Table,
  newNames: ReadonlyMap<string, string>,
): ShadowPlan {
  const nameOf = (part: string) => reservedName(id, part, table);
  const shadow = nameOf('beside');
  const columns = before.columns
    .filter(column => column.generated === null)
    .map(column => ({ from: column.name, to: newNames.get(column.name) ?? column.name }))
    .filter(pair => after.columns.some(column => column.name === pair.to && column.generated === null));
  const key = sharedKey(before, after, newNames) ?? [];
  const flip = (pairs: { from: string; to: string }[]) =>
    pairs.map(pair => ({ from: pair.to, to: pair.from }));
  const ownKeys = temporaryKeys(after, shadow, index => nameOf(`fk${index}`));
  const create = { ...after, name: shadow, foreignKeys: ownKeys.created };
  return {
    table,
    shadow,
    between: nameOf('between'),
    // After the others in order of names, in which the server takes its locks: see shadowSwitch.ts.
    marker: { from: nameOf('ready'), to: nameOf('switched') },
    old: nameOf('old'),
    refused: nameOf('no'),
    createSql: tableSql(create).replace(/^CREATE TABLE /, 'CREATE TABLE IF NOT EXISTS '),
    session: tableSession([after]),
    forward: withReturning({ columns, filled: filledColumns(after, columns), key }, after, restored),
    backward: { columns: flip(columns), filled: filledColumns(before, flip(columns)), key: flip(key) },
    comparable: columns.filter(pair => {
      const old = before.columns.find(column => column.name === pair.from);
      const now = after.columns.find(column => column.name === pair.to);
      return old?.type === now?.type && old?.collation === now?.collation && !opaque.test(old?.type ?? '');
    }),
    triggers: {
      capture: ['i', 'u', 'd'].map(event => nameOf(`c${event}`)),
      follow: ['i', 'u', 'd'].map(event => nameOf(`f${event}`)),
      before: triggersOf(from, table),
      after: triggersOf(target, table),
    },
    foreignKeys: ownKeys.kept,
    oldForeignKeys: before.foreignKeys.map(foreignKey => foreignKey.name),
    incoming: incomingKeys(from, table, shadow, index => nameOf(`in${index}`)),
    neighbours: neighboursOf(from, before, after),
  };
}

/** Types whose values cannot be read as bytes everywhere; that they are there is compared all the same. */
const opaque = /^(json|vector|geometry|geom|point|multi|line|polygon)/;

/** At most 64 characters, and different for different tables. */
function reservedName(id: string, part: string, table: string): string {
  const name = `_greenroom_${id}_${part}_`;
  return name + [...table].slice(0, 64 - [...name].length).join('');
}

function triggersOf(schema: Schema, table: string): Trigger[] {
  return Object.values(schema.triggers)
    .filter(trigger => trigger.table === table)
    .sort((a, b) => a.order - b.order);
}

/** What ALTER TABLE gives to rows in a new NOT NULL column without default, an INSERT in strict mode has to say. */
function filledColumns(table: Table, columns: readonly { to: string }[]): { to: string; sql: string }[] {
  return table.columns
    .filter(column => column.generated === null && !column.autoIncrement && !column.nullable)
    .filter(column => column.default === null && !columns.some(pair => pair.to === column.name))
    .filter(column => !column.other.some(text => /ROW (START|END)/i.test(text)))
    .map(column => ({ to: column.name, sql: emptyValue(column) }));
}

/** A trigger of the table, made on another one. */
export function triggerOn(trigger: Trigger, table: string): string {
  const moved = trigger.after.replace(
    ` ON ${quoteName(trigger.table)} FOR EACH ROW`,
    () => ` ON ${quoteName(table)} FOR EACH ROW`,
  );
  return storedSql({ ...trigger, after: moved });
}

/** The way back: the same plan with its sides exchanged, after the switch. */
export function mirrored(plan: ShadowPlan): ShadowPlan {
  return {
    ...plan,
    marker: { from: plan.marker.to, to: plan.marker.from },
    forward: plan.backward,
    backward: plan.forward,
    comparable: plan.comparable.map(pair => ({ from: pair.to, to: pair.from })),
    triggers: {
      capture: plan.triggers.follow,
      follow: plan.triggers.capture,
      before: plan.triggers.after,
      after: plan.triggers.before,
    },
  };
}
