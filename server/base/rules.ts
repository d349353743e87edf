import { createHash } from 'node:crypto';
import type { Table } from '../schema/model.ts';
import type { TablePlan } from '../scrub/plan.ts';

/** Names how a table is scrubbed: another digest, and its rows have to be copied anew. */
export function rulesOf(plan: TablePlan | undefined): string {
  return digestOf(plan ?? null);
}

/** Names how a table is defined: another digest, and it has to be made anew. */
export function definitionOf(table: Table): string {
  return digestOf(table);
}

function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
