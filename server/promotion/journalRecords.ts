import * as z from 'zod';

/**
 * The life of a promotion, one record a step, each synced before the next step begins. A step's record says that the
 * step is done; `committing` and `reverting` say that production may be touched from now on.
 *
 * Up to `committing`, production is untouched: an interrupted promotion is cleaned away. From `committing` until
 * `switched` it is taken back. From `switched` on everything that visitors see is new: it is finished.
 */
export const recordTypes = [
  /** The record file is written, the locks are held. */
  'begun',
  /** The old versions of files are kept, and were read back. */
  'snapshot',
  /** The new versions of files lie beside the old ones. */
  'staged',
  'committing',
  /** New tables, and the empty tables that keep values, are there. */
  'prepared',
  /** The tables that change are locked. */
  'locked',
  /** The tables are altered. */
  'altered',
  /** The files are renamed in, or the link leads to the new release. */
  'switched',
  /** Removed tables are renamed away, the locks are released, views and routines are in place. */
  'finished',
  /** Production was read back and is what the plan promised. */
  'verified',
  'committed',
  /** The evidence is in the ledger. The end. */
  'recorded',
  'reverting',
  /** Production is as it was. The other end. */
  'reverted',
] as const;
export type RecordType = (typeof recordTypes)[number];

export const journalRecordSchema = z.object({
  type: z.enum(recordTypes),
  at: z.string(),
  /** `recorded`: the ledger's commit. `reverting`: why, without values. */
  note: z.string().optional(),
});
export type JournalRecord = z.infer<typeof journalRecordSchema>;

/** Where a promotion stands, by the last of its records. */
export type Outcome =
  | { state: 'untouched' }
  | { state: 'touched' }
  | { state: 'switched' }
  | { state: 'committed' }
  | { state: 'recorded'; commit: string }
  | { state: 'reverting' }
  | { state: 'reverted' };

export function outcomeOf(records: readonly JournalRecord[]): Outcome {
  const last = records.at(-1);
  switch (last?.type) {
    case undefined:
    case 'begun':
    case 'snapshot':
    case 'staged':
      return { state: 'untouched' };
    case 'committing':
    case 'prepared':
    case 'locked':
    case 'altered':
      return { state: 'touched' };
    case 'switched':
    case 'finished':
    case 'verified':
      return { state: 'switched' };
    case 'committed':
      return { state: 'committed' };
    case 'recorded':
      return { state: 'recorded', commit: last.note ?? '' };
    case 'reverting':
      return { state: 'reverting' };
    case 'reverted':
      return { state: 'reverted' };
  }
}
