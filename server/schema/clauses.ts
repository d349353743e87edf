import type { Column, Index } from './model.ts';

/** One clause of an ALTER TABLE with what the prediction of its algorithm needs to know. */
export type Clause =
  | { action: 'add-column'; sql: string; column: Column; last: boolean }
  | { action: 'drop-column'; sql: string; column: Column }
  | { action: 'change-column'; sql: string; from: Column; to: Column; moved: boolean; renamed: boolean }
  | { action: 'add-index' | 'drop-index'; sql: string; index: Index }
  | { action: 'rename-index' | 'toggle-index'; sql: string; index: Index }
  | {
      action: 'add-foreign-key' | 'drop-foreign-key' | 'add-check' | 'drop-check' | 'toggle-check';
      sql: string;
    }
  | { action: 'option'; sql: string; option: string; from: string | undefined; to: string | undefined }
  | { action: 'period' | 'versioning'; sql: string }
  | { action: 'partition'; sql: string; inPlace: boolean };

/** The statement; a partition clause stands at the end and without a comma. */
export function alterSql(quotedTable: string, clauses: readonly Clause[]): string {
  const trailing = clauses.filter(clause => clause.action === 'partition');
  const listed = clauses.filter(clause => clause.action !== 'partition').map(clause => clause.sql);
  const tail = trailing.map(clause => clause.sql).join(' ');
  return `ALTER TABLE ${quotedTable} ${[listed.join(', '), tail].filter(text => text !== '').join(' ')}`;
}
