import type { Stats } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { readJson, writeFileAtomic } from '../platform/atomicFile.ts';
import { GreenroomError } from '../platform/errors.ts';
import type { OverlayPlace } from './driver.ts';

/** What tells an untouched file from a touched one without reading it: size, mtime, ctime (ms), inode, mode. */
const signature = z.tuple([z.number(), z.number(), z.number(), z.number(), z.number()]);
export type Signature = z.infer<typeof signature>;

const manifestSchema = z.object({
  format: z.literal(1),
  /** When the copy was begun, ms since 1970: production's changes after it are not in the copy. */
  copiedAt: z.number(),
  /** Path → production's signature when it was copied, the copy's own signature afterwards. */
  entries: z.record(z.string(), z.tuple([signature, signature])),
});
export type CopyManifest = z.infer<typeof manifestSchema>;

const fileOf = (place: OverlayPlace): string => path.join(place.directory, 'copied.json');

export const signatureOf = (stats: Stats): Signature => [
  stats.size,
  stats.mtimeMs,
  stats.ctimeMs,
  stats.ino,
  stats.mode,
];

export const sameSignature = (a: Signature, b: Signature): boolean => a.every((part, i) => part === b[i]);

export async function readManifest(place: OverlayPlace): Promise<CopyManifest> {
  const manifest = await readJson(fileOf(place), manifestSchema);
  if (manifest === undefined) throw new GreenroomError('environment-missing', { subject: place.site });
  return manifest;
}

export async function writeManifest(place: OverlayPlace, manifest: CopyManifest): Promise<void> {
  await writeFileAtomic(fileOf(place), JSON.stringify(manifest));
}
