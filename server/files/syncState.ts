import type { Stats } from 'node:fs';
import * as z from 'zod';
import { readJson, writeFileAtomic } from '../platform/atomicFile.ts';

const source = z.tuple([z.number(), z.number(), z.number(), z.number(), z.number()]);
/** Size, mtime, ctime, inode and mode of the worktree's file when it was written into the environment. */
export type Source = z.infer<typeof source>;

const stateSchema = z.object({
  format: z.literal(1),
  /** What the branch put into the environment, by path in the site. */
  entries: z.record(
    z.string(),
    z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('file'), source }),
      z.object({ kind: z.literal('directory') }),
      z.object({ kind: z.literal('deleted') }),
    ]),
  ),
});
export type SyncState = z.infer<typeof stateSchema>;

export async function readSyncState(file: string): Promise<SyncState> {
  return (await readJson(file, stateSchema)) ?? { format: 1, entries: {} };
}

export async function writeSyncState(file: string, state: SyncState): Promise<void> {
  await writeFileAtomic(file, JSON.stringify(state));
}

export const sourceOf = (stats: Stats): Source => [
  stats.size,
  stats.mtimeMs,
  stats.ctimeMs,
  stats.ino,
  stats.mode,
];

export const sameSource = (a: Source, b: Source): boolean => a.every((part, i) => part === b[i]);
