import { diskFull, formatBytes, freeBytes } from './diskSpace.ts';
import { type GreenroomError, hasReason, messageOf } from './errors.ts';
import type { Host } from './host.ts';
import type { Operation } from './progress.ts';

/** A disk with less is as good as full: programs on it begin to fail, each in a way of its own. */
const nearlyFull = 32_000_000;

/**
 * A failure on a disk that has no room is told as what it is, whatever the program that hit it said. Call it before anything is
 * cleaned up.
 */
export async function whyOnFullDisk(error: unknown, directory: string): Promise<unknown> {
  if (hasReason(error, 'disk-full')) return error;
  const free = await freeBytes(directory).catch(() => undefined);
  // Not even that can be found out: the failure itself says more.
  if (free === undefined || free >= nearlyFull) return error;
  return diskFull(directory, `${formatBytes(free)} are left`, 0, error);
}

/**
 * Looks every half second at the room that is left, and ends the operation before there is none: what else lies on the disk goes
 * on working.
 *
 * @returns the operation to go on with; `failure`, when this ended it; `stop`, to be called in the end
 */
export function watchSpace(
  host: Host,
  directory: string,
  operation: Operation,
): { operation: Operation; failure(): GreenroomError | undefined; stop(): void } {
  const full = new AbortController();
  const over = new AbortController();
  let failure: GreenroomError | undefined;
  const look = async () => {
    while (!over.signal.aborted) {
      const free = await freeBytes(directory);
      if (free < nearlyFull) {
        failure = await diskFull(directory, `${formatBytes(free)} are left`);
        return full.abort(failure);
      }
      await host.clock.sleep(500, over.signal);
    }
  };
  look().catch((error: unknown) => {
    if (!over.signal.aborted)
      host.log.warn('cannot see how full the disk is', { directory, problem: messageOf(error) });
  });
  return {
    operation: { ...operation, signal: AbortSignal.any([operation.signal, full.signal]) },
    failure: () => failure,
    stop: () => over.abort(),
  };
}
