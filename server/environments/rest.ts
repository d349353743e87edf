import { cloneState, startClone, stopClone } from '../database/clone.ts';
import { Stopwatch, timestamp } from '../platform/clock.ts';
import { withLock } from '../platform/locks.ts';
import type { Operation } from '../platform/progress.ts';
import type { EnvironmentContext } from './context.ts';
import { environmentLock } from './destroy.ts';
import { openEnvironment } from './open.ts';
import type { EnvironmentRecord } from './record.ts';
import { environmentPaths, updateRecord } from './records.ts';

/** Stops the clone's server; its port answers again, and wakes it, at the first connection. */
export async function sleepEnvironment(
  context: EnvironmentContext,
  record: EnvironmentRecord,
  operation: Operation,
): Promise<void> {
  const paths = environmentPaths(context.paths, record.id);
  const lock = { purpose: `env sleep ${record.branch}`, wait: 30_000, signal: operation.signal };
  await withLock(context.host, environmentLock(context, record), lock, async () => {
    if ((await cloneState(context.host, paths.clone)) === 'running')
      await stopClone(context.host, paths.clone);
    await context.keeper.guard(paths.directory);
  });
}

/** Starts the clone's server and mounts the site if need be. */
export async function wakeEnvironment(
  context: EnvironmentContext,
  record: EnvironmentRecord,
  operation: Operation,
): Promise<{ record: EnvironmentRecord; timings: Record<string, number> & { total: number } }> {
  const watch = new Stopwatch(context.host.clock);
  const paths = environmentPaths(context.paths, record.id);
  const lock = { purpose: `env wake ${record.branch}`, wait: 30_000, signal: operation.signal };
  const awake = await withLock(context.host, environmentLock(context, record), lock, async () => {
    if ((await cloneState(context.host, paths.clone)) === 'stopped')
      await watch.time('database', () => startClone(context.host, paths.clone));
    await watch.time('overlay', () => openEnvironment(context, record));
    await context.keeper.open(paths.directory);
    return updateRecord(context.paths, record.id, { lastActivity: timestamp(context.host.clock) });
  });
  return { record: awake, timings: watch.timings() };
}
