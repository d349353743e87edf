import { statfs } from 'node:fs/promises';
import { GreenroomError } from './errors.ts';

/** Bytes that this user may still write on the file system that holds `directory`. */
export async function freeBytes(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize;
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
