import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';
import { mapLimit } from '../platform/parallel.ts';
import { isAbsent, isDenied } from './compare.ts';

/** Bytes that a tree occupies on disk; what vanishes or cannot be entered meanwhile counts as nothing. */
export async function diskUsage(directory: string): Promise<number> {
  let total = 0;
  try {
    const names = await readdir(directory);
    await mapLimit(names, 16, async name => {
      const file = path.join(directory, name);
      try {
        const stats = await lstat(file);
        total += stats.blocks * 512;
        if (stats.isDirectory()) total += await diskUsage(file);
      } catch (error) {
        if (!isAbsent(error)) throw error;
      }
    });
  } catch (error) {
    if (!isAbsent(error) && !isDenied(error)) throw error;
  }
  return total;
}
