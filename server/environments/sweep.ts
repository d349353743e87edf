import { activeConnections } from '../database/activity.ts';
import { cloneState } from '../database/clone.ts';
import { mergeStatus } from '../git/merged.ts';
import { lastPush } from '../git/pushes.ts';
import { renamedBranch } from '../git/renames.ts';
import { timestamp } from '../platform/clock.ts';
import { hasReason, messageOf } from '../platform/errors.ts';
import type { Operation } from '../platform/progress.ts';
import { collectOne } from './collect.ts';
import type { EnvironmentContext } from './context.ts';
import { expireEnvironment } from './destroy.ts';
import { judge, type Verdict } from './expiry.ts';
import type { EnvironmentRecord } from './record.ts';
import { environmentPaths, listRecords, updateRecord } from './records.ts';

export interface SweepReport {
  /** What people should hear: an end that is near, an end that came, an end that needs their word. */
  told: { record: EnvironmentRecord; verdict: Exclude<Verdict, { verdict: 'keep' }> }[];
  /** Branches of environments whose space was freed. */
  freed: string[];
}

/**
 * Looks at every environment of this engineer once: follows renamed branches, notes pushes, tells of ends that are
 * near, expires what is merged or idle, and frees what expired more than a day ago.
 *
 * @param openBranches branches that are checked out in an open window: in use
 */
export async function sweep(
  context: EnvironmentContext,
  openBranches: ReadonlySet<string>,
  operation: Operation,
): Promise<SweepReport> {
  const report: SweepReport = { told: [], freed: [] };
  const { email } = await context.repository.identity();
  for (const record of await listRecords(context.paths)) {
    if (record.engineer !== email || operation.signal.aborted) continue;
    try {
      await sweepOne(context, record, openBranches, report, operation);
    } catch (error) {
      // Locked means that somebody works with it: the next sweep looks again. The others must not wait for it.
      const level = hasReason(error, 'locked', 'environment-busy') ? 'debug' : 'warn';
      context.host.log[level]('sweep', { branch: record.branch, problem: messageOf(error) });
    }
  }
  return report;
}

async function sweepOne(
  context: EnvironmentContext,
  known: EnvironmentRecord,
  openBranches: ReadonlySet<string>,
  report: SweepReport,
  operation: Operation,
): Promise<void> {
  const now = context.host.clock.now();
  if (known.life.state === 'expired') {
    const freed = { removed: [], bytes: 0 };
    await collectOne(context, known.id, freed);
    report.freed.push(...freed.removed);
    return;
  }
  if (known.life.state !== 'ready') return;
  const record = await follow(context, known);
  const merged = await isMerged(context, record);
  const facts = { now, merged, inUse: false, unpromoted: false };
  if (judge(record, context.config, facts).verdict === 'keep') return;
  const verdict = judge(record, context.config, {
    ...facts,
    inUse: openBranches.has(record.branch) || (await hasClients(context, record)),
    // A merged branch's files are in git; what counts then is the schema, which is nowhere else.
    unpromoted: await context.hasUnpromoted(record.id, operation),
  });
  if (verdict.verdict === 'keep') return;
  if (verdict.verdict === 'expire')
    await expireEnvironment(context, record.id, { why: verdict.why, evenIfChanged: true }, operation);
  if (verdict.verdict !== 'expire' && record.toldOfExpiry !== undefined) return;
  await updateRecord(context.paths, record.id, { toldOfExpiry: timestamp(context.host.clock) });
  report.told.push({ record, verdict });
}

/** Notes what happened to the branch since the last look: its new name, its last commit, its last push. */
async function follow(context: EnvironmentContext, record: EnvironmentRecord): Promise<EnvironmentRecord> {
  const { host, repository } = context;
  const known = new Set((await listRecords(context.paths)).map(({ branch }) => branch));
  const branch =
    (await renamedBranch(host, repository, record.branch, {
      ...(record.lastCommit !== undefined && { lastCommit: record.lastCommit }),
      isKnown: name => known.has(name),
    })) ?? record.branch;
  const lastCommit = (await repository.resolve(`refs/heads/${branch}`)) ?? record.lastCommit;
  const pushed = (await lastPush(host, repository, branch))?.toISOString() ?? record.lastPush;
  if (branch === record.branch && pushed === record.lastPush && lastCommit === record.lastCommit)
    return record;
  return updateRecord(context.paths, record.id, {
    branch,
    ...(lastCommit !== undefined && { lastCommit }),
    ...(pushed !== undefined && { lastPush: pushed }),
    ...(pushed !== record.lastPush && { toldOfExpiry: undefined }),
  });
}

async function isMerged(context: EnvironmentContext, record: EnvironmentRecord): Promise<boolean> {
  const target = await context.repository.defaultBranch();
  if (target === undefined || target === record.branch) return false;
  const { host, repository } = context;
  return (await mergeStatus(host, repository, record.branch, target, record.lastCommit)).merged;
}

async function hasClients(context: EnvironmentContext, record: EnvironmentRecord): Promise<boolean> {
  const { clone } = environmentPaths(context.paths, record.id);
  return (
    (await cloneState(context.host, clone)) === 'running' &&
    (await activeConnections(context.host, clone)) > 0
  );
}
