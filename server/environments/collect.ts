import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { destroyClone } from '../database/clone.ts';
import { removeWithMounts } from '../files/mounts.ts';
import { diskUsage } from '../files/usage.ts';
import { GreenroomError, hasReason, messageOf } from '../platform/errors.ts';
import type { Host } from '../platform/host.ts';
import { withLock } from '../platform/locks.ts';
import type { ProjectPaths } from '../platform/paths.ts';
import type { EnvironmentContext } from './context.ts';
import { environmentLock, removeEnvironment } from './destroy.ts';
import { entryNames, environmentPaths, readRecord, whileReserving } from './records.ts';
import { listSpares } from './spares.ts';

export interface CollectReport {
  removed: string[];
  bytes: number;
}

/**
 * Cleans up after crashes, at every start of a backend: environments whose maker died, removals that did not end,
 * directories without a record, expired ones whose day is over, throw-away clones of dead rehearsals.
 */
export async function collectGarbage(context: EnvironmentContext): Promise<CollectReport> {
  const report: CollectReport = { removed: [], bytes: 0 };
  const ids = await entryNames(context.paths.environments);
  const orphans = await orphansAmong(context, ids);
  for (const id of ids) {
    try {
      if (orphans.has(id)) await collectOrphan(context, id, report);
      else await collectOne(context, id, report);
    } catch (error) {
      // Locked: somebody is at it.
      const level = hasReason(error, 'locked') ? 'debug' : 'warn';
      context.host.log[level]('could not clean up', { environment: id, problem: messageOf(error) });
    }
  }
  await collectScratch(context, report);
  return report;
}

/** Directories that nothing tells of whose they are: their maker, or who removed them, was killed. */
async function orphansAmong(context: EnvironmentContext, ids: readonly string[]): Promise<Set<string>> {
  const ofNobody = async (some: Iterable<string>) => {
    const spares = (await listSpares(context)).filter(spare => spare.state !== 'taken');
    const known = new Set(spares.map(spare => spare.id));
    const found = new Set<string>();
    for (const id of some)
      if (!known.has(id) && (await readRecord(context.paths, id)) === undefined) found.add(id);
    return found;
  };
  const likely = await ofNobody(ids);
  if (likely.size === 0) return likely;
  // One that is being made in this moment has its record when the lock is free.
  return whileReserving(context, 'cleaning up', () => ofNobody(likely));
}

async function collectOrphan(context: EnvironmentContext, id: string, report: CollectReport): Promise<void> {
  const { directory, clone } = environmentPaths(context.paths, id);
  report.bytes += await diskUsage(directory);
  await destroyClone(context.host, clone);
  await removeWithMounts(context.host, directory);
  report.removed.push(id);
}

/** Removes the environment if its life is over and nobody works with it. Throws `locked` when somebody does. */
export async function collectOne(
  context: EnvironmentContext,
  id: string,
  report: CollectReport,
): Promise<void> {
  const known = await readRecord(context.paths, id);
  if (known === undefined || !(await isOver(context, known))) return;
  await withLock(context.host, environmentLock(context, known), { purpose: 'gc' }, async () => {
    const record = await readRecord(context.paths, id);
    if (record === undefined || !(await isOver(context, record))) return;
    report.bytes += await diskUsage(environmentPaths(context.paths, id).directory);
    await removeEnvironment(context, record);
    report.removed.push(record.branch);
  });
}

async function isOver(
  context: EnvironmentContext,
  record: NonNullable<Awaited<ReturnType<typeof readRecord>>>,
): Promise<boolean> {
  const { life } = record;
  if (life.state === 'creating') return !(await context.host.processes.isAlive(life.by));
  if (life.state === 'expired') return Date.parse(life.restorableUntil) <= context.host.clock.now();
  return life.state === 'destroying';
}

async function collectScratch(context: EnvironmentContext, report: CollectReport): Promise<void> {
  for (const name of await entryNames(context.paths.scratch)) {
    const owner = scratchOwner(name);
    if (owner && (await context.host.processes.isAlive(owner))) continue;
    const directory = path.join(context.paths.scratch, name);
    report.bytes += await diskUsage(directory);
    await destroyClone(context.host, directory);
    await removeWithMounts(context.host, directory);
    report.removed.push(name);
  }
}

/**
 * Where a throw-away clone or a trial mount of this process may be made. The name says whose it is: a later start of a
 * backend removes a dead process's.
 */
export async function scratchDirectory(host: Host, paths: ProjectPaths): Promise<string> {
  const self = await host.processes.identify(process.pid);
  if (!self) throw new GreenroomError('internal', { detail: 'this process cannot see itself' });
  const unique = randomBytes(4).toString('hex');
  return path.join(
    paths.scratch,
    `${self.pid}~${Buffer.from(self.startedAt).toString('base64url')}~${unique}`,
  );
}

function scratchOwner(name: string): { pid: number; startedAt: string } | undefined {
  const [pid, startedAt] = name.split('~');
  if (pid === undefined || startedAt === undefined) return undefined;
  return { pid: Number(pid), startedAt: Buffer.from(startedAt, 'base64url').toString() };
}
