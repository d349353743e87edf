import { mkdir, readdir, rm, stat, statfs, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { readJson, writeJsonAtomic } from './atomicFile.ts';
import { formatBytes, freeBytes, growCommand, requireFreeBytes, volumeMark } from './diskSpace.ts';
import { errorCode, GreenroomError, messageOf } from './errors.ts';
import type { Host } from './host.ts';
import { withLock } from './locks.ts';
import { storePaths } from './paths.ts';
import type { Operation } from './progress.ts';
import { copyTree, reflinkSupported } from './reflink.ts';
import { growImage, isMounted, makeImage, mountImage, type StoreImage, smallestImage } from './storeImage.ts';

const settingsSchema = z.object({
  format: z.literal(1),
  volume: z.object({ kind: z.literal('image'), image: z.string(), volume: z.string() }),
});

/** Where generations, clones and overlays live, and whether copies share blocks there. */
export type StoreState =
  | { kind: 'plain'; volume: string; reflink: boolean }
  | { kind: 'image'; volume: string; image: string; mounted: false }
  | { kind: 'image'; volume: string; image: string; mounted: true; bytes: number; free: number };

/** The directory for the copy-on-write parts of the store at `root`: what `StorePaths.volume` is to be. */
export async function storeVolume(root: string): Promise<string> {
  return (await readImage(root))?.volume ?? root;
}

export async function storeState(host: Host): Promise<StoreState> {
  const { root } = host.paths;
  const image = await readImage(root);
  if (image === undefined) {
    await mkdir(root, { recursive: true, mode: 0o700 });
    return { kind: 'plain', volume: root, reflink: await reflinkSupported(root) };
  }
  if (!(await isMounted(image.volume))) return { kind: 'image', ...image, mounted: false };
  const { blocks, bsize } = await statfs(image.volume);
  return {
    kind: 'image',
    ...image,
    mounted: true,
    bytes: blocks * bsize,
    free: await freeBytes(image.volume),
  };
}

/** `greenroom doctor`'s line about the store. */
export async function storeProbe(host: Host): Promise<{ ok: boolean; choice: string; advice?: string }> {
  const state = await storeState(host);
  if (state.kind === 'plain') {
    const free = `${formatBytes(await freeBytes(state.volume))} free`;
    if (state.reflink) return { ok: true, choice: `${state.volume}: copies share blocks, ${free}` };
    return {
      ok: true,
      choice: `${state.volume}: full copies, ${free}; its file system cannot share blocks`,
      advice: 'run "greenroom store init": every environment then takes a second and a few megabytes',
    };
  }
  const choice = `${state.volume}: XFS image ${state.image}`;
  if (!state.mounted)
    return { ok: false, choice: `${choice}, not mounted`, advice: `run "mount ${state.volume}"` };
  const isFilling = state.free < state.bytes / 10;
  const command = isFilling ? await growCommand(state.volume) : undefined;
  return {
    ok: true,
    choice: `${choice}, ${formatBytes(state.free)} of ${formatBytes(state.bytes)} free`,
    ...(isFilling && {
      advice:
        command === undefined
          ? 'the disk is filling up: free some space (greenroom gc), or remove what else lies on it'
          : `it is filling up: run "${command}"`,
    }),
  };
}

/**
 * Makes a store that can share blocks: an XFS image in the store's root, sparse, and as large as asked for. A file
 * system that can already is left as it is. Called again with a larger size, it grows the image. Generations that are
 * there move along; environments must be gone.
 *
 * @param options.size `200GB`, `1.5TB`; default: as large as the file system below, so that it need never grow: it takes no
 * more room than what is in it, and {@link freeBytes} looks below
 * @throws GreenroomError `usage`, `permission`, `binary-missing`, `disk-full`, `environment-busy`, `unsupported`
 */
export async function initStore(
  host: Host,
  options: { size?: string },
  operation: Operation,
): Promise<{ volume: string; bytes: number }> {
  return withLock(host, 'store', { purpose: 'store init', signal: operation.signal }, async () => {
    const { root } = host.paths;
    const wanted = options.size === undefined ? undefined : parseSize(options.size);
    const state = await storeState(host);
    if (state.kind === 'image') return growTo(host, state, wanted);
    if (state.reflink) return { volume: root, bytes: await freeBytes(root) };
    if (host.platform !== 'linux')
      throw new GreenroomError('unsupported', {
        subject: root,
        detail: 'an image with block sharing can only be made on Linux',
        next: 'put the store on a file system that can, and name it in GREENROOM_HOME',
      });
    await requireNoEnvironments(root);
    const place: StoreImage = { image: path.join(root, 'volume.img'), volume: path.join(root, 'volume') };
    // What a killed attempt left is whole (it was renamed into place) and goes on to be used.
    if (!(await exists(place.image))) {
      const { blocks, bsize } = await statfs(root);
      const bytes = wanted ?? blocks * bsize;
      await requireFreeBytes(root, smallestImage, 'an image');
      operation.progress({ step: 'making the file system' });
      await makeImage(host, place.image, Math.max(bytes, smallestImage));
    }
    operation.progress({ step: 'mounting' });
    await mountImage(host, place);
    await writeFile(path.join(place.volume, volumeMark), `${place.image}\n`, { mode: 0o600 });
    await moveGenerations(root, place.volume, operation);
    await writeJsonAtomic(storePaths(root).settings, { format: 1, volume: { kind: 'image', ...place } });
    await removeMovedGenerations(root);
    const { blocks, bsize } = await statfs(place.volume);
    return { volume: place.volume, bytes: blocks * bsize };
  });
}

/**
 * Mounts the store's image again after a reboot, and grows it when it is filling up; nothing to do for a plain store.
 *
 * @throws GreenroomError `permission`, `process-failed`: nothing of the store can be used then
 */
export async function remountStore(host: Host): Promise<void> {
  const image = await readImage(host.paths.root);
  if (image === undefined) return;
  if (!(await isMounted(image.volume)))
    await withLock(host, 'store', { purpose: 'mounting the store', wait: 30_000 }, () =>
      mountImage(host, image),
    );
  try {
    await growWhenFull(host);
  } catch (error) {
    // There is still some room, and the user is not asked for a password out of the blue.
    host.log.warn('the store is filling up and could not be grown: "greenroom doctor" says what to do', {
      volume: image.volume,
      problem: messageOf(error),
    });
  }
}

/** Grows an image with less than a tenth free by half, as far as the disk below has room. Returns whether it did. */
export async function growWhenFull(host: Host): Promise<boolean> {
  const state = await storeState(host);
  if (state.kind !== 'image' || !state.mounted) return false;
  const { bavail, bsize } = await statfs(state.volume);
  if (bavail * bsize >= state.bytes / 10) return false;
  const room = (await freeBytes(path.dirname(state.image))) - bavail * bsize;
  const more = Math.min(state.bytes / 2, room * 0.8);
  if (more < 100_000_000) return false;
  const { size } = await stat(state.image);
  await withLock(host, 'store', { purpose: 'growing the store', wait: 30_000 }, () =>
    growImage(host, state, Math.floor(size + more), false),
  );
  return true;
}

async function growTo(
  host: Host,
  state: StoreState & { kind: 'image' },
  wanted: number | undefined,
): Promise<{ volume: string; bytes: number }> {
  await mountImage(host, state);
  const { size } = await stat(state.image);
  if (wanted !== undefined && wanted < size)
    throw new GreenroomError('usage', {
      subject: state.image,
      detail: `it has ${formatBytes(size)} already and cannot shrink`,
    });
  // The file may have grown in an attempt that then lacked the rights for the file system in it, which is smaller than
  // its file by its log only.
  const present = await statfs(state.volume);
  const lags = present.blocks * present.bsize < size - 200_000_000;
  if (wanted !== undefined && (wanted > size || lags)) await growImage(host, state, wanted, true);
  const { blocks, bsize } = await statfs(state.volume);
  return { volume: state.volume, bytes: blocks * bsize };
}

async function readImage(root: string): Promise<StoreImage | undefined> {
  const settings = await readJson(storePaths(root).settings, settingsSchema);
  return settings && { image: settings.volume.image, volume: settings.volume.volume };
}

async function projectDirectories(root: string, part: string): Promise<string[]> {
  const found: string[] = [];
  for (const project of await list(path.join(root, 'projects'))) {
    const directory = path.join('projects', project, part);
    if ((await list(path.join(root, directory))).length > 0) found.push(directory);
  }
  return found;
}

async function requireNoEnvironments(root: string): Promise<void> {
  const used = await projectDirectories(root, 'env');
  if (used.length > 0)
    throw new GreenroomError('environment-busy', {
      subject: root,
      detail: 'there are environments in the store, which cannot move while they are used',
      next: 'destroy them (greenroom env destroy), then run "greenroom store init" again',
      items: used,
    });
}

async function moveGenerations(root: string, volume: string, operation: Operation): Promise<void> {
  for (const directory of await projectDirectories(root, 'base')) {
    operation.progress({ step: 'moving what is in the store' });
    await rm(path.join(volume, directory), { recursive: true, force: true });
    await copyTree(path.join(root, directory), path.join(volume, directory), { reflink: 'never' }, operation);
  }
}

async function removeMovedGenerations(root: string): Promise<void> {
  for (const directory of await projectDirectories(root, 'base'))
    await rm(path.join(root, directory), { recursive: true, force: true });
}

function parseSize(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*(MB|GB|TB|M|G|T)$/i.exec(text.trim());
  const unit = match?.[2]?.[0]?.toUpperCase();
  const bytes = Number(match?.[1]) * (unit === 'T' ? 1e12 : unit === 'G' ? 1e9 : 1e6);
  if (!(bytes >= smallestImage))
    throw new GreenroomError('usage', {
      subject: text,
      detail: `a size is a number with MB, GB or TB, and at least ${formatBytes(smallestImage)}`,
    });
  return Math.floor(bytes);
}

async function list(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

async function exists(file: string): Promise<boolean> {
  try {
    await stat(file);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}
