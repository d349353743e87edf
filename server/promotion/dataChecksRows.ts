import type { Connection, Value } from '../database/connection.ts';
import { quoteName } from '../database/quote.ts';
import { isConstant } from '../schema/algorithm.ts';
import type { Column, Table } from '../schema/model.ts';
import { mapTokens, unquoteName } from '../schema/reader.ts';

/** Names a row without telling anything about it: column and value of its primary key. */
export type RowKey = Record<string, string>;

/** A table of production, looked at as the plan will leave it. */
export interface FutureTable {
  before: Table;
  after: Table;
  /** New name of a column → its name in production. */
  oldNames: ReadonlyMap<string, string>;
  /** Columns whose values may be personal: a key that has one is not shown. */
  isPersonal(column: string): boolean;
}

export function oldColumn(table: FutureTable, name: string): Column | undefined {
  const old = table.oldNames.get(name) ?? name;
  return table.before.columns.find(column => column.name === old);
}

/**
 * SQL for a column's value after the change, over the rows as they are; undefined where the server will make it up
 * (AUTO_INCREMENT, expressions like `uuid()`).
 */
export function futureValue(table: FutureTable, name: string): string | undefined {
  const after = table.after.columns.find(column => column.name === name);
  if (after === undefined) return undefined;
  if (after.generated !== null) return `(${inOldNames(table, after.generated.expression)})`;
  const old = oldColumn(table, name);
  if (old === undefined) {
    if (after.autoIncrement) return undefined;
    if (after.default === null) return after.nullable ? 'NULL' : implicitDefault(after);
    return isConstant(after.default) ? after.default : undefined;
  }
  const quoted = quoteName(old.name);
  if (after.charset === null || after.collation === old.collation) return quoted;
  return `CONVERT(${quoted} USING ${after.charset}) COLLATE ${after.collation}`;
}

/** What a row gets in a NOT NULL column without default: zero, or nothing. */
function implicitDefault(column: Column): string {
  return /^(\w*int|decimal|float|double|bit|year)\b/.test(column.type) ? '0' : "''";
}

/** An expression of the new definition over production's names; added columns become their values. */
export function inOldNames(table: FutureTable, expression: string): string {
  const names = new Set(table.after.columns.map(column => column.name));
  return mapTokens(expression, token => {
    const name = unquoteName(token);
    if (!token.startsWith('`') || !names.has(name)) return token;
    const old = oldColumn(table, name);
    return old === undefined ? (futureValue(table, name) ?? 'NULL') : quoteName(old.name);
  });
}

/** How many rows fulfil `condition`, and the key of one of them. */
export async function countRows(
  connection: Connection,
  table: FutureTable,
  condition: string,
): Promise<{ count: number; example: RowKey | undefined }> {
  const name = quoteName(table.before.name);
  const [row] = await connection.rows(`SELECT COUNT(*) FROM ${name} WHERE ${condition}`);
  const count = Number(row?.[0] ?? 0);
  return { count, example: count === 0 ? undefined : await exampleKey(connection, table, condition) };
}

/** The primary key of one row; undefined without one, or where it may be personal. */
export async function exampleKey(
  connection: Connection,
  table: FutureTable,
  condition: string,
): Promise<RowKey | undefined> {
  const columns = table.before.indexes
    .find(index => index.kind === 'primary')
    ?.parts.flatMap(part => part.column ?? []);
  if (columns === undefined || columns.some(column => table.isPersonal(column))) return undefined;
  const list = columns.map(quoteName).join(', ');
  const [row] = await connection.rows(
    `SELECT ${list} FROM ${quoteName(table.before.name)} WHERE ${condition} ORDER BY ${list} LIMIT 1`,
  );
  if (row === undefined) return undefined;
  return Object.fromEntries(columns.map((column, index) => [column, shown(row[index])]));
}

function shown(value: Value | undefined): string {
  return Buffer.isBuffer(value) ? `0x${value.toString('hex')}` : String(value);
}
