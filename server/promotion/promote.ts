import { Stopwatch, timestamp } from '../platform/clock.ts';
import { GreenroomError } from '../platform/errors.ts';
import type { Operation } from '../platform/progress.ts';
import type { ResultOf } from '../protocol/message.ts';
import type { promote as promoteMessage } from '../protocol/promotion.ts';
import { introspect } from '../schema/introspect.ts';
import type { Schema } from '../schema/model.ts';
import { announceOutsideWindow } from './announce.ts';
import { beginAndCarryOut, newPromotionId } from './begin.ts';
import type { PromotionContext } from './context.ts';
import { describeObject, objectText } from './ddl/objects.ts';
import type { Program } from './ddl/program.ts';

import { programFrom, recordedPart, withTriggers } from './ddl/schemaWork.ts';
import { chooseFileMode } from './files/release.ts';
import { requireConfirmed } from './findings.ts';
import { runBeforeHooks } from './hooks.ts';
import { databaseOf, type Held, withPromotionLocks } from './locks.ts';
import { rememberOwn } from './ownPromotions.ts';
import { makePlan, type Plan } from './plan.ts';
import { productionDigestOf, rememberPlan } from './planMemory.ts';
import type { PromotionRecord, RecordedSchema } from './record.ts';
import { requireSettled } from './recover.ts';
import { chooseShadows } from './shadowing.ts';
import { removeOldSnapshots } from './snapshots.ts';

export interface PromoteParams {
  /** Of the plan that was previewed, approved and signed: what is applied has this digest, or nothing is. */
  digest: string;
  message: string;
  confirmDestructive?: boolean | undefined;
  reviewed?: boolean | undefined;
}

type Promoted = ResultOf<typeof promoteMessage>;

/**
 * Applies exactly the plan of that digest to production: all of it, or none of it.
 *
 * @throws GreenroomError `locked`, `production-moved`, `plan-changed`, `conflict`, `nothing-to-promote`, `finding`,
 *   `data-check`, `rehearsal-failed`, `approval-missing`, `hook-failed`; `apply-failed` and what the machine or the
 *   database threw, after production was put back
 */
export async function promote(
  context: PromotionContext,
  params: PromoteParams,
  operation: Operation,
): Promise<Promoted> {
  const watch = new Stopwatch(context.host.clock);
  return await withPromotionLocks(context, 'promote', async held => {
    await requireSettled(context, held);
    const plan = await watch.time('plan', () => makePlan(context, operation, { rehearse: true }));
    await requireSamePlan(context, plan, params.digest);
    const confirmed = requirePromotable(plan, params);
    const promotion = newPromotionId(context);
    const facts = { promotion, kind: 'promotion' as const, digest: plan.digest, branch: plan.branch };
    await watch.time('before', () => runBeforeHooks(context, facts));
    const { record, program, warnings } = await recordOf(context, held, plan, promotion, params, confirmed);
    if (context.environment !== undefined && record.schema !== undefined)
      await rememberOwn(context.environment, promotion);
    const done = await beginAndCarryOut(context, held, record, program, operation, watch);
    const announced = await announceOutsideWindow(
      context,
      { ...facts, message: params.message },
      plan.findings,
    );
    await removeOldSnapshots(context, held);
    return {
      promotion,
      digest: plan.digest,
      timings: watch.timings(),
      ledgerCommit: done.ledgerCommit,
      warnings: [...warnings, ...done.warnings, ...announced],
    };
  });
}

/** Tells who moved: production, or the environment and the choices. */
async function requireSamePlan(context: PromotionContext, plan: Plan, digest: string): Promise<void> {
  if (plan.digest === digest) return;
  const seen = await productionDigestOf(context, digest);
  await rememberPlan(context, plan.digest, plan.details.productionDigest);
  if (seen !== undefined && seen !== plan.details.productionDigest)
    throw new GreenroomError('production-moved', { items: plan.directChanges });
  throw new GreenroomError('plan-changed', { subject: digest });
}

function requirePromotable(plan: Plan, params: PromoteParams): string[] {
  const open = plan.conflicts.filter(({ resolution }) => resolution === undefined);
  if (open.length > 0)
    throw new GreenroomError('conflict', {
      items: open.map(({ subject, message }) => `${subject}: ${message}`),
    });
  if (plan.schema.length === 0 && plan.details.files.files.every(file => file.excluded))
    throw new GreenroomError('nothing-to-promote', { subject: plan.branch });
  const confirmed = requireConfirmed(plan.findings, params);
  if (plan.rehearsal.state === 'failed')
    throw new GreenroomError('rehearsal-failed', { detail: plan.rehearsal.problem });
  const { required, given } = plan.approvals;
  if (given.length < required)
    throw new GreenroomError('approval-missing', {
      subject: plan.digest,
      detail: `${given.length} of ${required} approvals`,
    });
  return confirmed;
}

/** The promoter's session must see what the plan saw: nothing happened in between, and no right is missing. */
function requireSeen(now: Schema, { production, touched }: Plan['details']['schema']): void {
  const moved = touched.filter(ref => objectText(now, ref) !== objectText(production, ref));
  if (moved.length > 0) throw new GreenroomError('production-moved', { items: moved.map(describeObject) });
}

async function recordOf(
  context: PromotionContext,
  held: Held,
  plan: Plan,
  promotion: string,
  params: PromoteParams,
  confirmed: string[],
): Promise<{ record: PromotionRecord; program?: Program; warnings: string[] }> {
  const warnings: string[] = [];
  const { production, config, host, identity, environment } = context;
  const { schema, files } = plan.details;
  const database = databaseOf(context);
  let program: Program | undefined;
  let recorded: RecordedSchema | undefined;
  if (schema.changes.length > 0) {
    const now = await introspect(held.connection, database);
    requireSeen(now, schema);
    const touched = withTriggers(now, schema.target, schema.touched);
    const shadowing = chooseShadows(
      context,
      { promotion, from: now, target: schema.target, renames: schema.renames },
      plan.details.blockedMs,
    );
    warnings.push(...shadowing.slow.map(({ message }) => message));
    const work = {
      before: recordedPart(now, touched),
      after: recordedPart(schema.target, touched),
      mine: recordedPart(schema.mine, touched),
      touched,
      renames: schema.renames,
      kept: [],
      restored: [],
      shadows: shadowing.plans,
      lenient: false,
    };
    program = await programFrom(held.connection, { promotion, database, schema: work }, 'forward', now);
    recorded = { ...work, changes: schema.changes, kept: [...program.kept, ...shadowing.kept] };
  }
  const record: PromotionRecord = {
    format: 1,
    promotion,
    kind: 'promotion',
    by: identity,
    at: timestamp(host.clock),
    message: params.message,
    branch: plan.branch,
    environment: plan.environment,
    digest: plan.digest,
    productionRoot: production.root,
    database,
    fileMode: await chooseFileMode(production.root, config.promotion.releases, promotion),
    files: files.files,
    source: environment?.overlay.site ?? '',
    ...(recorded && { schema: recorded }),
    findings: plan.findings,
    confirmed,
    approvals: plan.approvals.given,
    rehearsal: plan.rehearsal,
    undoNotes: plan.undoNotes,
    blocked: plan.details.blockedMs,
    undoBlocked: plan.details.undoBlockedMs,
  };
  return { record, warnings, ...(program && { program }) };
}
