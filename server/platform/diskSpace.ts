import { readFile, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import { errorCode, GreenroomError } from './errors.ts';

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
    throw await diskFull(
      directory,
      `${purpose} needs ${formatBytes(needed)}, ${formatBytes(free)} are free`,
      needed,
    );
}

/** The error, with the command that makes room where it is the store's own image that is too small. */
export async function diskFull(
  directory: string,
  detail: string,
  needed = 0,
  cause?: unknown,
): Promise<GreenroomError> {
  const command = await growCommand(directory, needed);
  return new GreenroomError('disk-full', {
    subject: directory,
    detail,
    ...(command !== undefined && {
      next: `Run "${command}" in a terminal: the store's image grows, what is in it stays. Or free some space (greenroom gc).`,
    }),
    ...(cause !== undefined && { cause }),
  });
}

/**
 * The command that makes the store's image larger: by half, or by what is needed.
 *
 * @returns undefined where there is no image, or the disk below it is what is full
 */
export async function growCommand(directory: string, needed = 0): Promise<string | undefined> {
  const image = await imageBelow(directory);
  if (image === undefined) return undefined;
  const { bavail, bsize } = await statfs(directory);
  const { size } = await stat(image);
  const room = (await freeBytes(path.dirname(image))) - bavail * bsize;
  const more = Math.min(Math.max(size / 2, needed), room * 0.8);
  if (more < worthGrowing) return undefined;
  return `greenroom store init --size ${Math.ceil((size + more) / 1e9)}GB`;
}

/** Less is not worth a password. */
const worthGrowing = 1_000_000_000;

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
