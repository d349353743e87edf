import type { Connection } from '../database/connection.ts';
import { qualify, quoteName, quoteString } from '../database/quote.ts';
import type { TablePlan } from '../scrub/plan.ts';
import type { TablePart } from './copyJob.ts';
import type { SourceTable } from './source.ts';

const integers = new Set(['tinyint', 'smallint', 'mediumint', 'int', 'bigint']);
/** Finding borders in a key that is no number costs a walk through it: worth it from this size on. */
const worthWalking = 64_000_000;

/**
 * Cuts a table into parts of about `target` bytes along its primary key, so that several readers can share it. The first
 * and the last part have no outer border: whatever the estimates, no row falls between.
 */
export async function tableParts(
  connection: Connection,
  database: string,
  table: SourceTable,
  plan: TablePlan,
  primaryKey: readonly string[],
  target: number,
): Promise<TablePart[]> {
  if (table.partitions.length > 0) return table.partitions.map(partition => ({ partition }));
  const wanted = Math.min(256, Math.floor(table.dataBytes / target));
  const first = primaryKey[0];
  const column = plan.columns.find(candidate => candidate.name === first);
  if (wanted < 2 || first === undefined || column === undefined) return [{}];
  const borders = integers.has(column.dataType)
    ? await numberBorders(connection, database, table.name, first, wanted)
    : table.dataBytes >= worthWalking && primaryKey.length === 1 && column.charset !== null
      ? await textBorders(connection, database, table, first, Math.min(wanted, 16))
      : [];
  return between(quoteName(first), borders);
}

/** Evenly between the lowest and the highest key: two look-ups in the index. */
async function numberBorders(
  connection: Connection,
  database: string,
  table: string,
  column: string,
  parts: number,
): Promise<string[]> {
  const [range] = await connection.rows(
    `SELECT CAST(MIN(${quoteName(column)}) AS CHAR), CAST(MAX(${quoteName(column)}) AS CHAR) FROM ${qualify(database, table)}`,
  );
  const [low, high] = range ?? [];
  if (typeof low !== 'string' || typeof high !== 'string') return [];
  const lowest = BigInt(low);
  const width = BigInt(high) - lowest + 1n;
  const borders = new Set<string>();
  for (let part = 1; part < parts; part++)
    borders.add(String(lowest + (width * BigInt(part)) / BigInt(parts)));
  return [...borders];
}

async function textBorders(
  connection: Connection,
  database: string,
  table: SourceTable,
  column: string,
  parts: number,
): Promise<string[]> {
  const name = quoteName(column);
  const step = Math.floor(table.rows / parts);
  const borders: string[] = [];
  if (step < 1) return borders;
  for (let part = 1; part < parts; part++) {
    const after = borders.length === 0 ? '' : ` WHERE ${name} > ${borders[borders.length - 1]}`;
    const [row] = await connection.rows(
      `SELECT ${name} FROM ${qualify(database, table.name)} FORCE INDEX (PRIMARY)${after} ORDER BY ${name} LIMIT 1 OFFSET ${step}`,
    );
    const value = row?.[0];
    if (typeof value !== 'string') break;
    borders.push(quoteString(value));
  }
  return borders;
}

function between(name: string, borders: readonly string[]): TablePart[] {
  if (borders.length === 0) return [{}];
  const parts: TablePart[] = [];
  for (let index = 0; index <= borders.length; index++) {
    const conditions: string[] = [];
    if (index > 0) conditions.push(`${name} >= ${borders[index - 1]}`);
    if (index < borders.length) conditions.push(`${name} < ${borders[index]}`);
    parts.push({ where: conditions.join(' AND ') });
  }
  return parts;
}
