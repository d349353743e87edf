import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type * as z from 'zod';
import { errorCode, fromFileSystem, GreenroomError } from './errors.ts';

/**
 * Replaces a file as a whole: written beside it, synced, renamed over it, directory synced. A reader sees the old or
 * the new content, also after a power cut.
 *
 * @param data in pieces, where all of it at once would take much memory
 * @param mode permission bits, 0600 by default: state may name people and hosts
 */
export async function writeFileAtomic(
  file: string,
  data: string | Uint8Array | Iterable<string>,
  mode = 0o600,
): Promise<void> {
  const directory = path.dirname(file);
  const temporary = path.join(directory, `.${path.basename(file)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const handle = await open(temporary, 'wx', mode);
    try {
      await handle.writeFile(data);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
    await syncDirectory(directory);
  } catch (error) {
    await rm(temporary, { force: true });
    throw fromFileSystem(error, file);
  }
}

export async function writeJsonAtomic(file: string, value: unknown, mode = 0o600): Promise<void> {
  await writeFileAtomic(file, `${JSON.stringify(value, null, 2)}\n`, mode);
}

/** Reads and validates a state file; `undefined` when it does not exist. Throws `journal-damaged` when it is not what we wrote. */
export async function readJson<T>(file: string, schema: z.ZodType<T>): Promise<T | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw fromFileSystem(error, file);
  }
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw new GreenroomError('journal-damaged', { subject: file, cause });
  }
}

/** Makes renames and unlinks in a directory durable. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } catch (error) {
    // Some network and FUSE file systems cannot sync a directory; the rename itself is still atomic there.
    if (errorCode(error) !== 'EINVAL' && errorCode(error) !== 'ENOTSUP') throw error;
  } finally {
    await handle.close();
  }
}
