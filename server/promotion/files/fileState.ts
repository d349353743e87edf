import { createHash } from 'node:crypto';
import { lstatSync } from 'node:fs';
import { type FileHandle, lstat, open, readdir, readlink } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { errorCode, fromFileSystem } from '../../platform/errors.ts';

/** What stands at a path, as far as a promotion must put it back: content by its SHA-256, and the metadata. */
export const fileStateSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('file'),
    sha256: z.string(),
    bytes: z.number(),
    mode: z.number(),
    uid: z.number(),
    gid: z.number(),
    /** Nanoseconds as text: JSON numbers are too short. */
    mtime: z.string(),
    links: z.number(),
    binary: z.boolean(),
  }),
  z.object({ type: z.literal('symlink'), target: z.string(), uid: z.number(), gid: z.number() }),
  z.object({ type: z.literal('directory'), mode: z.number(), uid: z.number(), gid: z.number() }),
  /** A socket, pipe or device: never promoted, never overwritten. */
  z.object({ type: z.literal('other') }),
]);
export type FileState = z.infer<typeof fileStateSchema>;

/** Where in time the kernel says a path was last touched, and by which inode: cheap to compare, moves with any change. */
export interface FileStamp {
  ctimeMs: number;
  stamp: string;
}

/** Reads state and stamp of one path without following a link; `undefined` if nothing is there. */
export async function readFileState(
  file: string,
): Promise<{ state: FileState; stamp: FileStamp } | undefined> {
  try {
    const stats = await lstat(file, { bigint: true });
    const stamp = {
      ctimeMs: Number(stats.ctimeNs / 1000n) / 1000,
      stamp: `${stats.dev}:${stats.ino}:${stats.size}:${stats.ctimeNs}`,
    };
    const owner = { uid: Number(stats.uid), gid: Number(stats.gid) };
    const mode = Number(stats.mode & 0o7777n);
    if (stats.isSymbolicLink())
      return { stamp, state: { type: 'symlink', target: await readlink(file), ...owner } };
    if (stats.isDirectory()) return { stamp, state: { type: 'directory', mode, ...owner } };
    if (!stats.isFile()) return { stamp, state: { type: 'other' } };
    const content = await hashFile(file);
    return {
      stamp,
      state: {
        type: 'file',
        ...content,
        mode,
        ...owner,
        mtime: stats.mtimeNs.toString(),
        links: Number(stats.nlink),
      },
    };
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return undefined;
    throw fromFileSystem(error, file);
  }
}

/** The stamp alone: no content is read, and no promise is waited for. */
export function readStamp(file: string): string | undefined {
  try {
    const stats = lstatSync(file, { bigint: true });
    return `${stats.dev}:${stats.ino}:${stats.size}:${stats.ctimeNs}`;
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return undefined;
    throw fromFileSystem(error, file);
  }
}

/** Whether production shows the same thing: content, kind, permission bits. Times and owners do not make a change. */
export function sameContent(a: FileState | undefined, b: FileState | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return identity(a) === identity(b);
}

/** The part of a state that a digest covers. */
export function identity(state: FileState | undefined): string {
  if (state === undefined) return 'absent';
  if (state.type === 'file') return `file ${state.mode.toString(8)} ${state.sha256}`;
  if (state.type === 'symlink') return `symlink ${state.target}`;
  return state.type === 'directory' ? `directory ${state.mode.toString(8)}` : 'other';
}

/** Every path below a directory, parents first, relative to `root`. Links are not followed. */
export async function pathsBelow(root: string, directory: string): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(path.join(root, directory), { withFileTypes: true })) {
    const relative = path.posix.join(directory, entry.name);
    found.push(relative);
    if (entry.isDirectory()) found.push(...(await pathsBelow(root, relative)));
  }
  return found;
}

async function hashFile(file: string): Promise<{ sha256: string; bytes: number; binary: boolean }> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(file, 'r');
    const hash = createHash('sha256');
    const buffer = Buffer.allocUnsafe(256 * 1024);
    let bytes = 0;
    let binary = false;
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length);
      if (bytesRead === 0) return { sha256: hash.digest('hex'), bytes, binary };
      const chunk = buffer.subarray(0, bytesRead);
      // git's rule: a NUL within the first 8000 bytes makes a file binary.
      if (bytes === 0) binary = chunk.subarray(0, 8000).includes(0);
      hash.update(chunk);
      bytes += bytesRead;
    }
  } finally {
    await handle?.close();
  }
}
