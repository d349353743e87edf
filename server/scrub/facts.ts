import type { Connection, Value } from '../database/connection.ts';
import type { ColumnFacts, TableFacts } from './plan.ts';

/** Tables that Greenroom itself keeps in production: no part of any base. */
const ownPrefix = '_greenroom_';

/**
 * What scrubbing needs to know of every base table, in four queries whatever the number of tables: columns in their
 * order, unique keys, foreign keys. Views, sequences and Greenroom's own tables are left out.
 */
export async function tableFacts(connection: Connection, database: string): Promise<TableFacts[]> {
  // A join of the two would have the server compare every column with every table: minutes for ten thousand tables.
  const names = await connection.rows(
    `SELECT TABLE_NAME FROM information_schema.TABLES
      WHERE TABLE_SCHEMA = ? AND TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED') ORDER BY TABLE_NAME`,
    [database],
  );
  const tables = new Map<string, TableFacts>();
  for (const [value] of names) {
    const name = text(value);
    if (!name.startsWith(ownPrefix))
      tables.set(name, { name, columns: [], uniqueKeys: [], primaryKey: [], foreignKeys: [] });
  }
  const columns = await connection.rows(
    `SELECT TABLE_NAME, COLUMN_NAME, DATA_TYPE, COLUMN_TYPE, CHARACTER_SET_NAME, COLLATION_NAME,
            CHARACTER_MAXIMUM_LENGTH, IS_NULLABLE, EXTRA, GENERATION_EXPRESSION
       FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ? ORDER BY TABLE_NAME, ORDINAL_POSITION`,
    [database],
  );
  for (const row of columns) tables.get(text(row[0]))?.columns.push(columnOf(row));
  await readKeys(connection, database, tables);
  await readForeignKeys(connection, database, tables);
  return [...tables.values()];
}

function columnOf(row: readonly Value[]): ColumnFacts {
  const [, name, dataType, columnType, charset, collation, maxLength, nullable, extra, expression] = row;
  return {
    name: text(name),
    dataType: text(dataType).toLowerCase(),
    columnType: text(columnType).toLowerCase(),
    charset: charset === null ? null : text(charset),
    collation: collation === null ? null : text(collation),
    maxLength: maxLength === null ? null : Number(maxLength),
    nullable: text(nullable) === 'YES',
    // MySQL writes DEFAULT_GENERATED for computed defaults, which are ordinary columns.
    generated:
      /\b(VIRTUAL|STORED|PERSISTENT) GENERATED\b|\bGENERATED ALWAYS\b/i.test(text(extra)) ||
      (expression !== null && expression !== undefined && text(expression) !== '') ||
      text(columnType).toLowerCase().includes(' generated always'),
  };
}

async function readKeys(
  connection: Connection,
  database: string,
  tables: Map<string, TableFacts>,
): Promise<void> {
  const rows = await connection.rows(
    `SELECT TABLE_NAME, INDEX_NAME, COLUMN_NAME, SUB_PART
       FROM information_schema.STATISTICS
      WHERE TABLE_SCHEMA = ? AND NON_UNIQUE = 0 AND COLUMN_NAME IS NOT NULL
      ORDER BY TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX`,
    [database],
  );
  const keys = new Map<string, string[]>();
  for (const [tableName, indexName, column, prefix] of rows) {
    const table = tables.get(text(tableName));
    if (table === undefined) continue;
    if (prefix !== null) {
      table.uniquePrefixes ??= {};
      table.uniquePrefixes[text(column)] = Number(prefix);
    }
    if (text(indexName) === 'PRIMARY') {
      table.primaryKey.push(text(column));
      continue;
    }
    const id = `${text(tableName)}\0${text(indexName)}`;
    let key = keys.get(id);
    if (key === undefined) {
      key = [];
      keys.set(id, key);
      table.uniqueKeys.push(key);
    }
    key.push(text(column));
  }
}

async function readForeignKeys(
  connection: Connection,
  database: string,
  tables: Map<string, TableFacts>,
): Promise<void> {
  const rows = await connection.rows(
    `SELECT TABLE_NAME, CONSTRAINT_NAME, COLUMN_NAME, REFERENCED_TABLE_NAME, REFERENCED_COLUMN_NAME
       FROM information_schema.KEY_COLUMN_USAGE
      WHERE TABLE_SCHEMA = ? AND REFERENCED_TABLE_SCHEMA = ?
      ORDER BY TABLE_NAME, CONSTRAINT_NAME, ORDINAL_POSITION`,
    [database, database],
  );
  let current = '';
  for (const [tableName, constraint, column, refTable, refColumn] of rows) {
    const table = tables.get(text(tableName));
    if (table === undefined) continue;
    const id = `${text(tableName)}\0${text(constraint)}`;
    if (id !== current) {
      current = id;
      table.foreignKeys.push({ columns: [], refTable: text(refTable), refColumns: [] });
    }
    const key = table.foreignKeys.at(-1);
    key?.columns.push(text(column));
    key?.refColumns.push(text(refColumn));
  }
}

/** Some servers send information_schema texts as bytes. */
function text(value: Value | undefined): string {
  return Buffer.isBuffer(value) ? value.toString('utf8') : String(value ?? '');
}
