import type { Connection } from '../database/connection.ts';
import type { Manifest } from './manifest.ts';
import type { Reading } from './reading.ts';
import { rulesOf } from './rules.ts';
import { controlPosition } from './snapshot.ts';

/**
 * The quick question before anything is started: has nothing at all been written since the generation's snapshot? Only the
 * binary log's place can answer it, and only where every table is in it.
 */
export async function isUnchanged(
  control: Connection,
  manifest: Manifest,
  reading: Reading,
): Promise<boolean> {
  const { source, tables } = manifest;
  if (source.fingerprint !== reading.fingerprint || source.position === null || source.transactions === null)
    return false;
  if (source.outsideSnapshot.length > 0) return false;
  const names = Object.keys(reading.schema.tables);
  if (names.length !== Object.keys(tables).length) return false;
  if (!names.every(name => tables[name]?.rules === rulesOf(reading.scrub.tables[name]))) return false;
  const now = await controlPosition(control);
  return (
    now.position !== undefined &&
    now.position.file === source.position.file &&
    now.position.position === source.position.position &&
    now.transactions === source.transactions
  );
}
