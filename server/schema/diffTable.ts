import { quoteName } from '../database/quote.ts';
import type { Clause } from './clauses.ts';
import type { Comparison } from './compare.ts';
import { diffColumns } from './diffColumns.ts';
import { diffChecks, diffIndexes } from './diffKeys.ts';
import { diffOptions, diffPartitioning } from './diffOptions.ts';
import type { Column, Index, Schema, Table } from './model.ts';
import { sridOf } from './stages.ts';

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
  const remade = remadeColumns(from, to, flavour);
  const staying = withoutColumns(from, remade);
  const indexes = [...remade.drops, ...diffIndexes(staying, to, flavour, comparison)];
  const checks = diffChecks(from, to, flavour, comparison);
  const isDrop = (clause: Clause) => clause.action.startsWith('drop');
  const partitioning = diffPartitioning(from.partitioning, to.partitioning);
  const clauses: Clause[] = [
    ...checks.filter(isDrop),
    ...indexes.filter(isDrop),
    ...diffPeriods(from, to),
    ...remade.columns.map(
      (column): Clause => ({ action: 'drop-column', sql: `DROP COLUMN ${quoteName(column.name)}`, column }),
    ),
    ...diffColumns(staying, to, renames, comparison),
    ...indexes.filter(clause => !isDrop(clause)),
    ...checks.filter(clause => !isDrop(clause)),
    ...diffOptions(from, to, comparison),
  ];
  if (partitioning.clause !== undefined) clauses.push(partitioning.clause);
  return { clauses, separate: partitioning.separate };
}

interface Remade {
  columns: Column[];
  /** Indexes over them, which would lose a part otherwise. */
  drops: Clause[];
}

/**
 * A column becomes VIRTUAL, or is no longer: no server alters that, it is dropped and made again, and what is computed from it too.
 * MySQL changes no SRID under a spatial index.
 */
function remadeColumns(from: Table, to: Table, flavour: Schema['flavour']): Remade {
  const isVirtual = ({ generated }: Column) => generated !== null && !generated.stored;
  const names = new Set<string>();
  for (;;) {
    const size = names.size;
    for (const column of from.columns) {
      const after = to.columns.find(other => other.name === column.name);
      if (after === undefined) continue;
      const computedFrom = [...names].some(name => column.generated?.expression.includes(quoteName(name)));
      if (isVirtual(column) !== isVirtual(after) || computedFrom) names.add(column.name);
    }
    if (names.size === size) break;
  }
  const isOver = ({ kind, parts }: Index, { name }: Column) =>
    parts.some(({ column }) => column === name) &&
    (names.has(name) || (flavour === 'mysql' && kind === 'spatial' && changesSrid(name, from, to)));
  const over = from.indexes.filter(index => from.columns.some(column => isOver(index, column)));
  return {
    columns: from.columns.filter(({ name }) => names.has(name)),
    drops: over.map(index => ({
      action: 'drop-index',
      sql: index.kind === 'primary' ? 'DROP PRIMARY KEY' : `DROP INDEX ${quoteName(index.name)}`,
      index,
    })),
  };
}

function changesSrid(name: string, from: Table, to: Table): boolean {
  const definitionIn = (table: Table) => table.columns.find(column => column.name === name)?.definition;
  const [before, after] = [definitionIn(from), definitionIn(to)];
  return before !== undefined && after !== undefined && sridOf(before) !== sridOf(after);
}

function withoutColumns(table: Table, { columns, drops }: Remade): Table {
  const gone = new Set(drops.map(clause => clause.action === 'drop-index' && clause.index.name));
  return {
    ...table,
    columns: table.columns.filter(column => !columns.includes(column)),
    indexes: table.indexes.filter(({ name }) => !gone.has(name)),
  };
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
