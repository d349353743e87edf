import type { SchemaChange } from '../protocol/plan.ts';
import type { Clause } from './clauses.ts';
import { diffTable } from './diffTable.ts';
import type { Schema, Table } from './model.ts';
import { typeLoss } from './typeLoss.ts';

/*
 * What counts as destructive. References: Skeema's "allow-unsafe" (drops of tables and columns, lossy column changes, character
 * sets, engines, partitions) and Atlas' analyzers DS101–DS103 (drops) and MY110–MY111 (values of enums). Changes that the server
 * refuses when rows stand in the way (a new unique key, a new foreign key, NOT NULL over NULLs) lose nothing: the data checks
 * find those rows. Views, routines, triggers and events hold no values, and undo brings them back.
 */

export interface Classification {
  destructive: boolean;
  /** One sentence per rule that applies. */
  reasons: string[];
}

export function dropTableReason(table: Table): string {
  return `drops the table ${table.name} with all its rows`;
}

/** Reasons of the clauses of one ALTER TABLE. */
export function alterReasons(table: Table, clauses: readonly Clause[]): string[] {
  return clauses.flatMap(clause => clauseReasons(table, clause));
}

function clauseReasons(table: Table, clause: Clause): string[] {
  const about = (column: string, text: string) => `${table.name}.${column}: ${text}`;
  switch (clause.action) {
    case 'drop-column':
      // The values of a generated column can be computed again.
      return clause.column.generated === null
        ? [about(clause.column.name, 'the column is dropped with its values')]
        : [];
    case 'change-column': {
      const { from, to } = clause;
      const reasons = from.generated === null ? typeLoss(from, to) : [];
      if (from.generated === null && to.generated !== null)
        reasons.push('the values are replaced by computed ones');
      return reasons.map(reason => about(to.name, reason));
    }
    case 'option':
      return clause.option === 'ENGINE'
        ? [`${table.name}: another storage engine may know no transactions, foreign keys or durability`]
        : [];
    case 'versioning':
      return clause.sql.startsWith('DROP') ? [`${table.name}: the history of all rows is dropped`] : [];
    case 'partition':
      return clause.sql.startsWith('DROP PARTITION')
        ? [`${table.name}: the rows of the dropped partitions are lost (${clause.sql.slice(15)})`]
        : [];
    default:
      return [];
  }
}

/** Classifies one change of a diff from `from` to `to` (both with the change's own names of tables). */
export function classify(change: SchemaChange, from: Schema, to: Schema): Classification {
  const reasons = reasonsOf(change, from, to);
  return { destructive: reasons.length > 0, reasons };
}

function reasonsOf(change: SchemaChange, from: Schema, to: Schema): string[] {
  if (change.objectType === 'sequence' && change.kind === 'drop') return change.reasons;
  if (change.objectType !== 'table') return [];
  const before = from.tables[change.object];
  const after = to.tables[change.object];
  if (change.kind === 'drop' && before !== undefined) return [dropTableReason(before)];
  if (change.kind !== 'alter' || before === undefined || after === undefined) return change.reasons;
  const { clauses, separate } = diffTable(before, after, new Map(), to.flavour, 'meaning');
  const all = separate === undefined ? clauses : [...clauses, separate];
  return alterReasons(
    before,
    all.filter(clause => change.sql.includes(clause.sql)),
  );
}
