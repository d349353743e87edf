import { quoteName } from '../database/quote.ts';
import type { SchemaChange } from '../protocol/plan.ts';
import { dropTableReason } from '../schema/destructive.ts';
import type { Table } from '../schema/model.ts';
import { parseColumn } from '../schema/parseColumn.ts';
import { Reader, splitCommas } from '../schema/reader.ts';
import { typeLoss } from '../schema/typeLoss.ts';
import { valueConditions } from './dataChecksValues.ts';

/** What one clause of a change puts at risk in production. */
export interface Stake {
  /** As in the change's `reasons`, where the rule is one of them. */
  reason: string;
  subject: string;
  /** True for the rows at risk, over the table as production has it. */
  condition: string;
  unit: 'row' | 'value';
  /** The rule says nothing where no row is at risk. */
  onlyWithRows: boolean;
}

/** Reads the clauses of our own DDL back; `table` is production's. */
export function stakesOf(change: SchemaChange, table: Table): Stake[] {
  if (change.kind === 'drop')
    return [
      {
        reason: dropTableReason(table),
        subject: table.name,
        condition: '1 = 1',
        unit: 'row',
        onlyWithRows: false,
      },
    ];
  const reader = new Reader(change.sql);
  if (!reader.take('ALTER', 'TABLE')) return [];
  reader.name();
  return splitCommas(reader.rest()).flatMap(clause => clauseStakes(clause, table));
}

function clauseStakes(clause: string, table: Table): Stake[] {
  const reader = new Reader(clause);
  if (reader.take('DROP', 'COLUMN')) {
    const name = reader.name();
    const column = table.columns.find(candidate => candidate.name === name);
    if (column === undefined || column.generated !== null) return [];
    return [
      {
        reason: `${table.name}.${name}: the column is dropped with its values`,
        subject: `${table.name}.${name}`,
        condition: `${quoteName(name)} IS NOT NULL`,
        unit: 'value',
        onlyWithRows: false,
      },
    ];
  }
  const renames = reader.take('CHANGE', 'COLUMN');
  if (!renames && !reader.take('MODIFY', 'COLUMN')) return [];
  const old = renames ? reader.name() : undefined;
  const definition = reader.rest();
  const to = parseColumn(definition.replace(/ (FIRST|AFTER `(?:[^`]|``)+`)$/, ''), table, new Map());
  const from = table.columns.find(candidate => candidate.name === (old ?? to.name));
  if (from === undefined || from.generated !== null) return [];
  const conditions = valueConditions(from, to);
  const subject = `${table.name}.${to.name}`;
  const stakes: Stake[] = [];
  const lossy = conditions.filter(condition => condition.problem !== 'null').map(({ sql }) => `(${sql})`);
  // Without a rule that counts the values that do not fit, all of them are at risk.
  const condition = lossy.length === 0 ? `${quoteName(from.name)} IS NOT NULL` : lossy.join(' OR ');
  for (const reason of typeLoss(from, to))
    stakes.push({ reason: `${subject}: ${reason}`, subject, condition, unit: 'value', onlyWithRows: false });
  const nulls = conditions.find(({ problem }) => problem === 'null');
  if (nulls !== undefined)
    stakes.push({
      reason: `${subject}: NULLs where the column will refuse them`,
      subject,
      condition: nulls.sql,
      unit: 'row',
      onlyWithRows: true,
    });
  return stakes;
}
