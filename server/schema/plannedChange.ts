import type { SchemaChange } from '../protocol/plan.ts';
import type { Session } from './model.ts';

/** A change with the session that its statement, and its undo, have to run in. */
export interface PlannedChange extends SchemaChange {
  session: Session;
  undoSession: Session;
}

type Given = Pick<PlannedChange, 'object' | 'objectType' | 'kind' | 'sql' | 'undoSql'> &
  Partial<PlannedChange>;

/** Fills in what most changes have: nothing destroyed, nothing locked, the session as it is. */
export function plannedChange(given: Given): PlannedChange {
  const reasons = given.reasons ?? [];
  return {
    algorithm: 'none',
    locks: 'none',
    session: {},
    undoSession: {},
    ...given,
    reasons,
    destructive: reasons.length > 0,
  };
}
