import { lstatSync, readdirSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { errorCode } from '../../platform/errors.ts';
import type { PathFilter } from '../files/pathFilter.ts';

/** By path: what a look at the directory entry tells: kind, size, time of change, permissions. */
export type FileIndex = Record<string, string>;

/** Milliseconds that a scan may hold the event loop at a time. */
const slice = 15;

/**
 * Looks at every file of a site without reading any. Synchronous calls in short slices: ten times faster than one promise
 * per file, and the backend stays responsive.
 */
export async function scanFiles(root: string, filter: PathFilter): Promise<FileIndex> {
  const index: FileIndex = {};
  const directories = [''];
  let sliceEnd = performance.now() + slice;
  for (let directory = directories.pop(); directory !== undefined; directory = directories.pop()) {
    for (const entry of entriesOf(path.join(root, directory))) {
      const file = directory === '' ? entry.name : `${directory}/${entry.name}`;
      if (!filter.promotable(file)) continue;
      if (entry.isDirectory()) directories.push(file);
      else {
        const stamp = stampOf(path.join(root, file), entry.isSymbolicLink());
        if (stamp !== undefined) index[file] = stamp;
      }
    }
    if (performance.now() < sliceEnd) continue;
    await new Promise(resolve => setImmediate(resolve));
    sliceEnd = performance.now() + slice;
  }
  return index;
}

function entriesOf(directory: string) {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch (error) {
    // Removed, or not ours to read: nothing that a promotion could touch.
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR' || errorCode(error) === 'EACCES')
      return [];
    throw error;
  }
}

function stampOf(file: string, isLink: boolean): string | undefined {
  try {
    if (isLink) return `l ${readlinkSync(file)}`;
    const stats = lstatSync(file);
    return `f ${stats.size} ${Math.floor(stats.mtimeMs)} ${(stats.mode & 0o7777).toString(8)}`;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

export interface FileDifference {
  path: string;
  change: 'added' | 'modified' | 'deleted';
}

export function compareIndexes(before: FileIndex, now: FileIndex): FileDifference[] {
  const found: FileDifference[] = [];
  for (const [file, stamp] of Object.entries(now)) {
    const old = before[file];
    if (old !== stamp) found.push({ path: file, change: old === undefined ? 'added' : 'modified' });
  }
  for (const file of Object.keys(before)) if (!(file in now)) found.push({ path: file, change: 'deleted' });
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}
