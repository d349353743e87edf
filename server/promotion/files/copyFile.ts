import { chmod, constants, copyFile, lchown, lstat, open, utimes } from 'node:fs/promises';
import { errorCode, hasReason } from '../../platform/errors.ts';
import type { Host } from '../../platform/host.ts';
import type { FileState } from './fileState.ts';

/** Copies content as cheaply as the file system can (reflink, else bytes) and syncs it. Fails if the target exists. */
export async function copyContent(from: string, to: string): Promise<void> {
  await copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  // 0600 until its metadata is set: a half-made file is nobody else's.
  await chmod(to, 0o600);
  await syncFile(to);
}

export async function syncFile(file: string): Promise<void> {
  const handle = await open(file, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Copies owner, access lists and other extended attributes from one path to another, for many pairs with one process.
 * Where the platform's tools cannot, the copies keep what `setMetadata` sets; answers whether attributes were copied.
 */
export async function copyAttributes(
  host: Host,
  pairs: readonly { from: string; to: string }[],
): Promise<boolean> {
  if (pairs.length === 0) return true;
  if (host.platform !== 'linux') return false;
  try {
    await host.processes.run(
      'xargs',
      [
        '-0',
        '-n',
        '2',
        'cp',
        '--attributes-only',
        '--no-dereference',
        '--preserve=all',
        '--no-target-directory',
        '--',
      ],
      { input: pairs.map(pair => `${pair.from}\0${pair.to}\0`).join('') },
    );
    return true;
  } catch (error) {
    // A cp without these options (busybox), or a file system without attributes.
    if (hasReason(error, 'process-failed', 'binary-missing')) return false;
    throw error;
  }
}

/** Sets mode, owner and time. An owner that this user may not set is answered with `false`: the caller tells. */
export async function setMetadata(
  file: string,
  state: FileState,
  owner: { uid: number; gid: number },
): Promise<boolean> {
  const owned = await setOwner(file, owner);
  if (state.type === 'file' || state.type === 'directory') await chmod(file, state.mode);
  if (state.type === 'file') {
    const wanted = BigInt(state.mtime);
    // Node sets times as floating point seconds: what is exact already stays exact.
    if ((await lstat(file, { bigint: true })).mtimeNs !== wanted) {
      const seconds = Number(wanted / 1000n) / 1e6;
      await utimes(file, seconds, seconds);
    }
  }
  return owned;
}

/** As chown(2) has it. */
const unchanged = -1;

async function setOwner(file: string, owner: { uid: number; gid: number }): Promise<boolean> {
  try {
    await lchown(file, owner.uid, owner.gid);
    return true;
  } catch (error) {
    if (errorCode(error) !== 'EPERM') throw error;
  }
  // The group alone may be given by each of its members.
  try {
    await lchown(file, unchanged, owner.gid);
  } catch (error) {
    if (errorCode(error) !== 'EPERM') throw error;
  }
  return false;
}
