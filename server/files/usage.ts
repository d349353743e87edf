import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';
import { mapLimit } from '../platform/parallel.ts';
import { isAbsent, isDenied } from './compare.ts';

/**
 * Bytes that a tree occupies on its own file system (512-byte blocks, as `du -x` counts): what is mounted in it is
 * production's. What vanishes or cannot be entered meanwhile counts as nothing. Blocks shared by reflink are counted as
 * if they were the tree's own: the file system does not tell them apart cheaply.
 */
export async function diskUsage(directory: string): Promise<number> {
  const sizeOf = async (file: string, device?: number): Promise<number> => {
    try {
      const stats = await lstat(file);
      if (device !== undefined && stats.dev !== device) return 0;
      if (!stats.isDirectory()) return stats.blocks * 512;
      const names = await readdir(file);
      const sizes = await mapLimit(names, 16, name => sizeOf(path.join(file, name), stats.dev));
      return sizes.reduce((sum, size) => sum + size, stats.blocks * 512);
    } catch (error) {
      if (isAbsent(error) || isDenied(error)) return 0;
      throw error;
    }
  };
  return sizeOf(directory);
}
