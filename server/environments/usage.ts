import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../platform/errors.ts';

/**
 * Bytes that a directory tree takes on its own file system (512-byte blocks, as `du` counts). Blocks shared with a
 * base by reflink are counted as if they were its own: the file system does not tell them apart cheaply.
 */
export async function directoryBytes(directory: string, device?: number): Promise<number> {
  let bytes = 0;
  let entries: string[];
  try {
    const own = await lstat(directory);
    // A mounted site is production's, not ours.
    if (device !== undefined && own.dev !== device) return 0;
    bytes += own.blocks * 512;
    if (!own.isDirectory()) return bytes;
    entries = await readdir(directory);
    for (const entry of entries) bytes += await directoryBytes(path.join(directory, entry), own.dev);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT' && errorCode(error) !== 'EACCES') throw error;
  }
  return bytes;
}
