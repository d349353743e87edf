import { access, constants, opendir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../platform/errors.ts';
import { isAbsent, isDenied } from './compare.ts';

/** What a symbolic link of a site means for the environment's copy of it. */
export type LinkMeaning =
  /** Stays inside the site as it stands. */
  | { kind: 'inside' }
  /** Leads into the site by way of production's path: `to` leads to the same place in the environment's site. */
  | { kind: 'rewrite'; to: string }
  /** Leads out, to what this user could only read: harmless. `absolute` is where. */
  | { kind: 'outside'; absolute: string }
  /** Leads out, to what could be written (or made) through it: has to be closed. */
  | { kind: 'escape'; absolute: string; is: 'directory' | 'file' | 'other' | 'nothing' };

/**
 * @param root production's root, real path
 * @param link path of the link, relative to the root
 */
export async function linkMeaning(root: string, link: string, target: string): Promise<LinkMeaning> {
  const climbs = !path.isAbsolute(target) && climbsOut(path.dirname(link), target);
  if (!path.isAbsolute(target) && !climbs) return { kind: 'inside' };
  const absolute = await realPrefix(path.resolve(root, path.dirname(link), target));
  if (absolute === root || absolute.startsWith(`${root}/`)) {
    const to = path.relative(path.join(root, path.dirname(link)), absolute);
    return { kind: 'rewrite', to: to === '' ? '.' : to };
  }
  const harmless = await isHarmless(absolute);
  return harmless ? { kind: 'outside', absolute } : { kind: 'escape', absolute, is: await kindOf(absolute) };
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

async function isHarmless(absolute: string): Promise<boolean> {
  if (harmlessDevices.has(absolute)) return true;
  if (systemPlaces.some(place => `${absolute}/`.startsWith(place))) return true;
  return !(await isWritable(absolute));
}

const sampledEntries = 2000;

/** Whether this user could write the place or something below it (a bounded look), or make it where it is missing. */
async function isWritable(absolute: string): Promise<boolean> {
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

async function kindOf(absolute: string): Promise<'directory' | 'file' | 'other' | 'nothing'> {
  try {
    const stats = await stat(absolute);
    return stats.isDirectory() ? 'directory' : stats.isFile() ? 'file' : 'other';
  } catch (error) {
    if (isAbsent(error) || isDenied(error)) return 'nothing';
    throw error;
  }
}
