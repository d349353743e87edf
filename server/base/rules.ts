import { createHash } from 'node:crypto';
import type { TablePlan } from '../scrub/plan.ts';

/** Names how a table is scrubbed: another digest, and its rows have to be copied anew. */
export function rulesOf(plan: TablePlan | undefined): string {
  return createHash('sha256')
    .update(JSON.stringify(plan ?? null))
    .digest('hex');
}
