import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { syncDirectory } from '../platform/atomicFile.ts';
import { type Stopwatch, timestamp } from '../platform/clock.ts';
import { messageOf } from '../platform/errors.ts';
import { Journal } from '../platform/journal.ts';
import type { Operation } from '../platform/progress.ts';
import type { PromotionContext } from './context.ts';
import { emptyProgram, type Program } from './ddl/program.ts';
import { recordEvidence, writeAttachments } from './evidence.ts';
import { cleanFiles } from './files/fileWork.ts';
import { fileWorkOf } from './halves.ts';
import { committedPromotions, type PastPromotion, undoneBy } from './history.ts';
import { journalRecordSchema } from './journalRecords.ts';
import type { Held } from './locks.ts';
import { note } from './note.ts';
import { type PromotionRecord, readSettled, writeRecord, writeSettled } from './record.ts';
import { listPromotionDirectories, promotionDirectory, stateDirectory } from './stateDirectory.ts';
import { carryOut, type Transaction } from './transaction.ts';

/** `2026-11-25-4f9a1c`: a name for people; the order of promotions is told by a sequence, not by it. */
export function newPromotionId(context: PromotionContext): string {
  return `${timestamp(context.host.clock).slice(0, 10)}-${randomBytes(3).toString('hex')}`;
}

export interface Done {
  ledgerCommit: string;
  warnings: string[];
}

/** Writes the record, carries the promotion out, and puts the evidence into the ledger. The locks are held. */
export async function beginAndCarryOut(
  context: PromotionContext,
  held: Held,
  record: PromotionRecord,
  program: Program = emptyProgram,
  operation: Operation,
  watch: Stopwatch,
): Promise<Done> {
  const sequence = ((await listPromotionDirectories(held.state)).at(-1)?.sequence ?? 0) + 1;
  const directory = promotionDirectory(held.state, sequence, record.promotion);
  await mkdir(directory.directory, { recursive: true, mode: 0o700 });
  await syncDirectory(held.state.promotions);
  await writeAttachments(directory, record);
  await writeRecord(directory, record);
  const { journal } = await Journal.open(directory.journal, journalRecordSchema);
  const transaction: Transaction = {
    context,
    directory,
    record,
    journal,
    connection: held.connection,
    program,
    warnings: [],
  };
  try {
    await note(transaction, 'begun');
    await carryOut(transaction, operation, watch);
    return await settle(transaction);
  } finally {
    await journal.close();
  }
}

/** An undo changes what is in effect: of what it undoes, and of what that had undone. */
async function markUndone(context: PromotionContext, record: PromotionRecord): Promise<void> {
  if (record.undoes === undefined) return;
  const past = await committedPromotions(stateDirectory(context.production.root));
  let id: string | undefined = record.undoes;
  while (id !== undefined) {
    const subject: PastPromotion | undefined = past.find(other => other.record.promotion === id);
    if (subject === undefined) return;
    const { undoneBy: _old, ...settled } = subject.settled ?? {
      state: 'committed' as const,
      at: subject.record.at,
      warnings: [],
    };
    const by = undoneBy(past, id);
    await writeSettled(subject.directory, { ...settled, ...(by !== undefined && { undoneBy: by }) });
    id = subject.record.undoes;
  }
}

/** After `committed`: production is done; what is left is tidying and evidence, which a later start can make up for. */
export async function settle(
  transaction: Pick<Transaction, 'context' | 'directory' | 'record' | 'journal' | 'warnings'>,
): Promise<Done> {
  const { context, directory, record, warnings } = transaction;
  const settled = {
    at: timestamp(context.host.clock),
    ...(await readSettled(directory)),
    state: 'committed' as const,
    warnings,
  };
  await writeSettled(directory, settled);
  await markUndone(context, record);
  await cleanFiles(fileWorkOf(transaction));
  try {
    const ledgerCommit = await recordEvidence(context, directory, record);
    await note(transaction, 'recorded', ledgerCommit);
    await writeSettled(directory, { ...settled, ledgerCommit });
    return { ledgerCommit, warnings };
  } catch (error) {
    context.host.log.error('evidence is missing', { promotion: record.promotion, problem: messageOf(error) });
    const warning = `Production is changed, but the evidence could not be recorded yet: ${messageOf(error)}. The next start tries again.`;
    return { ledgerCommit: '', warnings: [...warnings, warning] };
  }
}
