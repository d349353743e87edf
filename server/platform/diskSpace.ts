import { readFile, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import { errorCode, GreenroomError, hasReason, messageOf } from './errors.ts';
import type { Host } from './host.ts';
import type { Operation } from './progress.ts';

/** In the root of the store's volume: names the sparse image it lies in, whose own file system may be fuller. */
export const volumeMark = '.greenroom-image';

/** Bytes that this user may still write on the file system that holds `directory`. */
export async function freeBytes(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(directory);
  const image = await imageBelow(directory);
  return Math.min(
    bavail * bsize,
    image === undefined ? Number.POSITIVE_INFINITY : await freeBytes(path.dirname(image)),
  );
}

async function imageBelow(directory: string): Promise<string | undefined> {
  let root = path.resolve(directory);
  const { dev } = await stat(root);
  while (root !== '/' && (await stat(path.dirname(root))).dev === dev) root = path.dirname(root);
  try {
    return (await readFile(path.join(root, volumeMark), 'utf8')).trim();
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'EACCES') return undefined;
    throw error;
  }
}

/** Throws `disk-full` before an operation starts that would not fit. */
export async function requireFreeBytes(directory: string, needed: number, purpose: string): Promise<void> {
  const free = await freeBytes(directory);
  if (free < needed)
    throw new GreenroomError('disk-full', {
      subject: directory,
      detail: `${purpose} needs ${formatBytes(needed)}, ${formatBytes(free)} are free`,
    });
}

/** A disk with less is as good as full: programs on it begin to fail, each in a way of its own. */
const nearlyFull = 32_000_000;

/**
 * A failure on a disk that has no room is told as what it is, whatever the program that hit it said. Call it before anything is
 * cleaned up.
 */
export async function whyOnFullDisk(error: unknown, directory: string): Promise<unknown> {
  if (hasReason(error, 'disk-full')) return error;
  const free = await freeBytes(directory);
  return free >= nearlyFull ? error : diskFull(directory, free, error);
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
        failure = diskFull(directory, free);
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

function diskFull(directory: string, free: number, cause?: unknown): GreenroomError {
  const detail = `${formatBytes(free)} are left`;
  return new GreenroomError('disk-full', {
    subject: directory,
    detail,
    ...(cause !== undefined && { cause }),
  });
}

/** `1.5 MB`: decimal units, as file managers show them. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}
