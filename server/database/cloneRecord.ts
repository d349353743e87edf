import path from 'node:path';
import * as z from 'zod';
import { readJson, writeJsonAtomic } from '../platform/atomicFile.ts';
import type { Host } from '../platform/host.ts';

/**
 * `clone.json`, 0600: all that is needed to find, wake, sleep or remove a clone. It is written before the first file is
 * copied and before the first file is removed, so that what a killed backend left can be told from a whole clone.
 */
export const cloneRecordSchema = z.object({
  format: z.literal(1),
  life: z.discriminatedUnion('state', [
    z.object({ state: z.literal('creating'), by: z.object({ pid: z.number(), startedAt: z.string() }) }),
    z.object({ state: z.literal('ready') }),
    z.object({ state: z.literal('destroying') }),
  ]),
  flavour: z.enum(['mariadb', 'mysql']),
  /** Configured place of the server's programs, if any; the programs themselves are in `server.json`. */
  binariesDirectory: z.string().optional(),
  port: z.number(),
  user: z.string(),
  password: z.string(),
  database: z.string(),
});
export type CloneRecord = z.infer<typeof cloneRecordSchema>;

export function cloneRecordFile(directory: string): string {
  return path.join(directory, 'clone.json');
}

export async function readCloneRecord(host: Host, directory: string): Promise<CloneRecord | undefined> {
  const record = await readJson(cloneRecordFile(directory), cloneRecordSchema);
  host.redact.add(record?.password);
  return record;
}

export async function writeCloneRecord(directory: string, record: CloneRecord): Promise<void> {
  await writeJsonAtomic(cloneRecordFile(directory), record);
}
