import { timestamp } from '../platform/clock.ts';
import type { Journal } from '../platform/journal.ts';
import type { PromotionContext } from './context.ts';
import type { JournalRecord, RecordType } from './journalRecords.ts';
import { sharePromotion } from './sharing.ts';
import type { PromotionDirectory } from './stateDirectory.ts';

/** No lock is held at these: what was written since can be given to the group. */
const sharedAt: ReadonlySet<RecordType> = new Set(['begun', 'staged', 'committing', 'verified']);

/** Writes one record of a promotion's journal; it is on disk when this returns. */
export async function note(
  {
    journal,
    context,
    directory,
  }: { journal: Journal<JournalRecord>; context: PromotionContext; directory: PromotionDirectory },
  type: RecordType,
  text?: string,
): Promise<void> {
  await journal.append({
    type,
    at: timestamp(context.host.clock),
    ...(text !== undefined && { note: text }),
  });
  if (sharedAt.has(type)) await sharePromotion(directory);
}
