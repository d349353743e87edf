import { quoteName } from '../database/quote.ts';
import type { Clause } from './clauses.ts';
import { type Comparison, sameColumn } from './compare.ts';
import { columnSql } from './ddlOf.ts';
import type { Column, Table } from './model.ts';

/**
 * Clauses that turn the columns of `from` into those of `to`, order included. `renames` maps names in `to` to the names that
 * the same columns had in the database; `from` already has the new names.
 */
export function diffColumns(
  from: Table,
  to: Table,
  renames: ReadonlyMap<string, string>,
  comparison: Comparison,
): Clause[] {
  const clauses: Clause[] = [];
  const target = new Map(to.columns.map(column => [column.name, column]));
  for (const column of from.columns)
    if (!target.has(column.name))
      clauses.push({ action: 'drop-column', sql: `DROP COLUMN ${quoteName(column.name)}`, column });
  const source = new Map(from.columns.map(column => [column.name, column]));
  const kept = from.columns.map(column => column.name).filter(name => target.has(name));
  const staying = stayingInPlace(
    kept,
    to.columns.map(column => column.name).filter(name => source.has(name)),
  );
  for (const [index, column] of to.columns.entries()) {
    const before = to.columns[index - 1];
    const place = before === undefined ? ' FIRST' : ` AFTER ${quoteName(before.name)}`;
    const old = source.get(column.name);
    if (old === undefined) clauses.push(addColumn(from, to, index, place));
    else {
      const change = changeColumn(
        old,
        column,
        renames.get(column.name),
        staying.has(column.name) ? '' : place,
        columnSql(to, column),
        comparison,
      );
      if (change !== undefined) clauses.push(change);
    }
  }
  return clauses;
}

function addColumn(from: Table, to: Table, index: number, place: string): Clause {
  const column = to.columns[index] as Column;
  // Behind every column that was there before: no place need be named, and old servers do that instantly.
  const rest = new Set(to.columns.slice(index).map(later => later.name));
  const last = !from.columns.some(old => rest.has(old.name));
  const sql = `ADD COLUMN ${quoteName(column.name)} ${columnSql(to, column)}`;
  return { action: 'add-column', sql: last && index > 0 ? sql : sql + place, column, last };
}

function changeColumn(
  from: Column,
  to: Column,
  oldName: string | undefined,
  place: string,
  definition: string,
  comparison: Comparison,
): Clause | undefined {
  const same = sameColumn(from, to, comparison);
  const moved = place !== '';
  if (same && !moved && oldName === undefined) return undefined;
  let sql = `MODIFY COLUMN ${quoteName(to.name)} ${definition}${place}`;
  if (oldName !== undefined)
    sql =
      same && !moved
        ? `RENAME COLUMN ${quoteName(oldName)} TO ${quoteName(to.name)}`
        : `CHANGE COLUMN ${quoteName(oldName)} ${quoteName(to.name)} ${definition}${place}`;
  return { action: 'change-column', sql, from, to, moved, renamed: oldName !== undefined };
}

/** The longest run of names that have the same order on both sides: only the others have to move. */
export function stayingInPlace(from: readonly string[], to: readonly string[]): Set<string> {
  const position = new Map(to.map((name, index) => [name, index]));
  const sequence = from.map(name => position.get(name) ?? -1);
  // Longest increasing subsequence: best[i] ends at i.
  const length: number[] = [];
  const previous: number[] = [];
  let end = -1;
  for (const [index, value] of sequence.entries()) {
    length[index] = 1;
    previous[index] = -1;
    for (let earlier = 0; earlier < index; earlier++)
      if ((sequence[earlier] ?? 0) < value && (length[earlier] ?? 0) + 1 > (length[index] ?? 0)) {
        length[index] = (length[earlier] ?? 0) + 1;
        previous[index] = earlier;
      }
    if (end === -1 || (length[index] ?? 0) > (length[end] ?? 0)) end = index;
  }
  const staying = new Set<string>();
  for (let index = end; index >= 0; index = previous[index] ?? -1) staying.add(from[index] ?? '');
  return staying;
}
