import { resolveInside } from '../platform/paths.ts';
import { introspect } from '../schema/introspect.ts';
import type { PromotionContext } from './context.ts';
import { objectText } from './ddl/objects.ts';
import { stepsOf } from './ddl/program.ts';
import { keptNames, programFrom } from './ddl/schemaWork.ts';
import { identity, readFileState } from './files/fileState.ts';
import { schemaWorkOf } from './halves.ts';
import type { Held } from './locks.ts';
import type { PromotionRecord } from './record.ts';

/**
 * How far a promotion came, by production alone:
 * `complete`: everything is as promised; `untouched`: nothing of it can be seen (what differs is someone else's);
 * `partial`: some of it can be seen.
 */
export type Found = 'complete' | 'untouched' | 'partial';

/** For a journal that was damaged or cut short: it may say less than what was done. */
export async function inspect(
  { production }: PromotionContext,
  { connection }: Held,
  record: PromotionRecord,
): Promise<Found> {
  let fresh = 0;
  const applied = record.files.filter(file => !file.excluded);
  for (const file of applied) {
    const now = await readFileState(await resolveInside(production.root, file.path));
    if (identity(now?.state) === identity(file.after)) fresh++;
  }
  const work = schemaWorkOf(record);
  if (work === undefined) return fresh === applied.length ? 'complete' : fresh > 0 ? 'partial' : 'untouched';
  const now = await introspect(connection, record.database);
  const { before, after, touched } = work.schema;
  const reached = touched.some(ref => {
    const text = objectText(now, ref);
    return text === objectText(after, ref) && text !== objectText(before, ref);
  });
  const there = await keptNames(connection);
  const keeps = work.schema.kept.some(({ keptAs }) => there.includes(keptAs));
  const returned = work.schema.restored.some(kept => kept.kind === 'table' && !there.includes(kept.keptAs));
  if (fresh === applied.length && stepsOf(await programFrom(connection, work, 'forward', now)).length === 0)
    return 'complete';
  return fresh > 0 || reached || keeps || returned ? 'partial' : 'untouched';
}
