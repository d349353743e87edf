import assert from 'node:assert/strict';
import type { DatabaseAddress } from '../../../server/database/address.ts';
import { type Connection, connect } from '../../../server/database/connection.ts';
import { quoteName } from '../../../server/database/quote.ts';
import { executeIn } from '../../../server/schema/applySession.ts';
import { type DiffOptions, diffSchemas, type SchemaDiff } from '../../../server/schema/diff.ts';
import { introspect } from '../../../server/schema/introspect.ts';
import type { Schema } from '../../../server/schema/model.ts';
import { testHost } from '../../support/temporary.ts';

/** A server to make databases on: a test server, or any address. */
export type Place = Pick<DatabaseAddress, 'socketPath' | 'user' | 'password'>;

/** Connection to a database that is made empty for the occasion. */
export async function freshDatabase(server: Place, name: string, options = ''): Promise<Connection> {
  const host = testHost('/nowhere');
  const admin = await connect(host, addressOf(server));
  try {
    await admin.execute(`DROP DATABASE IF EXISTS ${quoteName(name)}`);
    await admin.execute(`CREATE DATABASE ${quoteName(name)} ${options}`);
  } finally {
    await admin.close();
  }
  return connect(host, { ...addressOf(server), database: name });
}

export function addressOf({ socketPath, user, password }: Place): DatabaseAddress {
  return {
    ...(socketPath !== undefined && { socketPath }),
    user,
    ...(password !== undefined && { password }),
  };
}

export async function runAll(connection: Connection, statements: readonly string[]): Promise<void> {
  for (const statement of statements) {
    try {
      await connection.execute(statement);
    } catch (error) {
      throw new Error(`failed: ${statement}`, { cause: error });
    }
  }
}

/** Everything as the server prints it: SHOW CREATE of all objects, asked independently of the introspection under test. */
export async function printed(connection: Connection, database: string): Promise<Record<string, string>> {
  const result: Record<string, string> = {};
  const show = async (kind: string, name: string, column: RegExp) => {
    const [row] = await connection.query(`SHOW CREATE ${kind} ${quoteName(name)}`);
    const key = Object.keys(row ?? {}).find(candidate => column.test(candidate)) ?? '';
    result[`${kind} ${name}`] = String(row?.[key])
      .replace(/ AUTO_INCREMENT=\d+/, '')
      .replaceAll(`${quoteName(database)}.`, '');
    if (row?.['sql_mode'] !== undefined)
      result[`${kind} ${name}`] += ` -- ${row['sql_mode']} ${row['collation_connection']}`;
  };
  const list = async (sql: string) =>
    (await connection.rows(sql, [database])).map(row => row.map(String) as [string, string]);
  for (const [name, type] of await list(
    'SELECT TABLE_NAME, TABLE_TYPE FROM information_schema.TABLES WHERE TABLE_SCHEMA = ?',
  ))
    await show(type === 'VIEW' ? 'VIEW' : type === 'SEQUENCE' ? 'SEQUENCE' : 'TABLE', name, /^Create/);
  for (const [name, place] of await list(
    'SELECT TRIGGER_NAME, ACTION_ORDER FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = ?',
  )) {
    await show('TRIGGER', name, /^SQL/);
    result[`TRIGGER ${name}`] += ` -- ${place}`;
  }
  for (const [name, type] of await list(
    'SELECT ROUTINE_NAME, ROUTINE_TYPE FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = ?',
  ))
    await show(type, name, /^Create/);
  for (const [name] of await list(
    'SELECT EVENT_NAME, 1 FROM information_schema.EVENTS WHERE EVENT_SCHEMA = ?',
  ))
    await show('EVENT', name, /^Create/);
  return result;
}

export async function apply(connection: Connection, diff: SchemaDiff): Promise<void> {
  for (const change of diff.changes) await runIn(connection, change.session, change.sql);
}

export async function undo(connection: Connection, diff: SchemaDiff): Promise<void> {
  for (const statement of diff.undo) await runIn(connection, statement.session, statement.sql);
}

async function runIn(connection: Connection, session: Parameters<typeof executeIn>[1], sql: string) {
  try {
    await executeIn(connection, session, sql);
  } catch (error) {
    throw new Error(`failed: ${sql}`, { cause: error });
  }
}

/**
 * The oracle: the diff from A to B, applied to A, makes what the server prints exactly as B; its undo brings back A. `a` and
 * `b` are connections to the two databases.
 */
export async function assertOracle(
  a: Connection,
  b: Connection,
  options: DiffOptions = { exact: true },
): Promise<{ diff: SchemaDiff; from: Schema; to: Schema }> {
  const nameA = String(a.address.database);
  const nameB = String(b.address.database);
  const from = await introspect(a, nameA);
  const to = await introspect(b, nameB);
  const before = await printed(a, nameA);
  const wanted = await printed(b, nameB);
  const diff = diffSchemas(from, to, options);
  const script = () => diff.changes.map(change => change.sql).join(';\n');
  await apply(a, diff);
  assert.deepEqual(comparable(await printed(a, nameA)), comparable(wanted), script());
  assert.deepEqual(diffSchemas(await introspect(a, nameA), to, { exact: true }).changes, []);
  await undo(a, diff);
  assert.deepEqual(
    comparable(await printed(a, nameA)),
    comparable(before),
    `${script()}\nundo:\n${diff.undo.map(statement => statement.sql).join(';\n')}`,
  );
  return { diff, from, to };
}

/** Triggers print as their author wrote them: only what the server understood of them is compared. */
function comparable(objects: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(objects).map(([name, text]) => [
      name,
      name.startsWith('TRIGGER')
        ? text.replace(/^[\s\S]*?FOR EACH ROW\s+(?:(?:FOLLOWS|PRECEDES)\s+\S+\s+)?/i, '')
        : text,
    ]),
  );
}
