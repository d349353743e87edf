import { lstat, readdir, readlink, realpath, rename, rm, stat, symlink } from 'node:fs/promises';
import path from 'node:path';
import { syncDirectory } from '../../platform/atomicFile.ts';
import { errorCode, fromFileSystem, hasReason } from '../../platform/errors.ts';
import type { Host } from '../../platform/host.ts';
import type { FileMode } from '../record.ts';

type Release = FileMode & { mode: 'release' };

/** How files would go live in this production: `release` where its root is a link to a directory. */
export async function chooseFileMode(
  root: string,
  releases: 'auto' | 'in-place',
  promotion: string,
): Promise<FileMode> {
  if (releases === 'in-place') return { mode: 'in-place' };
  let linkBefore: string;
  try {
    linkBefore = await readlink(root);
  } catch (error) {
    if (errorCode(error) === 'EINVAL') return { mode: 'in-place' };
    throw fromFileSystem(error, root);
  }
  const from = await realpath(root);
  const to = path.join(path.dirname(from), `greenroom-${promotion}`);
  return { mode: 'release', from, to, built: true, linkBefore, linkAfter: linkLike(root, linkBefore, to) };
}

/** The text of a link to `to` that is relative where the old one was. */
export function linkLike(root: string, linkBefore: string, to: string): string {
  return path.isAbsolute(linkBefore) ? to : path.relative(path.dirname(path.resolve(root)), to);
}

/**
 * Copies the present release: hard links where the kernel allows them (no content is copied, and a file that the site
 * appends to stays one file), else reflinks or bytes. Owner, mode, times and attributes are kept.
 */
export async function buildRelease(host: Host, release: Release): Promise<void> {
  await rm(release.to, { recursive: true, force: true });
  const attempts = host.platform === 'linux' ? [['-al'], ['-a', '--reflink=auto']] : [['-a']];
  for (const [index, options] of attempts.entries()) {
    try {
      await host.processes.run('cp', [...options, '--', release.from, release.to]);
      return;
    } catch (error) {
      await rm(release.to, { recursive: true, force: true });
      if (!hasReason(error, 'process-failed') || index === attempts.length - 1) throw error;
    }
  }
}

/**
 * Brings over what the site itself wrote while the release was being copied (uploads, caches): names that came or went
 * in directories that changed since. `planned` paths are the promotion's own business.
 */
export async function catchUp(
  host: Host,
  release: Release,
  since: number,
  planned: ReadonlySet<string>,
  directory = '',
): Promise<void> {
  const source = path.join(release.from, directory);
  const entries = await readdir(source, { withFileTypes: true });
  for (const entry of entries)
    if (entry.isDirectory()) {
      const below = path.posix.join(directory, entry.name);
      if (await isDirectory(path.join(release.to, below)))
        await catchUp(host, release, since, planned, below);
    }
  // Change times have the kernel's tick; a second is ample.
  if ((await stat(source)).mtimeMs < since - 1000) return;
  const present = new Set(entries.map(({ name }) => name));
  for (const { name } of entries) {
    const file = path.posix.join(directory, name);
    if (planned.has(file) || (await sameEntry(path.join(release.from, file), path.join(release.to, file))))
      continue;
    await rm(path.join(release.to, file), { recursive: true, force: true });
    await host.processes.run('cp', ['-a', '--', path.join(release.from, file), path.join(release.to, file)]);
  }
  for (const name of await readdir(path.join(release.to, directory))) {
    const file = path.posix.join(directory, name);
    if (!present.has(name) && !planned.has(file))
      await rm(path.join(release.to, file), { recursive: true, force: true });
  }
}

/** Whether two releases hold the same entries outside `planned`: then an undo may switch back to the old one. */
export async function sameOutside(
  a: string,
  b: string,
  planned: ReadonlySet<string>,
  directory = '',
): Promise<boolean> {
  const [left, right] = await Promise.all([
    readdir(path.join(a, directory)),
    readdir(path.join(b, directory)),
  ]);
  for (const name of new Set([...left, ...right])) {
    const file = path.posix.join(directory, name);
    const [one, other] = [path.join(a, file), path.join(b, file)];
    if (planned.has(file)) continue;
    if (!(await sameEntry(one, other))) return false;
    if ((await isDirectory(one)) && !(await sameOutside(a, b, planned, file))) return false;
  }
  return true;
}

/** Switches production's link in one rename. */
export async function switchLink(root: string, text: string, promotion: string): Promise<void> {
  const draft = path.join(path.dirname(path.resolve(root)), `.greenroom-link-${promotion}`);
  try {
    await rm(draft, { force: true });
    await symlink(text, draft);
    await rename(draft, path.resolve(root));
    await syncDirectory(path.dirname(path.resolve(root)));
  } catch (error) {
    throw fromFileSystem(error, root);
  }
}

async function sameEntry(a: string, b: string): Promise<boolean> {
  const [one, other] = await Promise.all([lstatIfThere(a), lstatIfThere(b)]);
  if (one === undefined || other === undefined) return false;
  if (one.isDirectory() || other.isDirectory()) return one.isDirectory() && other.isDirectory();
  if (one.dev === other.dev && one.ino === other.ino) return true;
  if (one.isSymbolicLink() && other.isSymbolicLink()) return (await readlink(a)) === (await readlink(b));
  return one.isFile() && other.isFile() && one.size === other.size && one.mtimeMs === other.mtimeMs;
}

async function isDirectory(file: string): Promise<boolean> {
  return (await lstatIfThere(file))?.isDirectory() ?? false;
}

async function lstatIfThere(file: string) {
  try {
    return await lstat(file);
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}
