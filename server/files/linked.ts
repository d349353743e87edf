import { createHash } from 'node:crypto';
import { opendir, realpath, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { readJson, writeJsonAtomic } from '../platform/atomicFile.ts';
import { messageOf } from '../platform/errors.ts';
import type { Host } from '../platform/host.ts';
import { withLock } from '../platform/locks.ts';
import { unattended } from '../platform/progress.ts';
import { isDenied, lstatIfAny } from './compare.ts';
import { type OverlayDriver, type OverlayPlace, overlayPlace } from './driver.ts';
import type { Seen } from './linkTarget.ts';

/**
 * A directory outside production's root that a link of the site leads to (`uploads -> /mnt/nfs/uploads`, what a release
 * shares): the environment has a view of it of its own, made by the site's driver, beside the site. Reads fall through;
 * what the environment writes stays here and is in no plan.
 */
const linkedSchema = z.array(
  z.object({
    /** Real path. */
    source: z.string(),
    /** False while the view is being made: what a crash left of it is made anew. */
    ready: z.boolean(),
  }),
);

const fileOf = (place: OverlayPlace): string => path.join(place.directory, 'linked.json');

/** Where a link may lead on to another directory and so forth, this many are followed. */
export const mostLinked = 32;
/** A driver that copies takes no more than this of a directory that others share. */
const copied = { entries: 20_000, bytes: 1_000_000_000 };

/** A tree with the place that holds the environment's view of it. */
export interface Tree extends Seen {
  place: OverlayPlace;
}

/** The views there are, in the order they were made. */
export async function linkedPlaces(place: OverlayPlace): Promise<OverlayPlace[]> {
  return (await readLinked(place)).map(({ source }) => placeOf(place, source));
}

const readLinked = async (place: OverlayPlace) => (await readJson(fileOf(place), linkedSchema)) ?? [];

function placeOf(place: OverlayPlace, source: string): OverlayPlace {
  const name = createHash('sha256').update(source).digest('hex').slice(0, 12);
  return overlayPlace(source, path.join(place.directory, 'linked', name));
}

const treeOf = (view: OverlayPlace): Tree => ({ root: view.productionRoot, site: view.site, place: view });

const readyPlaces = async (place: OverlayPlace): Promise<OverlayPlace[]> =>
  (await readLinked(place)).filter(({ ready }) => ready).map(({ source }) => placeOf(place, source));

/** The site and its linked directories as trees that a link may lead into; the site comes first. */
export async function seenTrees(place: OverlayPlace): Promise<[Tree, ...Tree[]]> {
  const root = await realpath(place.productionRoot);
  return [{ root, site: place.site, place }, ...(await readyPlaces(place)).map(treeOf)];
}

/**
 * Gives the environment a view of a directory outside production's root.
 *
 * @param source real path of the directory
 * @returns the view, or why there can be none
 */
export async function linkDirectory(
  host: Host,
  driver: OverlayDriver,
  place: OverlayPlace,
  source: string,
): Promise<Tree | string> {
  const name = createHash('sha256').update(place.directory).digest('hex').slice(0, 12);
  const lock = { purpose: 'linking a directory', wait: 60_000 };
  return withLock(host, `linked-${name}`, lock, async () => {
    const view = placeOf(place, source);
    const others = (await readLinked(place)).filter(one => one.source !== source);
    const against =
      others.length >= mostLinked
        ? `more than ${mostLinked} directories are linked`
        : await reasonAgainst(driver, place, source);
    if (against !== undefined) return against;
    // Noted before it is made: whoever cleans up must know what to unmount.
    await writeJsonAtomic(fileOf(place), [...others, { source, ready: false }]);
    try {
      await remove(host, driver, view);
      await driver.create(host, view, unattended);
      await writeJsonAtomic(fileOf(place), [...others, { source, ready: true }]);
      return treeOf(view);
    } catch (error) {
      await remove(host, driver, view);
      await writeJsonAtomic(fileOf(place), others);
      return messageOf(error);
    }
  });
}

async function remove(host: Host, driver: OverlayDriver, view: OverlayPlace): Promise<void> {
  if ((await lstatIfAny(view.directory)) === undefined) return;
  await driver.unmount(host, view);
  await rm(view.directory, { recursive: true, force: true });
}

async function reasonAgainst(
  driver: OverlayDriver,
  place: OverlayPlace,
  source: string,
): Promise<string | undefined> {
  const root = await realpath(place.productionRoot);
  const store = path.resolve(place.directory);
  // What holds production's root or the environment itself would show and copy both once more.
  for (const own of [root, store])
    if (`${own}/`.startsWith(source.endsWith('/') ? source : `${source}/`) || source.startsWith(`${own}/`))
      return `${own} lies in it`;
  try {
    const size = driver.fallsThrough ? undefined : await sizeUpTo(source, copied);
    if (size === 'more') return 'it is too large to be copied, which is all that can be done here';
    for await (const _ of await opendir(source)) break;
  } catch (error) {
    if (isDenied(error)) return 'this user may not read it';
    throw error;
  }
  return undefined;
}

async function sizeUpTo(
  directory: string,
  most: { entries: number; bytes: number },
): Promise<'less' | 'more'> {
  const queue = [directory];
  let [entries, bytes] = [0, 0];
  for (let at = queue.shift(); at !== undefined; at = queue.shift())
    for await (const entry of await opendir(at)) {
      const file = path.join(at, entry.name);
      if (entry.isDirectory()) queue.push(file);
      else if (entry.isFile()) bytes += (await stat(file)).size;
      if (++entries > most.entries || bytes > most.bytes) return 'more';
    }
  return 'less';
}

/**
 * Mounts what is linked. A directory that cannot be had (a network drive that is away) stays empty: the site itself
 * must work. Returns a warning for each.
 */
export async function mountLinked(host: Host, driver: OverlayDriver, place: OverlayPlace): Promise<string[]> {
  const warnings: string[] = [];
  for (const view of await readyPlaces(place))
    try {
      await driver.mount(host, view);
    } catch (error) {
      warnings.push(`${view.productionRoot}, which the site links to, cannot be shown: ${messageOf(error)}`);
    }
  return warnings;
}

/** Returns warnings: what kept one busy. */
export async function unmountLinked(
  host: Host,
  driver: OverlayDriver,
  place: OverlayPlace,
): Promise<string[]> {
  const warnings: string[] = [];
  for (const view of await linkedPlaces(place)) warnings.push(...(await driver.unmount(host, view)));
  return warnings;
}

export async function areMounted(host: Host, driver: OverlayDriver, place: OverlayPlace): Promise<boolean> {
  for (const view of await readyPlaces(place)) if (!(await driver.isMounted(host, view))) return false;
  return true;
}
