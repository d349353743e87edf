import { mkdir, open, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { errorCode, fromFileSystem, GreenroomError, hasReason } from './errors.ts';
import type { Host } from './host.ts';

/** A sparse file with an XFS file system in it, mounted for one user. */
export interface StoreImage {
  image: string;
  /** Where it is mounted. */
  volume: string;
}

/** XFS refuses to be smaller than this. */
export const smallestImage = 320_000_000;

/** `user` would imply noexec, but scripts of a site may have to run: `exec` after it. */
const mountOptions = 'loop,nosuid,nodev,exec,discard';
const userMountOptions = 'loop,user,nosuid,nodev,exec,discard,noauto,nofail,x-greenroom';
const fstab = '/etc/fstab';

/** True if something is mounted on the directory itself. */
export async function isMounted(directory: string): Promise<boolean> {
  try {
    const [own, parent] = await Promise.all([stat(directory), stat(path.dirname(directory))]);
    return own.dev !== parent.dev;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}

/** Makes the image whole or not at all; its root directory belongs to this user, so that no `chown` by root is needed. */
export async function makeImage(host: Host, image: string, bytes: number): Promise<void> {
  const draft = `${image}.draft`;
  const prototype = `${image}.proto`;
  await mkdir(path.dirname(image), { recursive: true, mode: 0o700 });
  await rm(draft, { force: true });
  try {
    await (await open(draft, 'wx', 0o600)).close();
    await truncate(draft, bytes);
    // mkfs.xfs(8), -p: boot image, blocks and inodes are ignored; then mode, uid and gid of the root directory.
    const owner = `${process.getuid?.() ?? 0} ${process.getgid?.() ?? 0}`;
    await writeFile(prototype, `/\n0 0\nd--700 ${owner}\n$\n`, { mode: 0o600 });
    await host.processes.run(await systemTool('mkfs.xfs'), ['-q', '-m', 'reflink=1', '-p', prototype, draft]);
    await rename(draft, image);
  } catch (error) {
    if (hasReason(error, 'binary-missing'))
      throw new GreenroomError('binary-missing', {
        subject: 'mkfs.xfs',
        next: 'install the package xfsprogs',
        cause: error,
      });
    throw fromFileSystem(error, image);
  } finally {
    await rm(draft, { force: true });
    await rm(prototype, { force: true });
  }
}

/**
 * Mounts the image. root just does; anyone else needs a line in fstab, written once with sudo, and can mount it from
 * then on, after every reboot.
 *
 * @throws GreenroomError `permission`, with the line to add by hand where sudo is not to be had
 */
export async function mountImage(host: Host, { image, volume }: StoreImage): Promise<void> {
  await mkdir(volume, { recursive: true, mode: 0o700 });
  if (await isMounted(volume)) return;
  if (isRoot()) {
    await host.processes.run(await systemTool('mount'), ['-o', mountOptions, '-t', 'xfs', image, volume]);
    return;
  }
  const line = fstabLine({ image, volume });
  if (!(await readFile(fstab, 'utf8')).split('\n').includes(line)) await addToFstab(host, line);
  await host.processes.run(await systemTool('mount'), [volume]);
}

export async function unmountImage(host: Host, volume: string): Promise<void> {
  if (await isMounted(volume)) await host.processes.run(await systemTool('umount'), [volume]);
}

/**
 * Makes a mounted image larger. The file grows at once, the file system with administrator's rights.
 *
 * @param interactive whether sudo may ask for a password
 * @throws GreenroomError `permission`, with the commands
 */
export async function growImage(
  host: Host,
  { image, volume }: StoreImage,
  bytes: number,
  interactive: boolean,
): Promise<void> {
  if ((await stat(image)).size < bytes) await truncate(image, bytes);
  const device = await loopDevice(host, image);
  const losetup = await systemTool('losetup');
  const growfs = await systemTool('xfs_growfs');
  // One command, so that a password is asked for once.
  const script = '"$1" --set-capacity "$2" && "$3" "$4"';
  await asRoot(host, interactive, ['sh', '-c', script, 'sh', losetup, device, growfs, volume], undefined, [
    `sudo ${losetup} --set-capacity ${device}`,
    `sudo ${growfs} '${volume}'`,
  ]);
}

export function fstabLine({ image, volume }: StoreImage): string {
  // fstab(5): spaces, tabs and backslashes in names are octal.
  const octal = (name: string) =>
    name.replaceAll(/[\s\\#]/g, character => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`);
  return `${octal(image)} ${octal(volume)} xfs ${userMountOptions} 0 0`;
}

async function addToFstab(host: Host, line: string): Promise<void> {
  const text = await readFile(fstab, 'utf8');
  const input = `${text === '' || text.endsWith('\n') ? '' : '\n'}${line}\n`;
  await asRoot(host, true, ['tee', '-a', fstab], input, [`add this line to ${fstab}:`, line]);
}

async function asRoot(
  host: Host,
  interactive: boolean,
  command: readonly string[],
  input: string | undefined,
  byHand: readonly string[],
): Promise<void> {
  const [program = '', ...args] = isRoot() ? command : ['sudo', ...(interactive ? [] : ['-n']), ...command];
  try {
    await host.processes.run(program, args, input === undefined ? {} : { input });
  } catch (cause) {
    if (isRoot() || !hasReason(cause, 'binary-missing', 'process-failed')) throw cause;
    throw new GreenroomError('permission', {
      subject: 'the store',
      detail: 'an administrator has to do one step',
      next: 'run "greenroom store init" in a terminal, or do this by hand and run it again',
      items: byHand,
      cause,
    });
  }
}

async function loopDevice(host: Host, image: string): Promise<string> {
  const { stdout } = await host.processes.run(await systemTool('losetup'), ['--associated', image]);
  const device = stdout.split(':')[0];
  if (!device)
    throw new GreenroomError('process-failed', { subject: image, detail: 'it has no loop device' });
  return device;
}

/** `/sbin` is not on an ordinary user's PATH everywhere. */
async function systemTool(name: string): Promise<string> {
  for (const place of ['/usr/sbin', '/sbin', '/usr/bin', '/bin']) {
    const file = path.join(place, name);
    try {
      await stat(file);
      return file;
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error;
    }
  }
  return name;
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}
