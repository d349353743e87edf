import { hasReason } from '../platform/errors.ts';
import { readJournal } from '../platform/journal.ts';
import { journalRecordSchema, type Outcome, outcomeOf } from './journalRecords.ts';
import { type PromotionRecord, readRecord, readSettled, type Settled } from './record.ts';
import { listPromotionDirectories, type PromotionDirectory, type StateDirectory } from './stateDirectory.ts';

/** One promotion or undo of production, by whoever made it. */
export interface PastPromotion {
  directory: PromotionDirectory;
  record: PromotionRecord;
  settled: Settled | undefined;
}

/** Promotions and undos that are in effect or were, oldest first; those that were taken back or never begun are left out. */
export async function committedPromotions(state: StateDirectory): Promise<PastPromotion[]> {
  const past: PastPromotion[] = [];
  for (const directory of await listPromotionDirectories(state)) {
    const settled = await readSettled(directory);
    if (settled !== undefined && settled.state !== 'committed') continue;
    if (settled === undefined && !isCommitted(await readOutcome(directory))) continue;
    const record = await readRecord(directory);
    if (record !== undefined) past.push({ directory, record, settled });
  }
  return past;
}

export async function findPromotion(state: StateDirectory, id: string): Promise<PastPromotion | undefined> {
  return (await committedPromotions(state)).find(({ record }) => record.promotion === id);
}

/** Whether a promotion is undone now: an undo of it that was itself undone does not count. */
export function undoneBy(past: readonly PastPromotion[], id: string): string | undefined {
  for (const { record } of past)
    if (record.undoes === id && undoneBy(past, record.promotion) === undefined) return record.promotion;
  return undefined;
}

/** Where the journal says a promotion stands; `damaged` where it cannot be read. */
export async function readOutcome(directory: PromotionDirectory): Promise<Outcome | { state: 'damaged' }> {
  try {
    return outcomeOf((await readJournal(directory.journal, journalRecordSchema)).records);
  } catch (error) {
    if (!hasReason(error, 'journal-damaged')) throw error;
    return { state: 'damaged' };
  }
}

function isCommitted(outcome: Outcome | { state: 'damaged' }): boolean {
  return outcome.state === 'committed' || outcome.state === 'recorded';
}
