import { type Connection, errnoOf } from '../database/connection.ts';
import { cloneAccount } from '../database/privateServer.ts';
import { quoteName } from '../database/quote.ts';
import { messageOf } from '../platform/errors.ts';
import { executeIn } from '../schema/applySession.ts';
import { type CreatePhases, type CreateStatement, createAll } from '../schema/createAll.ts';
import { tableSql } from '../schema/ddlOf.ts';
import type { Schema, Table } from '../schema/model.ts';
import type { SourceTable } from './source.ts';

/** Engines that reach out of the server, or are a view of other tables: their tables become empty InnoDB tables. */
const outside = new Set(['FEDERATED', 'CONNECT', 'SPIDER', 'S3', 'OQGRAPH', 'SPHINX', 'MROONGA']);

/**
 * The schema as the clone has it: definers are the clone's account, nothing points out of the data directory, counters go on
 * where production's stand.
 */
export function baseSchema(
  source: Schema,
  sources: ReadonlyMap<string, SourceTable>,
  warnings: string[],
): Schema {
  const { views, triggers, routines, events } = source;
  // What stays as it is is shared, not copied: there may be ten thousand tables.
  const tables = Object.entries(source.tables).map(([name, table]) => [
    name,
    confine(table, sources.get(name)?.autoIncrement, warnings),
  ]);
  return {
    ...source,
    tables: Object.fromEntries(tables),
    views: ownDefiners(views),
    triggers: ownDefiners(triggers),
    routines: ownDefiners(routines),
    events: ownDefiners(events),
  };
}

function ownDefiners<T extends { definer: string }>(objects: Record<string, T>): Record<string, T> {
  const own = ({ definer }: T) => (definer === '' ? '' : cloneAccount);
  return Object.fromEntries(
    Object.entries(objects).map(([name, object]) => [name, { ...object, definer: own(object) }]),
  );
}

function confine(source: Table, counter: string | undefined, warnings: string[]): Table {
  const table = { ...source };
  const dropped = new Set([
    'DATA DIRECTORY',
    'INDEX DIRECTORY',
    'CONNECTION',
    'TABLESPACE',
    'ENCRYPTION',
    'ENCRYPTED',
  ]);
  const engine = table.options.find(option => option.name.toUpperCase() === 'ENGINE');
  const name = engine?.text.replace(/^ENGINE\s*=\s*/i, '').toUpperCase();
  if (engine !== undefined && name !== undefined && outside.has(name)) {
    table.options = [{ ...engine, text: 'ENGINE=InnoDB' }];
    warnings.push(`${table.name} is a ${name} table: the base has it empty, as InnoDB`);
  }
  table.options = table.options.filter(
    option => !dropped.has(option.name.toUpperCase().replaceAll('_', ' ')),
  );
  if (counter !== undefined)
    table.options = [...table.options, { name: 'AUTO_INCREMENT', text: `AUTO_INCREMENT=${counter}` }];
  if (table.partitioning !== null) {
    const partitions = table.partitioning.partitions.map(partition => ({
      ...partition,
      definition: partition.definition.replace(/\s+(DATA|INDEX) DIRECTORY = '(?:[^'\\]|\\.|'')*'/gi, ''),
    }));
    table.partitioning = { ...table.partitioning, partitions };
  }
  return table;
}

/** True if the base keeps no rows of it: they live elsewhere, or in other tables. */
export function isOutside(engine: string): boolean {
  return outside.has(engine.toUpperCase()) || /^(MRG_MYISAM|BLACKHOLE|PERFORMANCE_SCHEMA)$/i.test(engine);
}

export interface Structure {
  /** Tables without what is quicker to build after the rows. */
  tables: CreateStatement[];
  /** What each table gets when its rows are in: one ALTER. */
  after: Map<string, CreateStatement>;
  /** What has no rows of its own. */
  stored: StoredObjects;
}

type StoredObjects = Pick<CreatePhases, 'routines' | 'views' | 'triggers' | 'events'>;

/**
 * @param isSmall for such tables two more statements would cost more than keeping the indexes up while loading
 */
export function structureOf(schema: Schema, isSmall: (table: string) => boolean): Structure {
  const phases = createAll(schema);
  const tables = phases.tables.map(statement => {
    const table = schema.tables[statement.object];
    return table !== undefined && isSmall(table.name) ? { ...statement, sql: tableSql(table) } : statement;
  });
  const after = new Map<string, CreateStatement>();
  for (const statement of [...phases.keys, ...phases.foreignKeys]) {
    if (isSmall(statement.object)) continue;
    const earlier = after.get(statement.object);
    const prefix = `ALTER TABLE ${quoteName(statement.object)} `;
    after.set(
      statement.object,
      earlier === undefined
        ? statement
        : { ...earlier, sql: `${earlier.sql}, ${statement.sql.slice(prefix.length)}` },
    );
  }
  const { routines, views, triggers, events } = phases;
  return { tables, after, stored: { routines, views, triggers, events } };
}

/** Settings of a session that builds tables: production's own rows are not to be judged anew. */
export async function prepareBuilder(connection: Connection, database: string): Promise<void> {
  await connection.execute(`USE ${quoteName(database)}`);
  await connection.execute(
    "SET SESSION sql_mode = 'NO_ENGINE_SUBSTITUTION,ALLOW_INVALID_DATES', foreign_key_checks = 0",
  );
  if (connection.server.flavour === 'mariadb')
    await connection.execute('SET SESSION check_constraint_checks = 0');
}

/**
 * Views, routines, triggers and events. What production itself has broken (a view over a dropped table) cannot be made
 * here either: it is left out and told.
 */
export async function createStored(
  connection: Connection,
  stored: StoredObjects,
  warnings: string[],
): Promise<void> {
  for (const statement of stored.routines) await executeIn(connection, statement.session, statement.sql);
  await createViews(connection, stored.views, warnings);
  for (const statement of [...stored.triggers, ...stored.events])
    await executeIn(connection, statement.session, statement.sql);
}

async function createViews(
  connection: Connection,
  statements: readonly CreateStatement[],
  warnings: string[],
): Promise<void> {
  let waiting = [...statements];
  while (waiting.length > 0) {
    const failed: { statement: CreateStatement; error: unknown }[] = [];
    for (const statement of waiting) {
      try {
        await executeIn(connection, statement.session, statement.sql);
      } catch (error) {
        if (errnoOf(error) === undefined) throw error;
        failed.push({ statement, error });
      }
    }
    if (failed.length === waiting.length) {
      for (const { statement, error } of failed)
        warnings.push(
          `the view ${statement.object} was left out, it does not work in production: ${messageOf(error)}`,
        );
      return;
    }
    waiting = failed.map(({ statement }) => statement);
  }
}
