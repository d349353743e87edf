import * as z from 'zod';
import { readJson, writeJsonAtomic } from '../platform/atomicFile.ts';
import { GreenroomError } from '../platform/errors.ts';
import { approval, finding, planView, schemaChange } from '../protocol/plan.ts';
import { schemaModel } from '../schema/model.ts';
import { objectRefSchema } from './ddl/objects.ts';
import { keptSchema } from './ddl/program.ts';
import { plannedFileSchema } from './files/planFiles.ts';
import { shadowPlanSchema } from './shadow.ts';
import { sharePromotion } from './sharing.ts';
import type { PromotionDirectory } from './stateDirectory.ts';

export const renameSchema = z.object({
  kind: z.enum(['table', 'column']),
  table: z.string(),
  from: z.string(),
  to: z.string(),
});

/** The schema half of a record: only the objects that the promotion touches. */
const recordedSchema = z.object({
  before: schemaModel,
  after: schemaModel,
  /** As the environment had them: from then on, only what it changes beyond that is a change of its own. */
  mine: schemaModel.optional(),
  touched: z.array(objectRefSchema),
  changes: z.array(schemaChange),
  renames: z.array(renameSchema),
  /** What the promotion keeps in production's database. */
  kept: z.array(keptSchema),
  /** What of earlier promotions it brings back: the kept tables live until this promotion's own retention ends. */
  restored: z.array(keptSchema),
  /** Tables that are rebuilt beside themselves. */
  shadows: z.array(shadowPlanSchema),
  /** An undo that may shorten values: confirmed, and kept. */
  lenient: z.boolean(),
});
export type RecordedSchema = z.infer<typeof recordedSchema>;

/** How files go live. `release`: production's root is a link, which is switched from one directory to another. */
export const fileModeSchema = z.discriminatedUnion('mode', [
  z.object({ mode: z.literal('in-place') }),
  z.object({
    mode: z.literal('release'),
    /** Absolute directories; the link's own text is kept to be put back as it was. */
    from: z.string(),
    to: z.string(),
    /** Whether `to` was made for this promotion; an undo may switch back to a release that is there already. */
    built: z.boolean(),
    linkBefore: z.string(),
    linkAfter: z.string(),
  }),
]);
export type FileMode = z.infer<typeof fileModeSchema>;

/**
 * Everything that carrying out, recovering, undoing and proving a promotion needs, written before production is touched
 * and never changed. Holds no value of a row and no file's content.
 */
export const promotionRecordSchema = z.object({
  format: z.literal(1),
  promotion: z.string(),
  kind: z.enum(['promotion', 'undo']),
  undoes: z.string().optional(),
  by: z.object({ name: z.string(), email: z.string() }),
  at: z.string(),
  message: z.string(),
  branch: z.string().optional(),
  environment: z.string().optional(),
  digest: z.string(),
  productionRoot: z.string(),
  database: z.string(),
  fileMode: fileModeSchema,
  files: z.array(plannedFileSchema),
  /** Where the new content of files came from: the environment's site, or the snapshot of the promotion that is undone. */
  source: z.string(),
  schema: recordedSchema.optional(),
  findings: z.array(finding),
  confirmed: z.array(z.string()),
  approvals: z.array(approval),
  rehearsal: planView.shape.rehearsal,
  undoNotes: z.array(z.string()),
  /** Milliseconds that each table would block its writers, altered in place: by this promotion, and by its undo. */
  blocked: z.record(z.string(), z.number()).default({}),
  undoBlocked: z.record(z.string(), z.number()).default({}),
});
export type PromotionRecord = z.infer<typeof promotionRecordSchema>;

/** What became of a promotion, in a file of its own: the record itself is never changed. */
export const settledSchema = z.object({
  state: z.enum(['committed', 'reverted']),
  at: z.string(),
  ledgerCommit: z.string().optional(),
  undoneBy: z.string().optional(),
  snapshotRemovedAt: z.string().optional(),
  warnings: z.array(z.string()),
});
export type Settled = z.infer<typeof settledSchema>;

export async function writeRecord(directory: PromotionDirectory, record: PromotionRecord): Promise<void> {
  await writeJsonAtomic(directory.record, record);
}

/** `undefined` for a directory whose record was never finished: its promotion had not begun. */
export async function readRecord(directory: PromotionDirectory): Promise<PromotionRecord | undefined> {
  return await readJson(directory.record, promotionRecordSchema);
}

export async function requireRecord(directory: PromotionDirectory): Promise<PromotionRecord> {
  const record = await readRecord(directory);
  if (record === undefined) throw new GreenroomError('promotion-missing', { subject: directory.id });
  return record;
}

export async function readSettled(directory: PromotionDirectory): Promise<Settled | undefined> {
  return await readJson(directory.settled, settledSchema);
}

export async function writeSettled(directory: PromotionDirectory, settled: Settled): Promise<void> {
  await writeJsonAtomic(directory.settled, settled);
  await sharePromotion(directory);
}
