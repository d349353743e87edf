import type { Connection } from '../database/connection.ts';
import { quoteName } from '../database/quote.ts';
import { type Comparison, sameCheck, sameForeignKey, sameIndex } from '../schema/compare.ts';
import type { ForeignKey, Index, Schema } from '../schema/model.ts';
import {
  countRows,
  exampleKey,
  type FutureTable,
  futureValue,
  inOldNames,
  oldColumn,
  type RowKey,
} from './dataChecksRows.ts';

export interface Found {
  problem: 'duplicate' | 'orphan' | 'check';
  /** The key or check that refuses the rows. */
  name: string;
  columns: string[];
  count: number;
  example: RowKey | undefined;
}

const meaning: Comparison = 'meaning';

/** Rows that share the values of a new unique key. */
export async function findDuplicates(connection: Connection, table: FutureTable): Promise<Found[]> {
  const found: Found[] = [];
  for (const index of table.after.indexes) {
    if (index.kind !== 'unique' && index.kind !== 'primary') continue;
    if (!mayMeetDuplicates(table, index)) continue;
    const values = index.parts.map(part => partValue(table, part));
    // A value that the server makes up is a new one for every row.
    if (values.some(value => value === undefined)) continue;
    const list = values.flatMap(value => value ?? []);
    const noNulls =
      index.kind === 'unique' ? list.map(value => `${value} IS NOT NULL`).join(' AND ') : '1 = 1';
    const aliases = list.map((value, position) => `${value} AS v${position}`);
    const groups = list.map((_, position) => `v${position}`);
    const grouped = `SELECT ${aliases.join(', ')}, COUNT(*) AS n FROM ${quoteName(table.before.name)}
       WHERE ${noNulls} GROUP BY ${groups.join(', ')} HAVING n > 1`;
    const [row] = await connection.rows(`SELECT COALESCE(SUM(n), 0) FROM (${grouped}) AS g`);
    const count = Number(row?.[0] ?? 0);
    if (count === 0) continue;
    // The values themselves never leave the server: only the key of a row that has them.
    const first = `(SELECT * FROM (SELECT ${groups.join(', ')} FROM (${grouped}) AS g LIMIT 1) AS f)`;
    const example = await exampleKey(connection, table, `(${list.join(', ')}) = ${first}`);
    const columns = index.parts.map(part => part.column ?? part.expression ?? '');
    found.push({ problem: 'duplicate', name: index.name, columns, count, example });
  }
  return found;
}

function partValue(table: FutureTable, part: Index['parts'][number]): string | undefined {
  const value =
    part.expression === null ? futureValue(table, part.column ?? '') : inOldNames(table, part.expression);
  return value === undefined || part.length === null ? value : `LEFT(${value}, ${part.length})`;
}

/** False for keys that production enforces already, over values that do not change how they compare. */
function mayMeetDuplicates(table: FutureTable, index: Index): boolean {
  const columns = index.parts.map(part => part.column);
  const changed = index.parts.some(part => {
    const after = table.after.columns.find(column => column.name === part.column);
    const before = part.column === null ? undefined : oldColumn(table, part.column);
    return before === undefined || before.collation !== after?.collation || before.type !== after.type;
  });
  if (changed) return true;
  const oldNames = columns.map(column => (column === null ? null : (table.oldNames.get(column) ?? column)));
  return !table.before.indexes.some(
    old =>
      (old.kind === 'unique' || old.kind === 'primary') &&
      (sameIndex(old, index, meaning) ||
        // Unique over fewer columns is unique over more; NULLs do not count as equal, but a primary key has none.
        (old.parts.every(part => part.length === null && oldNames.includes(part.column)) &&
          (index.kind === 'unique' || old.kind === 'primary'))),
  );
}

/** Rows whose new foreign key leads nowhere. `parents` are production's tables. */
export async function findOrphans(
  connection: Connection,
  table: FutureTable,
  from: Schema,
  oldName: (table: string) => string,
): Promise<Found[]> {
  const found: Found[] = [];
  for (const key of table.after.foreignKeys) {
    if (isEnforced(table, key)) continue;
    const values = key.columns.map(column => futureValue(table, column));
    if (values.some(value => value === undefined || value === 'NULL')) continue;
    const list = values.flatMap(value => value ?? []);
    const there = list.map(value => `${value} IS NOT NULL`).join(' AND ');
    const parentName = key.refDatabase === null ? oldName(key.refTable) : key.refTable;
    const exists = key.refDatabase !== null || from.tables[parentName] !== undefined;
    const parent =
      key.refDatabase === null
        ? quoteName(parentName)
        : `${quoteName(key.refDatabase)}.${quoteName(parentName)}`;
    // Names are qualified: parent and child may be the same table.
    const own = quoteName(table.before.name);
    const matches = key.refColumns.map(
      (column, index) => `p.${quoteName(column)} = ${qualified(own, list[index] ?? '')}`,
    );
    const condition = exists
      ? `${there} AND NOT EXISTS (SELECT 1 FROM ${parent} AS p WHERE ${matches.join(' AND ')})`
      : there;
    const { count, example } = await countRows(connection, table, condition);
    if (count > 0) found.push({ problem: 'orphan', name: key.name, columns: key.columns, count, example });
  }
  return found;
}

/** Puts the table in front of column names. */
function qualified(table: string, value: string): string {
  return value.replace(/`(?:[^`]|``)+`/g, name => `${table}.${name}`);
}

function isEnforced(table: FutureTable, key: ForeignKey): boolean {
  return table.before.foreignKeys.some(
    old =>
      sameForeignKey(old, key, meaning) ||
      (old.refTable === key.refTable &&
        old.refDatabase === key.refDatabase &&
        old.columns.join('\0') === key.columns.map(name => table.oldNames.get(name) ?? name).join('\0') &&
        old.refColumns.join('\0') === key.refColumns.join('\0')),
  );
}

/** Rows that a new check refuses; a check that is unknown (NULL) lets a row pass. */
export async function findCheckViolations(connection: Connection, table: FutureTable): Promise<Found[]> {
  const found: Found[] = [];
  const checks = [
    ...table.after.checks.filter(
      check =>
        check.enforced && !table.before.checks.some(old => old.enforced && sameCheck(old, check, meaning)),
    ),
    ...table.after.columns.flatMap(column =>
      column.check !== null && oldColumn(table, column.name)?.check !== column.check
        ? [{ name: column.name, expression: column.check }]
        : [],
    ),
  ];
  for (const check of checks) {
    const condition = `NOT (${inOldNames(table, check.expression)})`;
    const { count, example } = await countRows(connection, table, condition);
    if (count > 0) found.push({ problem: 'check', name: check.name, columns: [], count, example });
  }
  return found;
}
