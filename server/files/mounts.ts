import { lstat, readdir, readFile, readlink, realpath } from 'node:fs/promises';
import path from 'node:path';
import { errorCode, GreenroomError, hasReason, messageOf } from '../platform/errors.ts';
import type { Host } from '../platform/host.ts';
import { removeTree } from '../platform/removeTree.ts';
import type { OverlayPlace } from './driver.ts';

export type MountState = 'absent' | 'alive' | 'dead';

/** Where something is mounted, or may be: `site` lies in `directory`. */
type MountPlace = Pick<OverlayPlace, 'directory' | 'site'>;

/** Whether something is mounted at the place's site, and answers. `dead`: a FUSE mount whose process is gone. */
export async function mountState(place: MountPlace): Promise<MountState> {
  let point: string;
  try {
    // The parent, because a dead mount cannot be resolved itself.
    point = path.join(await realpath(place.directory), path.basename(place.site));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return 'absent';
    throw error;
  }
  if (!(await mountPoints()).includes(point)) return 'absent';
  try {
    await lstat(path.join(place.site, '.'));
    return 'alive';
  } catch (error) {
    if (errorCode(error) === 'ENOTCONN' || errorCode(error) === 'EIO') return 'dead';
    throw error;
  }
}

/** Of all mounts that this process sees, in the order they were made. Linux only. */
async function mountPoints(): Promise<string[]> {
  const mounts = await readFile('/proc/self/mountinfo', 'utf8');
  // proc(5): field 5 is the mount point, with space, tab, newline and backslash in octal.
  return mounts.split('\n').map(line => unescapeOctal(line.split(' ')[4] ?? ''));
}

function unescapeOctal(text: string): string {
  return text.includes('\\')
    ? Buffer.from(
        text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8))),
        'latin1',
      ).toString()
    : text;
}

/** The command that takes a mount away, and the same lazily: detached now, gone when its last user is. */
interface Unmounter {
  command: string;
  args: readonly string[];
  lazyArgs: readonly string[];
}

/** Root may unmount anything; another user what they mounted by FUSE, which is all that they can mount. */
async function unmounterFor(host: Host): Promise<Unmounter> {
  if (process.getuid?.() === 0) return { command: 'umount', args: ['--'], lazyArgs: ['-l', '--'] };
  const command = (await isInstalled(host, 'fusermount3')) ? 'fusermount3' : 'fusermount';
  return { command, args: ['-u', '--'], lazyArgs: ['-u', '-z', '--'] };
}

async function isInstalled(host: Host, command: string): Promise<boolean> {
  try {
    await host.processes.run(command, ['--version']);
    return true;
  } catch (error) {
    if (hasReason(error, 'binary-missing')) return false;
    throw error;
  }
}

const busyTries = 12;
const busyPause = 60;

/**
 * Unmounts. A busy mount is tried again for most of a second; then it is detached lazily, and the warning names who
 * holds it: an open shell in an environment must not make its end impossible.
 */
export async function unmountSite(host: Host, place: MountPlace): Promise<string[]> {
  let unmounter: Unmounter | undefined;
  for (let attempt = 0; ; attempt++) {
    const state = await mountState(place);
    if (state === 'absent') return [];
    unmounter ??= await unmounterFor(host);
    if (state === 'dead') {
      await host.processes.run(unmounter.command, [...unmounter.lazyArgs, place.site]);
      continue;
    }
    try {
      await host.processes.run(unmounter.command, [...unmounter.args, place.site]);
    } catch (error) {
      if (!hasReason(error, 'process-failed')) throw error;
      if (attempt < busyTries) {
        await host.clock.sleep(busyPause);
        continue;
      }
      const holders = await holdersOf(place.site);
      try {
        await host.processes.run(unmounter.command, [...unmounter.lazyArgs, place.site]);
      } catch (cause) {
        throw new GreenroomError('environment-busy', { subject: place.site, items: holders, cause });
      }
      const who = holders.length === 0 ? 'another process' : holders.join(', ');
      return [`${place.site} was in use by ${who}: it was detached, and goes away when they end`];
    }
  }
}

/** Unmounts whatever is mounted in a directory, innermost first: also what no record tells of, because its maker was killed. */
export async function unmountBelow(host: Host, directory: string): Promise<void> {
  // Elsewhere nothing is mounted: sites are copies.
  if (host.platform !== 'linux') return;
  let root: string;
  try {
    root = await realpath(directory);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return;
    throw error;
  }
  const below = (await mountPoints()).filter(point => point.startsWith(`${root}/`));
  for (const site of below.reverse())
    for (const warning of await unmountSite(host, { directory: path.dirname(site), site }))
      host.log.warn(warning);
}

/**
 * Removes a directory in which sites may be mounted, never through what they show. A mount that a killed process's child
 * makes in this very moment is taken away, too.
 */
export function removeWithMounts(host: Host, directory: string): Promise<void> {
  return removeTree(directory, () => unmountBelow(host, directory));
}

/** Processes of this user that work in the directory or have a file of it open: `php-fpm (4711)`. Linux only. */
export async function holdersOf(directory: string): Promise<string[]> {
  const holders: string[] = [];
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    try {
      const links = [`/proc/${pid}/cwd`, `/proc/${pid}/root`];
      for (const fd of await readdir(`/proc/${pid}/fd`)) links.push(`/proc/${pid}/fd/${fd}`);
      const targets = await Promise.all(links.map(link => readlink(link).catch(() => '')));
      if (targets.some(target => target === directory || target.startsWith(`${directory}/`)))
        holders.push(`${(await readFile(`/proc/${pid}/comm`, 'utf8')).trim()} (${pid})`);
    } catch (error) {
      // Processes end while we look, and others belong to somebody else: they cannot be named.
      if (!['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(errorCode(error) ?? '')) throw error;
    }
  }
  return holders;
}

/** Runs the mount command in the place's directory; its failure tells which driver refused and why. */
export async function runMount(
  host: Host,
  place: OverlayPlace,
  command: string,
  args: readonly string[],
): Promise<void> {
  try {
    await host.processes.run(command, args, { cwd: place.directory });
  } catch (error) {
    if (hasReason(error, 'binary-missing', 'cancelled')) throw error;
    throw new GreenroomError('process-failed', {
      subject: place.site,
      detail: `cannot be mounted: ${messageOf(error)}`,
      cause: error,
    });
  }
}
