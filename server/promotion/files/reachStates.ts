import { lstatSync, renameSync, rmdirSync, unlinkSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { syncDirectory } from '../../platform/atomicFile.ts';
import { errorCode, fromFileSystem, GreenroomError } from '../../platform/errors.ts';
import { setMetadata } from './copyFile.ts';
import { type FileState, identity, readFileState } from './fileState.ts';
import { cachedResolver, type Resolve } from './resolver.ts';

/** A path and what shall stand there. */
export interface WantedState {
  path: string;
  want: FileState | undefined;
  /** For a file or link: its finished new version, on the same file system, to be renamed in. `undefined`: it already was. */
  ready?: () => Promise<string | undefined>;
  /** Of a directory, if not its own: that of the directory it comes into, or of the one that stands there. */
  owner?: 'parent' | Owner;
}

interface Owner {
  uid: number;
  gid: number;
}

export interface ReachResult {
  /** Directories that stay because something else lives in them. */
  keptDirectories: string[];
}

/**
 * Makes paths of a site reach their wanted states by renames, each atomic: a visitor sees the old or the new version
 * of a file, never a missing or half one. Order: what is in the way of a changed kind goes, directories come, files are
 * renamed in, the rest is deleted. Synchronous calls, because others wait under locks meanwhile: a promise per call takes ten
 * times as long. Doing it again after an interruption finishes it. Durable after {@link syncParents}.
 */
export async function reachStates(root: string, wanted: readonly WantedState[]): Promise<ReachResult> {
  const keptDirectories: string[] = [];
  const resolve = cachedResolver(root);
  const deepestFirst = [...wanted].sort((a, b) => (a.path < b.path ? 1 : -1));
  const parentsFirst = [...deepestFirst].reverse();
  const blocked = parentsFirst.filter(item => item.want !== undefined && item.want.type !== 'directory');
  const inTheWay = (file: string) => blocked.some(item => file.startsWith(`${item.path}/`));
  for (const item of deepestFirst) {
    const kind = await kindOf(resolve, item.path);
    if (kind === undefined) continue;
    const wrongKind = item.want !== undefined && (item.want.type === 'directory') !== (kind === 'directory');
    if (wrongKind || (item.want === undefined && inTheWay(item.path)))
      if (!(await remove(resolve, item.path, kind)))
        throw new GreenroomError('apply-failed', {
          subject: item.path,
          detail: 'a directory that shall become a file holds files that are not part of the plan',
        });
  }
  for (const item of parentsFirst)
    if (item.want?.type === 'directory') await reachDirectory(resolve, item.path, item.want, item.owner);
  for (const item of parentsFirst) {
    const ready = item.want === undefined ? undefined : await item.ready?.();
    if (ready !== undefined) await renameIn(resolve, ready, item.path);
  }
  for (const item of deepestFirst) {
    if (item.want !== undefined) continue;
    const kind = await kindOf(resolve, item.path);
    if (kind !== undefined && !(await remove(resolve, item.path, kind))) keptDirectories.push(item.path);
  }
  return { keptDirectories };
}

/** Makes the renames and deletions of {@link reachStates} durable. */
export async function syncParents(root: string, paths: readonly string[]): Promise<void> {
  const parents = new Set(paths.map(file => path.dirname(path.join(root, file))));
  for (const parent of parents) {
    try {
      await syncDirectory(parent);
    } catch (error) {
      // Deleted together with its files: its own parent is in the set.
      if (errorCode(error) !== 'ENOENT' && errorCode(error) !== 'ENOTDIR') throw error;
    }
  }
}

/** The paths that did not reach their state. Reads every file's content again. */
export async function unreached(root: string, wanted: readonly WantedState[]): Promise<string[]> {
  const wrong: string[] = [];
  const resolve = cachedResolver(root);
  for (const item of wanted) {
    const now = (await readFileState(await resolve(item.path)))?.state;
    if (identity(now) === identity(item.want)) continue;
    // It holds what no promotion touches: it stays, and reachStates told so.
    if (item.want === undefined && now?.type === 'directory') continue;
    wrong.push(item.path);
  }
  return wrong;
}

async function kindOf(resolve: Resolve, file: string): Promise<'directory' | 'other' | undefined> {
  try {
    return lstatSync(await resolve(file)).isDirectory() ? 'directory' : 'other';
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return undefined;
    throw fromFileSystem(error, file);
  }
}

/** Removes a file, or a directory if it is empty; answers false for one that is not. */
async function remove(resolve: Resolve, file: string, kind: 'directory' | 'other'): Promise<boolean> {
  const absolute = await resolve(file);
  try {
    if (kind === 'directory') rmdirSync(absolute);
    else unlinkSync(absolute);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOTEMPTY' || errorCode(error) === 'EEXIST') return false;
    if (errorCode(error) === 'ENOENT') return true;
    throw fromFileSystem(error, file);
  }
}

async function reachDirectory(
  resolve: Resolve,
  file: string,
  want: FileState & { type: 'directory' },
  owner: WantedState['owner'] = want,
): Promise<void> {
  const absolute = await resolve(file);
  try {
    await mkdir(absolute, { mode: want.mode });
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw fromFileSystem(error, file);
  }
  try {
    await setMetadata(absolute, want, owner === 'parent' ? lstatSync(path.dirname(absolute)) : owner);
  } catch (error) {
    throw fromFileSystem(error, file);
  }
}

async function renameIn(resolve: Resolve, ready: string, file: string): Promise<void> {
  try {
    renameSync(ready, await resolve(file));
  } catch (error) {
    throw fromFileSystem(error, file);
  }
  try {
    // Two names of one inode: rename(2) does nothing and leaves the first.
    unlinkSync(ready);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw fromFileSystem(error, file);
  }
}
