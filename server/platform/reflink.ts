import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import {
  chmod,
  copyFile,
  link,
  lstat,
  mkdir,
  readdir,
  readlink,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import { requireFreeBytes } from './diskSpace.ts';
import { errorCode, fromFileSystem, GreenroomError } from './errors.ts';
import { mapLimit } from './parallel.ts';
import type { Operation } from './progress.ts';

/**
 * `require`: every file shares its blocks with the original, or `unsupported`; `prefer`: shares where the file system can;
 * `never`: writes every byte anew.
 */
export type ReflinkMode = 'require' | 'prefer' | 'never';

export interface CopyTreeOptions {
  reflink: ReflinkMode;
  /** Paths relative to `from`; a directory that is left out is left out with all below it. */
  skip?: (relative: string) => boolean;
  /** Files copied at once. Default 8. */
  parallel?: number;
}

export interface CopiedTree {
  files: number;
  /** Apparent size of what was copied. */
  bytes: number;
  /** True if blocks are shared, false if they were written anew. */
  reflinked: boolean;
}

interface TreeFile {
  relative: string;
  size: number;
  inode: string | undefined;
}

/**
 * Copies a directory tree with its modes: regular files, directories, symbolic links, hard links among the files.
 * `to` must not hold any of the files yet. Killed half-way it leaves a part: the caller marks trees as complete.
 *
 * @throws GreenroomError `unsupported`, `disk-full` (before anything is written where that can be known), `cancelled`
 */
export async function copyTree(
  from: string,
  to: string,
  options: CopyTreeOptions,
  operation: Operation,
): Promise<CopiedTree> {
  const { files, directories, links } = await listTree(from, options.skip ?? (() => false));
  const bytes = files.reduce((sum, file) => sum + file.size, 0);
  try {
    await mkdir(to, { recursive: true, mode: 0o700 });
    for (const directory of directories)
      await mkdir(path.join(to, directory.relative), { recursive: true, mode: directory.mode | 0o700 });
    const reflinked = await chooseMode(from, to, options.reflink);
    if (!reflinked) await requireFreeBytes(to, bytes, 'a full copy');
    await copyFiles(from, to, files, reflinked, options.parallel ?? 8, operation);
    for (const { relative, target } of links) await symlink(target, path.join(to, relative));
    for (const directory of directories.toReversed())
      await chmod(path.join(to, directory.relative), directory.mode);
    return { files: files.length, bytes, reflinked };
  } catch (error) {
    throw fromFileSystem(error, to);
  }
}

/** Whether a file made in `directory` can share its blocks with a copy: tried out, not guessed from the file system's name. */
export async function reflinkSupported(directory: string): Promise<boolean> {
  return canReflink(directory, directory);
}

async function chooseMode(from: string, to: string, mode: ReflinkMode): Promise<boolean> {
  if (mode === 'never') return false;
  const [source, target] = await Promise.all([lstat(from), lstat(to)]);
  const possible = source.dev === target.dev && (await canReflink(to, to));
  if (!possible && mode === 'require')
    throw new GreenroomError('unsupported', {
      subject: to,
      detail:
        source.dev === target.dev ? 'its file system cannot share blocks' : 'it is on another file system',
      next: 'run "greenroom store init" to make a store that can',
    });
  return possible;
}

async function canReflink(fromDirectory: string, toDirectory: string): Promise<boolean> {
  const mark = `.reflink-${randomBytes(6).toString('hex')}`;
  const original = path.join(fromDirectory, `${mark}.a`);
  const copy = path.join(toDirectory, `${mark}.b`);
  try {
    await writeFile(original, 'x', { mode: 0o600 });
    await copyFile(original, copy, constants.COPYFILE_FICLONE_FORCE);
    return true;
  } catch (error) {
    const code = errorCode(error);
    if (
      code === 'ENOTSUP' ||
      code === 'EOPNOTSUPP' ||
      code === 'ENOTTY' ||
      code === 'EXDEV' ||
      code === 'EINVAL' ||
      code === 'ENOSYS'
    )
      return false;
    throw fromFileSystem(error, toDirectory);
  } finally {
    await rm(original, { force: true });
    await rm(copy, { force: true });
  }
}

async function listTree(
  root: string,
  skip: (relative: string) => boolean,
): Promise<{
  files: TreeFile[];
  directories: { relative: string; mode: number }[];
  links: { relative: string; target: string }[];
}> {
  const files: TreeFile[] = [];
  const directories: { relative: string; mode: number }[] = [];
  const links: { relative: string; target: string }[] = [];
  const visit = async (below: string): Promise<void> => {
    const entries = await readdir(path.join(root, below), { withFileTypes: true });
    const kept = entries.filter(entry => !skip(path.join(below, entry.name)));
    await mapLimit(kept, 16, async entry => {
      const relative = path.join(below, entry.name);
      const absolute = path.join(root, relative);
      if (entry.isSymbolicLink()) links.push({ relative, target: await readlink(absolute) });
      else if (entry.isDirectory()) {
        directories.push({ relative, mode: (await lstat(absolute)).mode & 0o7777 });
        await visit(relative);
      } else if (entry.isFile()) {
        const { size, nlink, dev, ino } = await lstat(absolute);
        files.push({ relative, size, inode: nlink > 1 ? `${dev}:${ino}` : undefined });
      }
      // Sockets, pipes and devices mean nothing in a copy.
    });
  };
  await visit('');
  directories.sort((a, b) => a.relative.length - b.relative.length);
  return { files, directories, links };
}

async function copyFiles(
  from: string,
  to: string,
  files: readonly TreeFile[],
  reflinked: boolean,
  parallel: number,
  operation: Operation,
): Promise<void> {
  const total = files.reduce((sum, file) => sum + file.size, 0);
  const flag = constants.COPYFILE_EXCL | (reflinked ? constants.COPYFILE_FICLONE_FORCE : 0);
  const first = new Map<string, string>();
  const again: { relative: string; original: string }[] = [];
  const unique = files.filter(({ inode, relative }) => {
    const original = inode === undefined ? undefined : first.get(inode);
    if (original !== undefined) again.push({ relative, original });
    else if (inode !== undefined) first.set(inode, relative);
    return original === undefined;
  });
  let done = 0;
  await mapLimit(unique, parallel, async ({ relative, size }) => {
    if (operation.signal.aborted) throw new GreenroomError('cancelled', { subject: to });
    await copyFile(path.join(from, relative), path.join(to, relative), flag);
    done += size;
    if (!reflinked) operation.progress({ step: 'copying', done, total, unit: 'bytes' });
  });
  for (const { relative, original } of again) await link(path.join(to, original), path.join(to, relative));
}
