import type { Connection } from '../database/connection.ts';
import { quoteName } from '../database/quote.ts';
import type { Operation } from '../platform/progress.ts';
import type { Finding } from '../protocol/plan.ts';
import type { Rename } from '../schema/diff.ts';
import type { Schema, Table } from '../schema/model.ts';
import type { PromotionContext } from './context.ts';
import type { Kept, KeptValues } from './ddl/program.ts';
import { planRestore } from './ddl/restore.ts';
import { dataCheck, dataFinding, dataProblems } from './findings.ts';

/** Values that do not fit the old schema: an undo may shorten them when the person says so, because they are kept. */
const shortening = new Set(['too-long', 'out-of-range', 'charset', 'not-listed']);

/**
 * Rows written since the promotion that the old schema would refuse (`block`) or cut (`confirm`). Columns that return bring
 * their values along and cannot be checked by looking at the table; for them the rows without a kept value are counted.
 */
export async function checkUndo(
  context: PromotionContext,
  connection: Connection,
  change: { from: Schema; target: Schema; renames: readonly Rename[]; restorable: readonly Kept[] },
  operation: Operation,
): Promise<Finding[]> {
  const { returning } = planRestore(change.from, change.target, change.restorable);
  const target = { ...change.target, tables: { ...change.target.tables } };
  const findings: Finding[] = [];
  for (const [name, columns] of returning) {
    const table = change.target.tables[name];
    if (table === undefined) continue;
    target.tables[name] = without(table, columns);
    const kept = change.restorable.filter(
      (other): other is KeptValues => other.kind === 'values' && other.table === name,
    );
    findings.push(...(await checkReturningKeys(connection, table, columns, kept)));
  }
  const problems = await dataProblems(connection, context.config, { ...change, target }, operation);
  for (const problem of problems) {
    const finding = dataFinding(problem);
    findings.push(shortening.has(problem.problem) ? { ...finding, severity: 'confirm' } : finding);
  }
  return findings;
}

/** Rows written since get the same empty value in a returning column; a unique key over it takes one of them. */
async function checkReturningKeys(
  connection: Connection,
  table: Table,
  returning: ReadonlySet<string>,
  kept: readonly KeptValues[],
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const index of table.indexes) {
    if (index.kind !== 'unique' && index.kind !== 'primary') continue;
    const columns = index.parts.map(part => table.columns.find(({ name }) => name === part.column));
    // NULL is never a duplicate; a key with a column that stayed tells rows apart by it.
    if (columns.some(column => column === undefined || column.nullable || !returning.has(column.name)))
      continue;
    const keep = kept.find(other => other.columns.some(({ column }) => column === columns[0]?.name));
    if (keep === undefined) continue;
    const on = keep.key.map(name => `t.${quoteName(name)} = k.${quoteName(name)}`).join(' AND ');
    const [row] = await connection.rows(
      `SELECT COUNT(*) FROM ${quoteName(table.name)} t LEFT JOIN ${quoteName(keep.keptAs)} k ON ${on} WHERE k.${quoteName(keep.key[0] ?? '')} IS NULL`,
    );
    const count = Number(row?.[0]);
    if (count > 1)
      findings.push({
        guard: dataCheck,
        severity: 'block',
        subject: `${table.name}.${index.name}`,
        message: `${table.name}: ${count} rows written since have no value for the unique key ${index.name} that returns`,
      });
  }
  return findings;
}

function without(table: Table, columns: ReadonlySet<string>): Table {
  return {
    ...table,
    columns: table.columns.filter(({ name }) => !columns.has(name)),
    indexes: table.indexes.filter(
      ({ parts }) => !parts.some(({ column }) => column !== null && columns.has(column)),
    ),
    foreignKeys: table.foreignKeys.filter(key => !key.columns.some(column => columns.has(column))),
    checks: table.checks.filter(
      ({ expression }) => ![...columns].some(column => expression.includes(quoteName(column))),
    ),
  };
}
