import type { Stats } from 'node:fs';
import { lstat, open, readFile, readlink } from 'node:fs/promises';
import { errorCode } from '../platform/errors.ts';

/** `lstat`, or `undefined` when there is nothing (also when a parent is no directory). */
export async function lstatIfAny(file: string): Promise<Stats | undefined> {
  try {
    return await lstat(file);
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

export function isAbsent(error: unknown): boolean {
  const code = errorCode(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}

export function isDenied(error: unknown): boolean {
  const code = errorCode(error);
  return code === 'EACCES' || code === 'EPERM';
}

export function typeOf(stats: Stats): 'file' | 'symlink' | 'directory' | 'other' {
  if (stats.isFile()) return 'file';
  if (stats.isSymbolicLink()) return 'symlink';
  return stats.isDirectory() ? 'directory' : 'other';
}

export const permissions = (stats: Stats): number => stats.mode & 0o7777;

const chunk = 1 << 20;

/** Whether two regular files hold the same bytes. Sizes are compared first; large files are read piece by piece. */
export async function sameContent(a: string, b: string, sizeA: number, sizeB: number): Promise<boolean> {
  if (sizeA !== sizeB) return false;
  if (sizeA <= chunk) {
    const [left, right] = await Promise.all([readFile(a), readFile(b)]);
    return left.equals(right);
  }
  const left = await open(a, 'r');
  try {
    const right = await open(b, 'r');
    try {
      const buffers = [Buffer.allocUnsafe(chunk), Buffer.allocUnsafe(chunk)] as const;
      for (let position = 0; ; ) {
        const [one, two] = await Promise.all([
          left.read(buffers[0], 0, chunk, position),
          right.read(buffers[1], 0, chunk, position),
        ]);
        if (one.bytesRead !== two.bytesRead) return false;
        if (one.bytesRead === 0) return true;
        if (!buffers[0].subarray(0, one.bytesRead).equals(buffers[1].subarray(0, one.bytesRead)))
          return false;
        position += one.bytesRead;
      }
    } finally {
      await right.close();
    }
  } finally {
    await left.close();
  }
}

/** Whether two entries are the same to a promotion: type, permission bits, content or target. Owners are not compared. */
export async function sameEntry(a: string, statsA: Stats, b: string, statsB: Stats): Promise<boolean> {
  const type = typeOf(statsA);
  if (type !== typeOf(statsB)) return false;
  if (type === 'symlink') return (await readlink(a)) === (await readlink(b));
  if (permissions(statsA) !== permissions(statsB)) return false;
  return type === 'file' ? sameContent(a, b, statsA.size, statsB.size) : type === 'directory';
}
