import { copyFile, mkdir, mkdtemp, open, opendir, rm } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../../platform/errors.ts';
import { isDenied } from '../compare.ts';
import { cloneModes, copiedOverlay } from '../copied.ts';

/** A copy that shares production's blocks until one side writes: btrfs, XFS, APFS, on the same file system. */
export const reflink = copiedOverlay('reflink', cloneModes.reflink, async (_host, place) => {
  await mkdir(place.directory, { recursive: true, mode: 0o700 });
  const sample = await firstFile(place.productionRoot);
  if (sample === undefined) return { ok: false, why: 'production has no readable file to try it with' };
  const directory = await mkdtemp(path.join(place.directory, '.probe-'));
  try {
    await copyFile(sample, path.join(directory, 'file'), cloneModes.reflink);
    return { ok: true };
  } catch (error) {
    const why =
      errorCode(error) === 'EXDEV'
        ? 'the store and production lie on different file systems'
        : `the file system does not share blocks (${errorCode(error) ?? 'failed'})`;
    return { ok: false, why };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});

const probeEntries = 2000;

/** Some regular file with content that we may read; an empty one shares nothing and proves nothing. */
async function firstFile(root: string): Promise<string | undefined> {
  const queue = [root];
  let looked = 0;
  for (let directory = queue.shift(); directory !== undefined; directory = queue.shift()) {
    try {
      for await (const entry of await opendir(directory)) {
        if (++looked > probeEntries) return undefined;
        const file = path.join(directory, entry.name);
        if (entry.isDirectory()) queue.push(file);
        else if (entry.isFile() && (await isReadable(file))) return file;
      }
    } catch (error) {
      if (!isDenied(error)) throw error;
    }
  }
  return undefined;
}

async function isReadable(file: string): Promise<boolean> {
  try {
    const handle = await open(file, 'r');
    try {
      return (await handle.stat()).size > 0;
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (isDenied(error) || errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}
