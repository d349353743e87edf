import { lstat } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../../platform/errors.ts';
import { resolveInside } from '../../platform/paths.ts';

/** The directory that `file` is in, or the nearest above it that exists; at most `root`. Absolute. */
export async function nearestDirectory(root: string, file: string): Promise<string> {
  let parent = path.dirname(await resolveInside(root, file));
  for (;;) {
    const found = await lstat(parent).catch(error => {
      if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return undefined;
      throw error;
    });
    if (found?.isDirectory() === true || found?.isSymbolicLink() === true || parent === root) return parent;
    parent = path.dirname(parent);
  }
}
