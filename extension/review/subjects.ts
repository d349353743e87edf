import type { PlanView, SchemaChange } from '../../server/protocol/plan.ts';

/** The statement that a finding is about: its subject is the object, or a part of it (`orders.note`). */
export function changeOf(plan: PlanView, subject: string): SchemaChange | undefined {
  return plan.schema.find(({ object }) => object === subject || subject.startsWith(`${object}.`));
}
