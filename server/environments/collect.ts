import { rm } from 'node:fs/promises';
import path from 'node:path';
import { destroyClone } from '../database/clone.ts';
import { diskUsage } from '../files/usage.ts';
import { messageOf } from '../platform/errors.ts';
import type { EnvironmentContext } from './context.ts';
import { removeEnvironment } from './destroy.ts';
import { entryNames, environmentPaths, readRecord } from './records.ts';
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
  const spares = new Set(
    (await listSpares(context)).filter(spare => spare.state !== 'taken').map(spare => spare.id),
  );
  for (const id of await entryNames(context.paths.environments)) {
    try {
      if (!spares.has(id)) await collectOne(context, id, report);
    } catch (error) {
      context.host.log.warn('could not clean up', { environment: id, problem: messageOf(error) });
    }
  }
  await collectScratch(context, report);
  return report;
}

async function collectOne(context: EnvironmentContext, id: string, report: CollectReport): Promise<void> {
  const record = await readRecord(context.paths, id);
  const { directory, clone } = environmentPaths(context.paths, id);
  if (record && !(await isOver(context, record))) return;
  report.bytes += await diskUsage(directory);
  report.removed.push(record?.branch ?? id);
  if (record) return removeEnvironment(context, record);
  await destroyClone(context.host, clone);
  await rm(directory, { recursive: true, force: true });
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

/** A scratch directory's name begins with the pid and start of its maker, see {@link scratchName}. */
async function collectScratch(context: EnvironmentContext, report: CollectReport): Promise<void> {
  for (const name of await entryNames(context.paths.scratch)) {
    const owner = scratchOwner(name);
    if (owner && (await context.host.processes.isAlive(owner))) continue;
    const directory = path.join(context.paths.scratch, name);
    report.bytes += await diskUsage(directory);
    await destroyClone(context.host, directory);
    await rm(directory, { recursive: true, force: true });
    report.removed.push(name);
  }
}

export function scratchName(owner: { pid: number; startedAt: string }, unique: string): string {
  return `${owner.pid}~${Buffer.from(owner.startedAt).toString('base64url')}~${unique}`;
}

function scratchOwner(name: string): { pid: number; startedAt: string } | undefined {
  const [pid, startedAt] = name.split('~');
  if (pid === undefined || startedAt === undefined) return undefined;
  return { pid: Number(pid), startedAt: Buffer.from(startedAt, 'base64url').toString() };
}
