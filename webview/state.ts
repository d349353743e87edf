import type { PlanView } from '../server/protocol/plan.ts';
import type { PageActivity } from '../server/protocol/preview.ts';

/** What the page shows. The plan is the extension's; the rest is what the person has done on this page. */
export interface PageState {
  plan: PlanView | undefined;
  activity: PageActivity;
  /** What moved since the plan was made; cleared by the next plan. */
  moved: ReadonlySet<'environment' | 'production'>;
  message: string;
  /** Answers belong to one digest: a plan with another digest asks again. */
  confirmed: boolean;
  reviewed: boolean;
}

export const initialState: PageState = {
  plan: undefined,
  activity: { state: 'working', what: 'plan', progress: { step: '' } },
  moved: new Set(),
  message: '',
  confirmed: false,
  reviewed: false,
};

export type ApplyState =
  | { state: 'possible' }
  | { state: 'waiting'; why: 'message' | 'confirm' | 'review' | 'approval' | 'busy' | 'moved' | 'done' }
  | { state: 'impossible'; why: 'empty' | 'blocked' | 'conflict' | 'rehearsal' };

/** Whether "Apply these exact changes" can be pressed, and if not, the first reason. */
export function applyState(state: PageState): ApplyState {
  const { plan, activity } = state;
  if (plan === undefined || activity.state === 'working') return { state: 'waiting', why: 'busy' };
  if (activity.state === 'promoted') return { state: 'waiting', why: 'done' };
  if (plan.files.every(file => file.excluded) && plan.schema.length === 0)
    return { state: 'impossible', why: 'empty' };
  if (plan.conflicts.some(({ resolution }) => resolution === undefined))
    return { state: 'impossible', why: 'conflict' };
  if (plan.findings.some(({ severity }) => severity === 'block'))
    return { state: 'impossible', why: 'blocked' };
  if (plan.rehearsal.state === 'failed') return { state: 'impossible', why: 'rehearsal' };
  if (state.moved.size > 0) return { state: 'waiting', why: 'moved' };
  if (plan.approvals.given.length < plan.approvals.required) return { state: 'waiting', why: 'approval' };
  if (state.message.trim() === '') return { state: 'waiting', why: 'message' };
  if (needsReview(plan) && !state.reviewed) return { state: 'waiting', why: 'review' };
  if (needsConfirmation(plan) && !state.confirmed) return { state: 'waiting', why: 'confirm' };
  return { state: 'possible' };
}

export function needsReview(plan: PlanView): boolean {
  return plan.findings.some(({ severity }) => severity === 'review');
}

export function needsConfirmation(plan: PlanView): boolean {
  return plan.findings.some(({ severity }) => severity === 'confirm');
}
