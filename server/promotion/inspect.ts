import { hasReason } from '../platform/errors.ts';
import { resolveInside } from '../platform/paths.ts';
import type { PromotionContext } from './context.ts';
import { stepsOf } from './ddl/program.ts';
import { programFrom, verifySchema } from './ddl/schemaWork.ts';
import { identity, readFileState } from './files/fileState.ts';
import { schemaWorkOf } from './halves.ts';
import type { Held } from './locks.ts';
import type { PromotionRecord } from './record.ts';

/**
 * How far a promotion came, by production alone: `committed` where everything is as promised, `untouched` where everything
 * is as before, `touched` in between.
 */
export async function inspect(
  { production }: PromotionContext,
  { connection }: Held,
  record: PromotionRecord,
): Promise<'committed' | 'untouched' | 'touched'> {
  let old = 0;
  let fresh = 0;
  const applied = record.files.filter(file => !file.excluded);
  for (const file of applied) {
    const now = identity((await readFileState(await resolveInside(production.root, file.path)))?.state);
    if (now === identity(file.before)) old++;
    if (now === identity(file.after)) fresh++;
  }
  const work = schemaWorkOf(record);
  const reached = async (direction: 'forward' | 'back') => {
    if (work === undefined) return true;
    if (stepsOf(await programFrom(connection, work, direction)).length > 0) return false;
    try {
      await verifySchema(connection, work, direction);
      return true;
    } catch (error) {
      if (!hasReason(error, 'apply-failed')) throw error;
      return false;
    }
  };
  if (fresh === applied.length && (await reached('forward'))) return 'committed';
  if (old === applied.length && (await reached('back'))) return 'untouched';
  return 'touched';
}
