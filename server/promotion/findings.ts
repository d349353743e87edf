import type { Config } from '../config/schema.ts';
import type { Connection } from '../database/connection.ts';
import { GreenroomError } from '../platform/errors.ts';
import type { Operation } from '../platform/progress.ts';
import type { Finding } from '../protocol/plan.ts';
import type { Rename } from '../schema/diff.ts';
import type { Schema } from '../schema/model.ts';
import { checkData, type DataProblem } from './dataChecks.ts';

/** The data checks' findings carry this name; they are no guard: what they find cannot be confirmed away. */
export const dataCheck = 'data-check';

export async function dataProblems(
  connection: Connection,
  config: Config,
  change: { from: Schema; target: Schema; renames: readonly Rename[] },
  operation: Operation,
): Promise<DataProblem[]> {
  const isPersonal = (table: string, column: string) => isTreated(config, change.from, table, column);
  return await checkData(connection, { ...change, isPersonal }, operation);
}

export function dataFinding(problem: DataProblem): Finding {
  return {
    guard: dataCheck,
    severity: 'block',
    message: problem.message,
    subject: problem.subject,
  };
}

/** Whether a column's values may be personal: unless a rule keeps them, or they are numbers that no rule treats. */
function isTreated(config: Config, schema: Schema, table: string, column: string): boolean {
  const rule = config.scrub.rules[`${table}.${column}`] ?? config.scrub.rules[`${table}.*`];
  if (rule !== undefined) return !(rule === 'keep' || (typeof rule === 'object' && 'keep' in rule));
  const type = schema.tables[table]?.columns.find(({ name }) => name === column)?.type ?? '';
  return !/^(tiny|small|medium|big)?int\b/.test(type);
}

export interface Confirmations {
  confirmDestructive?: boolean | undefined;
  reviewed?: boolean | undefined;
}

/**
 * Throws where findings stand in the way: `data-check` for rows that the new schema would refuse, `finding` for what a
 * person has to confirm or review first. Answers the severities that were confirmed.
 */
export function requireConfirmed(findings: readonly Finding[], confirmations: Confirmations): string[] {
  const blocking = findings.filter(({ severity }) => severity === 'block');
  if (blocking.length > 0)
    throw new GreenroomError(blocking.every(({ guard }) => guard === dataCheck) ? 'data-check' : 'finding', {
      items: blocking.map(({ message }) => message),
    });
  const confirmed = [
    ...(confirmations.confirmDestructive === true ? ['confirm'] : []),
    ...(confirmations.reviewed === true ? ['review'] : []),
  ];
  const open = findings.filter(
    ({ severity }) => (severity === 'confirm' || severity === 'review') && !confirmed.includes(severity),
  );
  if (open.length > 0)
    throw new GreenroomError('finding', {
      detail: open.some(({ severity }) => severity === 'confirm')
        ? 'the plan destroys data and wants a second confirmation'
        : 'the plan holds files that want a review',
      items: open.map(({ message }) => message),
    });
  return confirmed;
}
