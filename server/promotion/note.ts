import { timestamp } from '../platform/clock.ts';
import type { Journal } from '../platform/journal.ts';
import type { PromotionContext } from './context.ts';
import type { JournalRecord, RecordType } from './journalRecords.ts';

/** Writes one record of a promotion's journal; it is on disk when this returns. */
export async function note(
  { journal, context }: { journal: Journal<JournalRecord>; context: PromotionContext },
  type: RecordType,
  text?: string,
): Promise<void> {
  await journal.append({
    type,
    at: timestamp(context.host.clock),
    ...(text !== undefined && { note: text }),
  });
}
