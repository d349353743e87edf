import type { Connection, Row } from '../database/connection.ts';
import { quoteName } from '../database/quote.ts';
import { GreenroomError } from '../platform/errors.ts';
import { normaliseCharsetName } from './charset.ts';
import { quoteAccount } from './definer.ts';
import { readStored } from './introspectStored.ts';
import { reservedPrefix, type Schema } from './model.ts';
import { KnownPieces, parseTable } from './parseTable.ts';
import { unseenKinds } from './privileges.ts';
import { withoutDatabase } from './reader.ts';
import { firstRows } from './showCreate.ts';

export interface IntrospectOptions {
  /** Accounts (`user@host`) that count as the reader's own, beside the connected one: their definers become `CURRENT_USER`. */
  ownAccounts?: readonly string[];
  /** Only these tables, and nothing but tables: for a look at one object. */
  tables?: readonly string[];
}

/**
 * Reads the schema of `database`, without the objects whose names Greenroom reserves. The connection's default database is
 * changed to it.
 *
 * The text of SHOW CREATE is the source, not information_schema: it is what the server itself would have to read back, and the
 * only place that tells parsers, versioning, partition comments or explicit character sets.
 *
 * @throws GreenroomError `database-missing`, `database-denied` where an object's text is hidden from the account
 */
export async function introspect(
  connection: Connection,
  database: string,
  options: IntrospectOptions = {},
): Promise<Schema> {
  const facts = await databaseFacts(connection, database);
  await connection.execute(`USE ${quoteName(database)}`);
  await connection.execute('SET SESSION sql_quote_show_create = 1');
  const names = await objectNames(connection, database);
  const own = [facts.account, ...(options.ownAccounts ?? [])].map(quoteAccount);
  const schema: Schema = {
    flavour: connection.server.flavour,
    version: [...connection.server.version],
    sqlMode: facts.sqlMode,
    charset: facts.charset,
    collation: facts.collation,
    tables: {},
    views: {},
    triggers: {},
    routines: {},
    events: {},
    sequences: {},
    unseen: [],
  };
  const wanted = options.tables;
  const tables = names.tables.filter(name => wanted?.includes(name) ?? true);
  const rows = await firstRows(
    connection,
    tables.map(name => `SHOW CREATE TABLE ${quoteName(name)}`),
  );
  const known = new KnownPieces();
  for (const [index, row] of rows.entries()) {
    const name = tables[index] ?? '';
    const text = withoutDatabase(textOf(row, 'Create Table'), database);
    schema.tables[name] = parseTable(text, facts.defaults, known);
  }
  if (wanted !== undefined) return schema;
  const sequences = await firstRows(
    connection,
    names.sequences.map(name => `SHOW CREATE SEQUENCE ${quoteName(name)}`),
  );
  for (const [index, row] of sequences.entries()) {
    const name = names.sequences[index] ?? '';
    schema.sequences[name] = { name, definition: sequenceDefinition(textOf(row, 'Create Table')) };
  }
  await readStored(connection, database, schema, names.views, own);
  schema.unseen = await unseenKinds(connection, database);
  return schema;
}

/** A text column of a SHOW CREATE row. The server hides bodies from accounts that may not see them by NULL. */
export function textOf(row: Row, column: string): string {
  const value = row[column];
  if (typeof value === 'string') return value;
  if (Buffer.isBuffer(value)) return value.toString('utf8');
  throw new GreenroomError('database-denied', {
    subject: column,
    detail: `the account may not read the text of ${String(Object.values(row)[0])}`,
    next: 'Grant it SELECT, SHOW VIEW, TRIGGER and EVENT on the database, and the right to read routines.',
  });
}

async function databaseFacts(connection: Connection, database: string) {
  const rows = await connection.query(
    `SELECT DEFAULT_CHARACTER_SET_NAME AS charset, DEFAULT_COLLATION_NAME AS collation, CURRENT_USER() AS account,
       @@GLOBAL.sql_mode AS sqlMode
     FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = ?`,
    [database],
  );
  const row = rows[0];
  if (row === undefined) throw new GreenroomError('database-missing', { subject: database });
  const charsets = await connection.rows(
    'SELECT CHARACTER_SET_NAME, DEFAULT_COLLATE_NAME FROM information_schema.CHARACTER_SETS',
  );
  return {
    charset: normaliseCharsetName(String(row['charset'])),
    collation: normaliseCharsetName(String(row['collation'])),
    account: String(row['account']),
    sqlMode: String(row['sqlMode']),
    defaults: new Map(
      charsets.map(([charset, collation]) => [
        normaliseCharsetName(String(charset)),
        normaliseCharsetName(String(collation)),
      ]),
    ),
  };
}

async function objectNames(connection: Connection, database: string) {
  const rows = await connection.rows(
    'SELECT TABLE_NAME, TABLE_TYPE FROM information_schema.TABLES WHERE TABLE_SCHEMA = ?',
    [database],
  );
  const names = { tables: [] as string[], views: [] as string[], sequences: [] as string[] };
  for (const [name, type] of rows) {
    if (String(name).startsWith(reservedPrefix)) continue;
    if (type === 'VIEW') names.views.push(String(name));
    else if (type === 'SEQUENCE') names.sequences.push(String(name));
    else names.tables.push(String(name));
  }
  for (const list of Object.values(names)) list.sort();
  return names;
}

/** `start with 1 minvalue …`: what ALTER SEQUENCE takes, and the engine behind it. */
function sequenceDefinition(sql: string): string {
  return sql.replace(/^CREATE SEQUENCE\s+`(?:[^`]|``)*`\s*/i, '');
}
