import { cloneState, destroyClone, stopClone } from '../database/clone.ts';
import { removeWithMounts, unmountBelow } from '../files/mounts.ts';
import { GreenroomError } from '../platform/errors.ts';
import { withLock } from '../platform/locks.ts';
import type { Operation } from '../platform/progress.ts';
import { removeTree } from '../platform/removeTree.ts';
import type { EnvironmentContext } from './context.ts';
import { restorableFor } from './expiry.ts';
import type { EnvironmentRecord } from './record.ts';
import { environmentPaths, readRecord, updateRecord } from './records.ts';

export interface DestroyOptions {
  /** Free the space at once: it cannot be restored. */
  now?: boolean;
  /** Go on although it holds changes that are neither in production nor in git. */
  evenIfChanged?: boolean;
  why: 'merged' | 'idle' | 'by-hand';
}

/** The lock that every change of an environment's life is made under. */
export function environmentLock(context: EnvironmentContext, record: EnvironmentRecord): string {
  return `env:${context.id}:${record.engineer}:${record.branch}`;
}

/**
 * Ends an environment: server stopped, site unmounted, inbox closed; all of it stays on disk for a day and can be
 * restored. Throws `environment-busy` when it holds unpromoted work and nobody said that it may go.
 */
export async function expireEnvironment(
  context: EnvironmentContext,
  id: string,
  options: DestroyOptions,
  operation: Operation,
): Promise<EnvironmentRecord> {
  const known = await readRecord(context.paths, id);
  if (!known) throw new GreenroomError('environment-missing', { subject: id });
  const lock = { purpose: `env destroy ${known.branch}`, wait: 60_000, signal: operation.signal };
  return withLock(context.host, environmentLock(context, known), lock, async () => {
    const record = await readRecord(context.paths, id);
    if (!record) throw new GreenroomError('environment-missing', { subject: known.branch });
    if (
      record.life.state === 'ready' &&
      !options.evenIfChanged &&
      (await context.hasUnpromoted(id, operation))
    )
      throw new GreenroomError('environment-busy', {
        subject: record.branch,
        detail: 'it holds changes that are neither in production nor in git',
      });
    if (options.now || record.life.state === 'creating' || record.life.state === 'destroying') {
      await removeEnvironment(context, record);
      return record;
    }
    if (record.life.state === 'expired') return record;
    await quiesce(context, record);
    const at = context.host.clock.now();
    return updateRecord(context.paths, id, {
      life: {
        state: 'expired',
        at: new Date(at).toISOString(),
        why: options.why,
        restorableUntil: new Date(at + restorableFor).toISOString(),
      },
    });
  });
}

/**
 * Removes everything of an environment, also what a maker that was killed left mounted. Safe to repeat after a crash at
 * any point; the record goes last. The caller holds the environment's lock.
 */
export async function removeEnvironment(
  context: EnvironmentContext,
  record: EnvironmentRecord,
): Promise<void> {
  const { host } = context;
  const paths = environmentPaths(context.paths, record.id);
  if (await readRecord(context.paths, record.id))
    await updateRecord(context.paths, record.id, { life: { state: 'destroying' } });
  await context.keeper.close(paths.directory);
  await removeWithMounts(host, paths.overlay);
  await destroyClone(host, paths.clone);
  await context.base.unpin(record.generation, record.id);
  await removeTree(paths.directory);
}

async function quiesce(context: EnvironmentContext, record: EnvironmentRecord): Promise<void> {
  const paths = environmentPaths(context.paths, record.id);
  await context.keeper.close(paths.directory);
  if ((await cloneState(context.host, paths.clone)) === 'running') await stopClone(context.host, paths.clone);
  await unmountBelow(context.host, paths.overlay);
}
