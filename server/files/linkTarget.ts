import { access, constants, opendir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../platform/errors.ts';
import { isAbsent, isDenied } from './compare.ts';

/** A tree of production's and where the environment has its own view of it: the site, and every directory linked in. */
export interface Seen {
  /** Real path. */
  root: string;
  site: string;
}

/** What a symbolic link of a tree means for the environment's view of it. */
export type LinkMeaning =
  /** Stays inside the tree as it stands. */
  | { kind: 'inside' }
  /** Leads into a tree by way of production's path: `to` leads to the same place in the environment's view. */
  | { kind: 'rewrite'; to: string; into?: Seen }
  /** Leads out, to what nobody could keep data in: harmless. `absolute` is where. */
  | { kind: 'outside'; absolute: string }
  /** Leads out, to what could be written (or made) through it: has to be closed. */
  | { kind: 'escape'; absolute: string; is: 'directory' | 'file' | 'other' | 'nothing' };

/**
 * @param own the tree that the link stands in
 * @param link path of the link, relative to the tree's root
 * @param others the other trees that the environment has a view of
 */
export async function linkMeaning(
  own: Seen,
  link: string,
  target: string,
  others: readonly Seen[] = [],
): Promise<LinkMeaning> {
  const { root } = own;
  if (!path.isAbsolute(target) && !climbsOut(path.dirname(link), target)) {
    // `name/..` is elsewhere when `name` is a link itself: without it, the kernel does what the text says.
    return turnsBack(target) ? { kind: 'rewrite', to: path.posix.normalize(target) } : { kind: 'inside' };
  }
  const absolute = await realPrefix(path.resolve(root, path.dirname(link), target));
  for (const tree of [own, ...others])
    if (absolute === tree.root || absolute.startsWith(`${tree.root}/`)) {
      const there = path.join(tree.site, path.relative(tree.root, absolute));
      const to = path.relative(path.join(own.site, path.dirname(link)), there);
      return { kind: 'rewrite', to: to === '' ? '.' : to, ...(tree !== own && { into: tree }) };
    }
  if (harmlessDevices.has(absolute) || systemPlaces.some(place => `${absolute}/`.startsWith(place)))
    return { kind: 'outside', absolute };
  const is = await kindOf(absolute);
  // Whether something below a directory can be written takes a long look: whoever gives it a view need not ask.
  return is === 'directory' || (await mayWrite(absolute)) || (await isSmallFile(absolute, is))
    ? { kind: 'escape', absolute, is }
    : { kind: 'outside', absolute };
}

/** Whether a relative target leaves the root at any point of its way, even if it comes back. */
function climbsOut(directory: string, target: string): boolean {
  let depth = directory === '.' ? 0 : directory.split('/').length;
  for (const part of target.split('/')) {
    if (part === '..') depth--;
    else if (part !== '' && part !== '.') depth++;
    if (depth < 0) return true;
  }
  return false;
}

/** Whether a target goes into a name and out of it again: `a/../b`. */
function turnsBack(target: string): boolean {
  const parts = target.split('/').filter(part => part !== '' && part !== '.');
  const first = parts.findIndex(part => part !== '..');
  return first !== -1 && parts.indexOf('..', first) !== -1;
}

/** Real path of the longest part that exists, with the rest as it stands. */
async function realPrefix(absolute: string): Promise<string> {
  for (let head = absolute; ; head = path.dirname(head)) {
    try {
      return path.join(await realpath(head), path.relative(head, absolute));
    } catch (error) {
      if (!isAbsent(error) && !isDenied(error) && errorCode(error) !== 'ELOOP') throw error;
      if (path.dirname(head) === head) return absolute;
    }
  }
}

/** Devices that swallow or give, and what the operating system installs: nobody keeps a site's data there. */
const systemPlaces = ['/usr/', '/bin/', '/lib/', '/lib64/', '/sbin/', '/proc/', '/sys/'];
const harmlessDevices = new Set(['/dev/null', '/dev/zero', '/dev/full', '/dev/random', '/dev/urandom']);

const sampledEntries = 2000;

/** Whether this user could write the place or something below it (a bounded look), or make it where it is missing. */
export async function isWritable(absolute: string): Promise<boolean> {
  if (await mayWrite(absolute)) return true;
  const queue = [absolute];
  let looked = 0;
  for (let directory = queue.shift(); directory !== undefined; directory = queue.shift()) {
    try {
      for await (const entry of await opendir(directory)) {
        // What is too large to look through counts as writable.
        if (++looked > sampledEntries) return true;
        const file = path.join(directory, entry.name);
        if (!entry.isSymbolicLink() && (await mayWrite(file))) return true;
        if (entry.isDirectory()) queue.push(file);
      }
    } catch (error) {
      if (!isAbsent(error) && !isDenied(error)) throw error;
    }
  }
  return false;
}

async function mayWrite(file: string): Promise<boolean> {
  try {
    await access(file, constants.W_OK);
    return true;
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT') return path.dirname(file) !== file && mayWrite(path.dirname(file));
    if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS' || code === 'ENOTDIR' || code === 'ELOOP')
      return false;
    throw error;
  }
}

const small = 4 * 1024 * 1024;

/** A file that is only read may be the configuration that a release links to: the environment has to have its own. */
async function isSmallFile(absolute: string, is: string): Promise<boolean> {
  return is === 'file' && (await stat(absolute)).size <= small;
}

async function kindOf(absolute: string): Promise<'directory' | 'file' | 'other' | 'nothing'> {
  try {
    const stats = await stat(absolute);
    return stats.isDirectory() ? 'directory' : stats.isFile() ? 'file' : 'other';
  } catch (error) {
    if (isAbsent(error) || isDenied(error)) return 'nothing';
    throw error;
  }
}
