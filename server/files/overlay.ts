import { lstat, readdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { errorCode, GreenroomError } from '../platform/errors.ts';
import type { Host } from '../platform/host.ts';
import type { Operation } from '../platform/progress.ts';
import { isAbsent } from './compare.ts';
import { type ChangedEntry, type OverlayDriver, type OverlayPlace, overlayPlace } from './driver.ts';
import { copy } from './drivers/copy.ts';
import { fuseOverlayfs } from './drivers/fuseOverlayfs.ts';
import { overlayfs } from './drivers/overlayfs.ts';
import { reflink } from './drivers/reflink.ts';
import { noteFirstWritten, withFirstWritten } from './firstWritten.ts';
import { areMounted, linkedPlaces, mountLinked, unmountLinked } from './linked.ts';
import { closeLinks, withoutClosedLinks } from './links.ts';
import { removeWithMounts } from './mounts.ts';
import { temporaryName } from './siteWriter.ts';

export type { ChangedEntry } from './driver.ts';

/** In the order they are tried. */
export const overlayDrivers: readonly OverlayDriver[] = [overlayfs, fuseOverlayfs, reflink, copy];

export interface DriverChoice {
  driver: OverlayDriver;
  /** Why this one: what spoke against those before it. */
  why: string;
  /** How to get a better one. */
  advice?: string;
}

/** An environment's site files. */
export interface Overlay {
  driver: string;
  /** The merged view: what the application runs on. */
  site: string;
  productionRoot: string;
  directory: string;
  /** Where the environment's views of directories are that the site's links lead to, outside of it. */
  linked(): Promise<string[]>;
  isMounted(): Promise<boolean>;
  /** Also after a reboot or when the mount's process died; does nothing when all is well. */
  mount(): Promise<void>;
  /** Returns warnings: who kept it busy, when it had to be detached lazily. */
  unmount(): Promise<string[]>;
  /** Unmounts and removes everything the environment wrote. Production is never touched. */
  destroy(): Promise<void>;
  /** By path; work grows with the change. Mounts if necessary. */
  changedEntries(): Promise<ChangedEntry[]>;
  /** What the last `changedEntries` could not compare: one sentence each. */
  comparisonWarnings(): string[];
  /** Bytes on disk that are the environment's own. */
  usage(): Promise<number>;
  /** After production's files were replaced by renaming (a promotion): shows the new ones. Returns warnings. */
  refresh(): Promise<string[]>;
  /** Looks through production for links that lead out and closes them here. Returns warnings for the user. */
  closeLinks(): Promise<string[]>;
  /** To be told before a path of the site is written for the branch: see `ChangedEntry.bornAt`. */
  noteFirstWritten(paths: readonly string[]): Promise<void>;
}

/** The first driver that works for this production, place and user, or the preferred one if it works. */
export async function chooseDriver(
  host: Host,
  options: { productionRoot: string; directory: string; preferred?: string },
): Promise<DriverChoice> {
  const place = overlayPlace(options.productionRoot, options.directory);
  await requireReadableRoot(place);
  const against: string[] = [];
  let advice: string | undefined;
  const preferred = options.preferred === undefined ? undefined : driverNamed(options.preferred);
  for (const driver of preferred === undefined ? overlayDrivers : [preferred, ...overlayDrivers]) {
    const probe = await driver.probe(host, place);
    if (probe.ok) {
      const last = driver === copy;
      return {
        driver,
        why: against.length === 0 ? 'the best there is' : against.join('; '),
        ...(last && {
          advice:
            advice ?? 'run `greenroom store init`: without it every environment is a full copy of the site',
        }),
      };
    }
    against.push(`${driver.name}: ${probe.why}`);
    advice ??= probe.advice;
  }
  throw new GreenroomError('unsupported', { subject: options.directory, items: against });
}

/**
 * Makes a site. With a driver that falls through, the time does not depend on production's size (except the very first
 * time for a production, when its links are looked for). `warnings`: what was left out or closed, one sentence each.
 */
export async function createOverlay(
  host: Host,
  options: { driver: OverlayDriver | string; productionRoot: string; directory: string },
  op: Operation,
): Promise<Overlay & { warnings: string[] }> {
  const driver = typeof options.driver === 'string' ? driverNamed(options.driver) : options.driver;
  const place = overlayPlace(options.productionRoot, options.directory);
  await requireReadableRoot(place);
  const overlay = openOverlay(host, { ...options, driver: driver.name });
  try {
    const warnings = await driver.create(host, place, op);
    warnings.push(...(await closeLinks(host, driver, place, !driver.fallsThrough)));
    return { ...overlay, warnings };
  } catch (error) {
    await overlay.destroy();
    throw error;
  }
}

/** The overlay of an environment that exists; touches nothing. */
export function openOverlay(
  host: Host,
  options: { driver: string; productionRoot: string; directory: string },
): Overlay {
  const driver = driverNamed(options.driver);
  const place = overlayPlace(options.productionRoot, options.directory);
  let comparison: string[] = [];
  return {
    driver: driver.name,
    ...place,
    linked: async () => (await linkedPlaces(place)).map(({ site }) => site),
    isMounted: async () => (await driver.isMounted(host, place)) && (await areMounted(host, driver, place)),
    async mount() {
      await driver.mount(host, place);
      for (const problem of await mountLinked(host, driver, place)) host.log.warn(problem);
    },
    unmount: async () => [
      ...(await unmountLinked(host, driver, place)),
      ...(await driver.unmount(host, place)),
    ],
    destroy: () => removeWithMounts(host, place.directory),
    async changedEntries() {
      const { entries, warnings } = await driver.changes(host, place);
      comparison = warnings;
      const own = entries.filter(entry => !temporaryName.test(entry.path));
      return withFirstWritten(host, place, await withoutClosedLinks(place, own));
    },
    comparisonWarnings: () => comparison,
    async usage() {
      const linked = await linkedPlaces(place);
      const parts = await Promise.all([place, ...linked].map(one => driver.usage(host, one)));
      return parts.reduce((sum, bytes) => sum + bytes, 0);
    },
    async refresh() {
      const warnings = await driver.refresh(host, place);
      return [...warnings, ...(await closeLinks(host, driver, place, true))];
    },
    closeLinks: () => closeLinks(host, driver, place, true),
    noteFirstWritten: paths => noteFirstWritten(host, place, paths),
  };
}

function driverNamed(name: string): OverlayDriver {
  const driver = overlayDrivers.find(candidate => candidate.name === name);
  if (driver === undefined)
    throw new GreenroomError('unsupported', { subject: name, detail: 'no such driver' });
  return driver;
}

/** Production must be a directory that can be entered, and neither may lie inside the other. */
async function requireReadableRoot(place: OverlayPlace): Promise<void> {
  let root: string;
  try {
    root = await realpath(place.productionRoot);
    if (!(await lstat(root)).isDirectory())
      throw new GreenroomError('files-missing', { subject: root, detail: 'it is no directory' });
    await readdir(root);
  } catch (error) {
    if (isAbsent(error)) throw new GreenroomError('files-missing', { subject: place.productionRoot });
    if (errorCode(error) === 'EACCES')
      throw new GreenroomError('files-unreadable', { subject: place.productionRoot, cause: error });
    throw error;
  }
  const directory = path.resolve(place.directory);
  if (`${directory}/`.startsWith(`${root}/`) || `${root}/`.startsWith(`${directory}/`))
    throw new GreenroomError('unsupported', {
      subject: place.directory,
      detail: `the store and production's root ${root} lie inside one another`,
    });
}
