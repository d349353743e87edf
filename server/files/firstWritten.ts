import { createHash } from 'node:crypto';
import path from 'node:path';
import * as z from 'zod';
import { readJson, writeJsonAtomic } from '../platform/atomicFile.ts';
import type { Host } from '../platform/host.ts';
import { withLock } from '../platform/locks.ts';
import type { ChangedEntry, OverlayPlace } from './driver.ts';

const record = z.record(z.string(), z.number());
const fileOf = (place: OverlayPlace): string => path.join(place.directory, 'first-written.json');

/**
 * When the environment first wrote each changed path. The birth time of a file does not tell it for long: editors and
 * our own sync replace files by renaming, and every save would make production's changes since the first one invisible.
 */
export async function noteFirstWritten(
  host: Host,
  place: OverlayPlace,
  paths: readonly string[],
): Promise<void> {
  if (paths.length === 0) return;
  const now = host.clock.now();
  await update(host, place, known => {
    for (const written of paths) known[written] = Math.min(known[written] ?? now, now);
    return known;
  });
}

/** The entries with the earliest time that is known of each; what is no change any more is forgotten. */
export async function withFirstWritten(
  host: Host,
  place: OverlayPlace,
  entries: readonly ChangedEntry[],
): Promise<ChangedEntry[]> {
  const known = (await readJson(fileOf(place), record)) ?? {};
  const result = entries.map(entry => ({
    ...entry,
    bornAt: Math.min(entry.bornAt, known[entry.path] ?? Number.POSITIVE_INFINITY),
  }));
  const isNews = result.some(entry => known[entry.path] !== entry.bornAt);
  if (isNews || Object.keys(known).length !== result.length) {
    const seen = new Set(Object.keys(known));
    await update(host, place, latest => {
      const next = Object.fromEntries(result.map(entry => [entry.path, entry.bornAt]));
      // What another process noted since we looked is kept.
      for (const [written, at] of Object.entries(latest)) if (!seen.has(written)) next[written] ??= at;
      return next;
    });
  }
  return result;
}

async function update(
  host: Host,
  place: OverlayPlace,
  change: (known: Record<string, number>) => Record<string, number>,
): Promise<void> {
  const name = `first-written-${createHash('sha256').update(place.directory).digest('hex').slice(0, 16)}`;
  await withLock(host, name, { purpose: 'noting changed files', wait: 10_000 }, async () => {
    const known = (await readJson(fileOf(place), record)) ?? {};
    await writeJsonAtomic(fileOf(place), change(known));
  });
}
