import type { Dirent, Stats } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';
import { messageOf } from '../platform/errors.ts';
import { mapLimit } from '../platform/parallel.ts';
import { isAbsent, isDenied, lstatIfAny, permissions, sameEntry, typeOf } from './compare.ts';
import type { ChangedEntry, Changes, OverlayPlace } from './driver.ts';

/** fuse-overlayfs marks a directory that hides the lower one with these names (design, section 4). */
const opaqueMarks = new Set(['.wh..opq', '.wh..wh..opq']);
const whiteoutPrefix = '.wh.';

interface Scan {
  upper: string;
  place: OverlayPlace;
  /** Whether names that begin with `.wh.` are marks of the driver (fuse-overlayfs) or plain files (the kernel). */
  marksByName: boolean;
  entries: ChangedEntry[];
  warnings: string[];
}

/**
 * What the upper layer of a union holds, compared with production: the work grows with the change, not with the site.
 * What was copied up and is the same as production's (touched, opened for writing, written back) is no change.
 */
export async function unionChanges(
  place: OverlayPlace,
  upper: string,
  options: { marksByName: boolean },
): Promise<Changes> {
  const scan: Scan = { upper, place, ...options, entries: [], warnings: [] };
  await scanDirectory(scan, '');
  scan.entries.sort((a, b) => (a.path < b.path ? -1 : 1));
  return { entries: scan.entries, warnings: scan.warnings };
}

async function scanDirectory(scan: Scan, relative: string): Promise<void> {
  const upperEntries = await readdir(path.join(scan.upper, relative), { withFileTypes: true });
  const lower = await namesBelow(scan, path.join(scan.place.productionRoot, relative), relative);
  const opaque = scan.marksByName && upperEntries.some(entry => opaqueMarks.has(entry.name));
  const seen = new Set<string>();
  await mapLimit(upperEntries, 16, async entry => {
    if (scan.marksByName && opaqueMarks.has(entry.name)) return;
    const name =
      scan.marksByName && entry.name.startsWith(whiteoutPrefix)
        ? entry.name.slice(whiteoutPrefix.length)
        : entry.name;
    seen.add(name);
    const stats = await lstat(path.join(scan.upper, relative, entry.name));
    const child = relative === '' ? name : `${relative}/${name}`;
    if (name !== entry.name || isWhiteout(stats)) await addDeletion(scan, child, bornAt(stats));
    else await addEntry(scan, child, stats, entry);
  });
  await addHidden(scan, relative, lower, seen, opaque);
}

/** A character device with number 0:0 (kernel documentation, overlayfs, "whiteouts"). */
const isWhiteout = (stats: Stats): boolean => stats.isCharacterDevice() && stats.rdev === 0;

/** File systems without birth times report 0 or the epoch: then the last status change is the best that is known. */
export const bornAt = (stats: Stats): number => (stats.birthtimeMs > 0 ? stats.birthtimeMs : stats.ctimeMs);

async function addEntry(scan: Scan, relative: string, stats: Stats, entry: Dirent): Promise<void> {
  const file = path.join(scan.upper, relative);
  const original = path.join(scan.place.productionRoot, relative);
  const lowerStats = await lstatIfAny(original).catch(error => {
    if (!isDenied(error)) throw error;
    scan.warnings.push(`${relative}: production's version cannot be seen (${messageOf(error)})`);
    return undefined;
  });
  if (lowerStats === undefined || !(await isSame(scan, relative, file, stats, original, lowerStats)))
    scan.entries.push({
      path: relative,
      type: typeOf(stats),
      change: lowerStats === undefined ? 'added' : 'modified',
      bytes: stats.isFile() ? stats.size : 0,
      mode: permissions(stats),
      bornAt: bornAt(stats),
    });
  if (entry.isDirectory()) await scanDirectory(scan, relative);
  else if (lowerStats?.isDirectory()) await addDeletedChildren(scan, relative, bornAt(stats));
}

async function isSame(
  scan: Scan,
  relative: string,
  file: string,
  stats: Stats,
  original: string,
  lowerStats: Stats,
): Promise<boolean> {
  try {
    return await sameEntry(file, stats, original, lowerStats);
  } catch (error) {
    if (!isDenied(error) && !isAbsent(error)) throw error;
    scan.warnings.push(`${relative}: cannot be compared with production's version (${messageOf(error)})`);
    return false;
  }
}

/** Lower entries that the merged view no longer shows and no whiteout names: their directory was replaced as a whole. */
async function addHidden(
  scan: Scan,
  relative: string,
  lower: ReadonlySet<string>,
  seen: ReadonlySet<string>,
  opaque: boolean,
): Promise<void> {
  // The root of the upper layer is never opaque, and a directory without unseen lower names hides nothing.
  if (relative === '') return;
  const unseen = [...lower].filter(name => !seen.has(name));
  if (unseen.length === 0) return;
  const visible = opaque ? new Set<string>() : new Set(await readdir(path.join(scan.place.site, relative)));
  const hidden = unseen.filter(name => !visible.has(name));
  if (hidden.length === 0) return;
  const since = bornAt(await lstat(path.join(scan.upper, relative)));
  for (const name of hidden) await addDeletion(scan, `${relative}/${name}`, since);
}

/** A deletion, with everything below it: a plan shows and undoes each file of a deleted directory. */
async function addDeletion(scan: Scan, relative: string, since: number): Promise<void> {
  const stats = await lstatIfAny(path.join(scan.place.productionRoot, relative));
  if (stats === undefined) return;
  scan.entries.push({
    path: relative,
    type: typeOf(stats),
    change: 'deleted',
    bytes: stats.isFile() ? stats.size : 0,
    mode: permissions(stats),
    bornAt: since,
  });
  if (stats.isDirectory()) await addDeletedChildren(scan, relative, since);
}

async function addDeletedChildren(scan: Scan, relative: string, since: number): Promise<void> {
  const names = await namesBelow(scan, path.join(scan.place.productionRoot, relative), relative);
  for (const name of names) await addDeletion(scan, `${relative}/${name}`, since);
}

async function namesBelow(scan: Scan, directory: string, relative: string): Promise<Set<string>> {
  try {
    return new Set(await readdir(directory));
  } catch (error) {
    if (isAbsent(error)) return new Set();
    if (!isDenied(error)) throw error;
    scan.warnings.push(`${relative || '.'}: production's directory cannot be read`);
    return new Set();
  }
}
