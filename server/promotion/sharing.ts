import { chmod, chown, lstat, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../platform/errors.ts';
import type { PromotionDirectory, StateDirectory } from './stateDirectory.ts';

/*
 * Several people may promote to one production: then its root is a group's to write, and what Greenroom keeps beside it is, too,
 * like the repositories that git shares with a group. Nobody gets a right by it that the root does not give already. Elsewhere
 * everything stays its owner's alone.
 */

/** Write and search for the group, and what is made inside belongs to it. */
const sharedDirectory = 0o2770;
const sharedFile = 0o660;
export const groupMayWrite = 0o020;

/** Opens the state directory to the group of production's root, if that is the group's to write. */
export async function shareState(productionRoot: string, state: StateDirectory): Promise<void> {
  const { mode, gid } = await stat(productionRoot);
  if ((mode & groupMayWrite) === 0) return;
  // Its parent may hold other sites of other groups: they are passed through.
  await give(path.dirname(state.directory), gid, sharedDirectory | 0o001);
  for (const directory of [state.directory, state.promotions, state.locks])
    await give(directory, gid, sharedDirectory);
}

/**
 * Opens one promotion's records to the same group. Kept and staged versions of files are let alone: they have production's modes,
 * and may be production's own files by another name.
 */
export async function sharePromotion({
  directory,
  snapshot,
  staged,
  found,
}: PromotionDirectory): Promise<void> {
  const { mode, gid } = await stat(path.dirname(directory));
  if ((mode & groupMayWrite) === 0) return;
  const opaque = new Set([snapshot, staged, found]);
  const walk = async (place: string): Promise<void> => {
    await give(place, gid, sharedDirectory);
    if (opaque.has(place)) return;
    for (const entry of await readdir(place, { withFileTypes: true })) {
      const inner = path.join(place, entry.name);
      if (entry.isDirectory()) await walk(inner);
      else if (entry.isFile()) await give(inner, gid, sharedFile);
    }
  };
  await walk(directory);
}

/** What belongs to another user was opened by that user. */
async function give(place: string, gid: number, mode: number): Promise<void> {
  try {
    const now = await lstat(place);
    const me = process.getuid?.();
    if (me !== 0 && now.uid !== me) return;
    if (now.gid !== gid) await chown(place, now.uid, gid);
    if ((now.mode & 0o7777) !== mode) await chmod(place, mode);
  } catch (error) {
    // Gone meanwhile, or not in the root's group: then it stays this user's alone.
    if (errorCode(error) !== 'ENOENT' && errorCode(error) !== 'EPERM') throw error;
  }
}
