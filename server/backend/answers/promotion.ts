import { environmentPaths, listRecords } from '../../environments/records.ts';
import { syncNow } from '../../environments/sync.ts';
import { changedForks } from '../../environments/trackedFork.ts';
import { adoption as countAdoption } from '../../evidence/adoption.ts';
import { approve as addApproval } from '../../evidence/approvals.ts';
import { exportBundle as writeBundle } from '../../evidence/bundle.ts';
import { verifyLedger } from '../../evidence/verify.ts';
import { openOverlay } from '../../files/overlay.ts';
import { messageOf } from '../../platform/errors.ts';
import type { Operation } from '../../platform/progress.ts';
import { choose } from '../../promotion/choices.ts';
import type { PromotionContext } from '../../promotion/context.ts';
import { makePlan as plan } from '../../promotion/plan.ts';
import { planFile as readPlanFile } from '../../promotion/planFile.ts';
import { promote as apply } from '../../promotion/promote.ts';
import { undo as revert } from '../../promotion/undo.ts';
import * as planMessages from '../../protocol/plan.ts';
import * as messages from '../../protocol/promotion.ts';
import { showPromotion } from '../../protocol/review.ts';
import { answer } from '../answer.ts';
import type { Backend } from '../backend.ts';
import { promotionContext } from '../contexts.ts';
import { takeProduction } from '../takeProduction.ts';

interface Named {
  folder: string;
  branch?: string | undefined;
  id?: string | undefined;
}

/** Opens the environment with the branch's files of this moment in it: a plan shows what is there now. */
async function planning(backend: Backend, params: Named, operation: Operation): Promise<PromotionContext> {
  const context = await backend.environments(params.folder);
  const record = await backend.record(context, params);
  const { leftOut } = await syncNow(context, record, operation);
  const planned = await promotionContext(backend, context, record);
  if (planned.environment !== undefined)
    planned.environment.changedForks = await changedForks(context, record, leftOut);
  return planned;
}

export const promotionAnswers = [
  answer(planMessages.makePlan, async (backend, params, operation) =>
    plan(await planning(backend, params, operation), operation, { rehearse: params.rehearse ?? true }),
  ),
  answer(planMessages.choosePlan, async (backend, params, operation) => {
    const context = await planning(backend, params, operation);
    await choose(context, params.choices);
    return plan(context, operation, { rehearse: false });
  }),
  answer(planMessages.planFile, async (backend, params) => {
    const context = await backend.environments(params.folder);
    return readPlanFile(
      await promotionContext(backend, context, await backend.record(context, params)),
      params.path,
    );
  }),
  answer(planMessages.revertFile, async (backend, params, operation) => {
    const project = await backend.environments(params.folder);
    const record = await backend.record(project, params);
    await syncNow(project, record, operation);
    const context = await promotionContext(backend, project, record);
    await takeProduction(context, project.directory, params.path, params.hunk);
    await syncNow(project, record, operation);
    return { path: params.path };
  }),
  answer(messages.promote, async (backend, params, operation) => {
    const context = await planning(backend, params, operation);
    const project = await backend.environments(params.folder);
    const about = {
      project: project.id,
      title: 'promoting',
      ...(context.environment && { branch: context.environment.record.branch }),
    };
    const done = await backend.jobs.run(about, operation, job => apply(context, params, job));
    await refreshOverlays(backend, params.folder);
    return done;
  }),
  answer(messages.undo, async (backend, params, operation) => {
    const project = await backend.project(params.folder);
    const context = await promotionContext(backend, project);
    const about = { project: project.id, title: 'undoing' };
    const done = await backend.jobs.run(about, operation, job => revert(context, params, job));
    await refreshOverlays(backend, params.folder);
    return done;
  }),
  answer(messages.approve, async (backend, { folder, digest }) => {
    const context = await promotionContext(backend, await backend.project(folder));
    return addApproval(context.ledger, context.identity, digest);
  }),
  answer(messages.log, async (backend, { folder }) => {
    const { ledger } = await promotionContext(backend, await backend.project(folder));
    return { entries: await ledger.entries() };
  }),
  answer(showPromotion, async (backend, { folder, promotion }) => {
    const { ledger } = await promotionContext(backend, await backend.project(folder));
    return ledger.show(promotion);
  }),
  answer(messages.verify, async (backend, { folder, allowedSigners }) => {
    const { ledger } = await promotionContext(backend, await backend.project(folder));
    return verifyLedger(ledger, { ...(allowedSigners !== undefined && { allowedSigners }) });
  }),
  answer(messages.adoption, async (backend, { folder }) => {
    const { ledger } = await promotionContext(backend, await backend.project(folder));
    return countAdoption(await ledger.entries());
  }),
  answer(messages.exchangeLedger, async (backend, { folder, direction, remote }) => {
    const { ledger } = await promotionContext(backend, await backend.project(folder));
    const { fetchLedger, pushLedger } = await import('../../evidence/transport.ts');
    if (direction === 'fetch') return fetchLedger(ledger, remote);
    const pushed = await pushLedger(ledger, remote);
    return {
      remote: pushed.remote,
      received: 0,
      ...(pushed.commit !== undefined && { commit: pushed.commit }),
    };
  }),
  answer(messages.exportBundle, async (backend, { folder, to }) => {
    const { ledger } = await promotionContext(backend, await backend.project(folder));
    return writeBundle(ledger, to);
  }),
];

/** An overlay goes on showing a production file that was replaced by a rename: every environment is mounted anew. */
async function refreshOverlays(backend: Backend, folder: string): Promise<void> {
  const context = await backend.environments(folder);
  for (const { id, branch, life, overlay } of await listRecords(context.paths)) {
    if (life.state !== 'ready') continue;
    try {
      const directory = environmentPaths(context.paths, id).overlay;
      await openOverlay(context.host, { ...overlay, directory }).refresh();
    } catch (error) {
      // The promotion is done and stands; this environment shows old files until it is mounted anew.
      context.host.log.warn('could not mount anew', { branch, problem: messageOf(error) });
    }
  }
  backend.events.emit('changed', context.id);
}
