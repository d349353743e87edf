import { quoteName } from '../database/quote.ts';
import type { Column, Table } from '../schema/model.ts';
import type { KeptValues } from './ddl/program.ts';
import type { Mapping } from './shadowPlan.ts';

/**
 * The mapping of a way back: what was dropped comes out of the kept table, what was changed too where no one wrote since. Rows
 * that the kept table does not know, and those that writers bring along meanwhile, get what ALTER TABLE would give them.
 */
export function withReturning(mapping: Mapping, after: Table, restored: readonly KeptValues[]): Mapping {
  const columns = [...mapping.columns];
  const filled = [...mapping.filled];
  const seen = new Set<string>();
  // The newest first: a column that was dropped twice returns as it was last.
  for (const kept of restored.filter(({ keyed }) => keyed).toReversed())
    for (const [index, { column, how, becomes }] of kept.columns.entries()) {
      const target = after.columns.find(({ name }) => name === column);
      if (target === undefined || target.generated !== null || seen.has(column)) continue;
      seen.add(column);
      const at = columns.findIndex(({ to }) => to === column);
      const pair = columns[at];
      if (how === 'dropped' && pair === undefined) {
        const sql = defaultOf(target);
        const others = filled.filter(({ to }) => to !== column);
        filled.splice(0, filled.length, ...others, {
          to: column,
          sql,
          copied: keptValue(kept, index, sql),
        });
      } else if (how === 'changed' && pair !== undefined && becomes !== undefined) {
        const now = `t.${quoteName(pair.from)}`;
        const same = `CAST(k.new_${index} AS BINARY) <=> CAST(${now} AS BINARY)`;
        columns[at] = { ...pair, copied: keptValue(kept, index, now, same) };
      }
    }
  return { ...mapping, columns, filled };
}

/** A column that numbers rows itself cannot be given to rows that came without it. */
export function returningCounter(before: Table, after: Table, restored: readonly KeptValues[]): boolean {
  return after.columns.some(
    ({ name, autoIncrement }) =>
      autoIncrement &&
      !before.columns.some(column => column.name === name) &&
      restored.some(kept => kept.columns.some(({ column }) => column === name)),
  );
}

function keptValue(kept: KeptValues, index: number, otherwise: string, condition = 'TRUE'): string {
  const match = kept.key.map(name => `k.${quoteName(name)} = t.${quoteName(name)}`).join(' AND ');
  const from = `FROM ${quoteName(kept.keptAs)} AS k WHERE ${match} AND ${condition}`;
  return `CASE WHEN EXISTS (SELECT 1 ${from}) THEN (SELECT k.old_${index} ${from}) ELSE ${otherwise} END`;
}

function defaultOf(column: Column): string {
  if (column.default !== null) return column.default;
  return column.nullable ? 'NULL' : emptyValue(column);
}

export function emptyValue(column: Column): string {
  if (/^(\w*int|decimal|float|double|bit|year)\b/.test(column.type)) return '0';
  if (/^(date|datetime|timestamp)\b/.test(column.type)) return "'0000-00-00 00:00:00'";
  if (/^time\b/.test(column.type)) return "'00:00:00'";
  const first = /^enum\(('(?:[^'\\]|\\.|'')*')/.exec(column.type)?.[1];
  if (first !== undefined) return first;
  if (column.type === 'json') return "'null'";
  if (column.type === 'uuid') return "'00000000-0000-0000-0000-000000000000'";
  return "''";
}
