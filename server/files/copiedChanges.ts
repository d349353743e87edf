import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';
import { messageOf } from '../platform/errors.ts';
import { mapLimit } from '../platform/parallel.ts';
import { isAbsent, isDenied, lstatIfAny, permissions, sameEntry, typeOf } from './compare.ts';
import type { Changes, OverlayPlace } from './driver.ts';
import { readManifest, sameSignature, signatureOf } from './manifest.ts';
import { bornAt } from './unionChanges.ts';

/**
 * What the copy has otherwise than when it was made: the recorded signatures say which files to look at, so that only
 * touched ones are read. Production's changes since do not count as the environment's.
 */
export async function copiedChanges(place: OverlayPlace): Promise<Changes> {
  const manifest = await readManifest(place);
  const result: Changes = { entries: [], warnings: [] };
  const seen = new Set<string>();

  const visit = async (relative: string): Promise<void> => {
    const names = await readdir(path.join(place.site, relative));
    await mapLimit(names, 16, async name => {
      const child = relative === '' ? name : `${relative}/${name}`;
      const file = path.join(place.site, child);
      const stats = await lstat(file);
      seen.add(child);
      const recorded = manifest.entries[child];
      const untouched =
        recorded !== undefined &&
        (stats.isDirectory()
          ? permissions(stats) === (recorded[1][4] & 0o7777)
          : sameSignature(signatureOf(stats), recorded[1]));
      if (!untouched) await addTouched(child, recorded !== undefined);
      if (stats.isDirectory()) await visit(child);
    });
  };

  const addTouched = async (relative: string, wasCopied: boolean): Promise<void> => {
    const file = path.join(place.site, relative);
    const original = path.join(place.productionRoot, relative);
    const stats = await lstat(file);
    let production: Awaited<ReturnType<typeof lstatIfAny>>;
    try {
      production = await lstatIfAny(original);
      if (production !== undefined && (await sameEntry(file, stats, original, production))) return;
    } catch (error) {
      if (!isDenied(error) && !isAbsent(error)) throw error;
      result.warnings.push(`${relative}: cannot be compared with production's version (${messageOf(error)})`);
    }
    result.entries.push({
      path: relative,
      type: typeOf(stats),
      change: production === undefined ? 'added' : 'modified',
      bytes: stats.isFile() ? stats.size : 0,
      mode: permissions(stats),
      bornAt: wasCopied ? manifest.copiedAt : bornAt(stats),
    });
  };

  await visit('');
  await mapLimit(Object.keys(manifest.entries), 16, async relative => {
    if (seen.has(relative)) return;
    const production = await lstatIfAny(path.join(place.productionRoot, relative));
    if (production === undefined) return;
    result.entries.push({
      path: relative,
      type: typeOf(production),
      change: 'deleted',
      bytes: production.isFile() ? production.size : 0,
      mode: permissions(production),
      bornAt: manifest.copiedAt,
    });
  });
  result.entries.sort((a, b) => (a.path < b.path ? -1 : 1));
  return result;
}
