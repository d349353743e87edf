import { quoteName } from '../database/quote.ts';
import type { Clause } from './clauses.ts';
import type { Comparison } from './compare.ts';
import { diffColumns } from './diffColumns.ts';
import { diffChecks, diffIndexes } from './diffKeys.ts';
import { diffOptions, diffPartitioning } from './diffOptions.ts';
import type { Schema, Table } from './model.ts';

export interface TableDiff {
  clauses: Clause[];
  /** A partition statement that stands alone, after the ALTER. */
  separate: Clause | undefined;
}

/** Everything of a table but its foreign keys, which depend on other tables. */
export function diffTable(
  from: Table,
  to: Table,
  renames: ReadonlyMap<string, string>,
  flavour: Schema['flavour'],
  comparison: Comparison,
): TableDiff {
  const indexes = diffIndexes(from, to, flavour, comparison);
  const checks = diffChecks(from, to, flavour, comparison);
  const isDrop = (clause: Clause) => clause.action.startsWith('drop');
  const partitioning = diffPartitioning(from.partitioning, to.partitioning);
  const clauses: Clause[] = [
    ...checks.filter(isDrop),
    ...indexes.filter(isDrop),
    ...diffPeriods(from, to),
    ...diffColumns(from, to, renames, comparison),
    ...indexes.filter(clause => !isDrop(clause)),
    ...checks.filter(clause => !isDrop(clause)),
    ...diffOptions(from, to, comparison),
  ];
  if (partitioning.clause !== undefined) clauses.push(partitioning.clause);
  return { clauses, separate: partitioning.separate };
}

function diffPeriods(from: Table, to: Table): Clause[] {
  const nameOf = (period: string) => /^PERIOD FOR\s+(`(?:[^`]|``)+`|\w+)/i.exec(period)?.[1] ?? '';
  const dropped = from.periods.filter(period => !to.periods.includes(period));
  const added = to.periods.filter(period => !from.periods.includes(period));
  return [
    ...dropped.map((period): Clause => ({ action: 'period', sql: `DROP PERIOD FOR ${nameOf(period)}` })),
    ...added.map((period): Clause => ({ action: 'period', sql: `ADD ${period}` })),
  ];
}

export function dropForeignKey(name: string): Clause {
  return { action: 'drop-foreign-key', sql: `DROP FOREIGN KEY ${quoteName(name)}` };
}

export function addForeignKey(definition: string): Clause {
  return { action: 'add-foreign-key', sql: `ADD ${definition}` };
}
