import { link, lstat, mkdir, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import { syncDirectory } from '../../platform/atomicFile.ts';
import { errorCode, fromFileSystem, GreenroomError } from '../../platform/errors.ts';
import type { Host } from '../../platform/host.ts';
import { mapLimit } from '../../platform/parallel.ts';
import { resolveInside } from '../../platform/paths.ts';
import type { PromotionDirectory } from '../stateDirectory.ts';
import { copyAttributes, copyContent, setMetadata } from './copyFile.ts';
import { readFileState } from './fileState.ts';
import type { PlannedFile } from './planFiles.ts';

/**
 * Keeps the old version of every file that the plan replaces or deletes: a hard link where the file has one name and the
 * kernel allows it (nothing is copied, owner and attributes stay), else a reflink or a copy. Links and directories need
 * no file: the record holds their states.
 */
export async function takeSnapshot(
  host: Host,
  root: string,
  directory: PromotionDirectory,
  files: readonly PlannedFile[],
): Promise<void> {
  await mkdir(directory.snapshot, { recursive: true, mode: 0o700 });
  const copied: { from: string; to: string; file: PlannedFile }[] = [];
  await mapLimit(files, 8, async (file, index) => {
    if (file.excluded || file.before?.type !== 'file') return;
    const from = await resolveInside(root, file.path);
    const to = path.join(directory.snapshot, String(index));
    await rm(to, { force: true });
    // A file with more names can be changed through another name: its snapshot must be a copy.
    if (file.before.links === 1 && (await tryLink(from, to))) return;
    try {
      await copyContent(from, to);
    } catch (error) {
      throw fromFileSystem(error, directory.snapshot);
    }
    copied.push({ from, to, file });
  });
  await copyAttributes(host, copied);
  for (const { to, file } of copied)
    if (file.before?.type === 'file') await setMetadata(to, file.before, file.before);
  await syncDirectory(directory.snapshot);
}

/** Throws `snapshot-damaged` with the paths whose kept version is not the recorded one. */
export async function verifySnapshot(
  directory: PromotionDirectory,
  files: readonly PlannedFile[],
): Promise<void> {
  const damaged: string[] = [];
  await mapLimit(files, 8, async (file, index) => {
    if (file.excluded || file.before?.type !== 'file') return;
    const kept = (await readFileState(path.join(directory.snapshot, String(index))))?.state;
    if (kept?.type !== 'file' || kept.sha256 !== file.before.sha256) damaged.push(file.path);
  });
  if (damaged.length > 0)
    throw new GreenroomError('snapshot-damaged', {
      subject: directory.id,
      detail: damaged.length === 1 ? 'one file' : `${damaged.length} files`,
      items: damaged.sort(),
    });
}

/**
 * Puts the old version of a planned file beside the staged ones, ready to be renamed back. The snapshot itself stays, so
 * that an interrupted way back can be walked again.
 */
export async function readyFromSnapshot(
  host: Host,
  directory: PromotionDirectory,
  file: PlannedFile,
  index: number,
  ready: string,
): Promise<string | undefined> {
  const before = file.before;
  if (before === undefined || before.type === 'directory' || before.type === 'other') return undefined;
  await mkdir(path.dirname(ready), { recursive: true, mode: 0o700 });
  await rm(ready, { force: true });
  if (before.type === 'symlink') {
    await symlink(before.target, ready);
    await setMetadata(ready, before, before);
    return ready;
  }
  const kept = path.join(directory.snapshot, String(index));
  if (await tryLink(kept, ready)) return ready;
  await copyContent(kept, ready);
  await copyAttributes(host, [{ from: kept, to: ready }]);
  await setMetadata(ready, before, before);
  return ready;
}

async function tryLink(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return (await lstat(to)).isFile();
  } catch (error) {
    const code = errorCode(error);
    if (code === 'EPERM' || code === 'EXDEV' || code === 'EMLINK' || code === 'ENOTSUP' || code === 'EACCES')
      return false;
    throw fromFileSystem(error, from);
  }
}
