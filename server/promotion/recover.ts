import { rename, rm } from 'node:fs/promises';
import { GreenroomError, hasReason, messageOf } from '../platform/errors.ts';
import { Journal } from '../platform/journal.ts';
import type { Operation } from '../platform/progress.ts';
import { settle } from './begin.ts';
import type { PromotionContext } from './context.ts';
import { lockTables, runSteps, unlockTables } from './ddl/runProgram.ts';
import { programFrom } from './ddl/schemaWork.ts';
import { switchFiles } from './files/fileWork.ts';
import { fileWorkOf, schemaWorkOf } from './halves.ts';
import { readOutcome } from './history.ts';
import { inspect } from './inspect.ts';
import { type JournalRecord, journalRecordSchema, type Outcome, outcomeOf } from './journalRecords.ts';
import { type Held, withPromotionLocks } from './locks.ts';
import { note } from './note.ts';
import { type PromotionRecord, readRecord, readSettled } from './record.ts';
import { abandon, deadSessionSeconds, revert } from './revert.ts';
import { allExchanged, finishShadows } from './shadowing.ts';
import {
  listPromotionDirectories,
  type PromotionDirectory,
  type StateDirectory,
  stateDirectory,
} from './stateDirectory.ts';
import { verify } from './verify.ts';

/** What a start of the backend found of promotions that a crash cut off, and did about it. */
export interface RecoveryReport {
  finished: string[];
  takenBack: string[];
  /** Only their evidence was missing. */
  recorded: string[];
  /** Evidence that still cannot be written; production is right all the same. */
  unrecorded: string[];
  /** What could not be ended yet: one sentence each. Promoting is refused until it is. */
  problems: string[];
  /** Another backend holds the locks: a promotion runs right now. */
  running: boolean;
}

/** Ends what a crash cut off: finished where visitors already see the new version, taken back otherwise. Never half. */
export async function recover(context: PromotionContext, operation: Operation): Promise<RecoveryReport> {
  const report = emptyReport();
  try {
    if ((await openEnds(stateDirectory(context.production.root))).length === 0) return report;
    await withPromotionLocks(
      context,
      'recover',
      held => endAll(context, held, report, operation),
      deadSessionSeconds,
    );
  } catch (error) {
    if (hasReason(error, 'locked')) return { ...report, running: true };
    context.host.log.error('an interrupted promotion is not ended yet', { problem: messageOf(error) });
    report.problems.push(messageOf(error));
  }
  return report;
}

/** Before a promotion or an undo, with the locks held: nothing unfinished may be in the way. */
export async function requireSettled(context: PromotionContext, held: Held): Promise<void> {
  const report = emptyReport();
  await endAll(context, held, report, { progress: () => undefined, signal: new AbortController().signal });
  if (report.problems.length > 0)
    throw new GreenroomError('apply-failed', {
      subject: 'an earlier promotion',
      detail: 'it was interrupted and could not be ended',
      items: report.problems,
    });
}

function emptyReport(): RecoveryReport {
  return { finished: [], takenBack: [], recorded: [], unrecorded: [], problems: [], running: false };
}

async function openEnds(state: StateDirectory): Promise<PromotionDirectory[]> {
  const open: PromotionDirectory[] = [];
  for (const directory of await listPromotionDirectories(state)) {
    const settled = await readSettled(directory);
    if (settled?.state === 'reverted' || settled?.ledgerCommit !== undefined) continue;
    open.push(directory);
  }
  return open;
}

async function endAll(
  context: PromotionContext,
  held: Held,
  report: RecoveryReport,
  operation: Operation,
): Promise<void> {
  for (const directory of await openEnds(held.state)) {
    operation.progress({ step: `ending the interrupted promotion ${directory.id}` });
    try {
      await endOne(context, held, directory, report);
    } catch (error) {
      context.host.log.error('could not end an interrupted promotion', {
        promotion: directory.id,
        problem: messageOf(error),
      });
      report.problems.push(`${directory.id}: ${messageOf(error)}`);
    }
  }
}

async function endOne(
  context: PromotionContext,
  held: Held,
  directory: PromotionDirectory,
  report: RecoveryReport,
): Promise<void> {
  const record = await readRecord(directory);
  if (record === undefined) {
    // The record comes before the first write of anything else.
    await rm(directory.directory, { recursive: true, force: true });
    return;
  }
  const { journal, outcome } = await openJournal(context, held, directory, record);
  const transaction = {
    context,
    directory,
    record,
    journal,
    connection: held.connection,
    warnings: [] as string[],
  };
  try {
    switch (outcome.state) {
      case 'untouched':
        await abandon(transaction, 'interrupted');
        report.takenBack.push(record.promotion);
        return;
      case 'touched':
      case 'reverting':
        await revert(transaction, 'interrupted');
        report.takenBack.push(record.promotion);
        return;
      case 'switched':
        await finishOrRevert(transaction, report);
        return;
      case 'reverted':
        await abandon(transaction, 'interrupted');
        return;
      case 'committed':
      case 'recorded': {
        const { ledgerCommit, warnings } = await settle(transaction);
        if (ledgerCommit === '') report.unrecorded.push(...warnings);
        else report.recorded.push(record.promotion);
      }
    }
  } finally {
    await journal.close();
  }
}

type Interrupted = Parameters<typeof settle>[0] & { connection: Held['connection'] };

/** Visitors see the new version: what is left is done. Only where that cannot be is it taken back. */
async function finishOrRevert(transaction: Interrupted, report: RecoveryReport): Promise<void> {
  const { context, record, connection } = transaction;
  try {
    await switchFiles(fileWorkOf(transaction));
    const work = schemaWorkOf(record);
    if (work !== undefined) {
      const { shadows } = work.schema;
      if (!(await allExchanged(connection, shadows)))
        throw new GreenroomError('apply-failed', {
          subject: record.promotion,
          detail: 'rebuilt tables were not exchanged yet',
        });
      await finishShadows(context, connection, shadows);
      const program = await programFrom(connection, work, 'forward');
      await runSteps(context.host, connection, program.before);
      const { lockWait } = context.config.promotion;
      await lockTables(context.host, connection, program.locks, lockWait, new AbortController().signal);
      await runSteps(context.host, connection, [...program.locked, ...program.leaving]);
      if (program.locks.length > 0) await unlockTables(connection);
      await runSteps(context.host, connection, program.after);
    }
    await verify(transaction);
  } catch (error) {
    if (hasReason(error, 'database-unreachable')) throw error;
    context.host.log.warn('cannot be finished, is taken back', {
      promotion: record.promotion,
      problem: messageOf(error),
    });
    await revert(transaction, messageOf(error));
    report.takenBack.push(record.promotion);
    return;
  }
  if (context.config.promotion.hooks.after.length > 0)
    transaction.warnings.push(
      'It was finished after an interruption: the commands after a promotion were not run again.',
    );
  await note(transaction, 'committed');
  await settle(transaction);
  report.finished.push(record.promotion);
}

/**
 * Where a promotion stands. A journal that cannot be read is put aside; production itself then tells. So it does where the
 * journal says that nothing was touched: a journal that was cut short looks like that.
 */
async function openJournal(
  context: PromotionContext,
  held: Held,
  directory: PromotionDirectory,
  record: PromotionRecord,
): Promise<{ journal: Journal<JournalRecord>; outcome: Outcome }> {
  const read = await readOutcome(directory);
  if (read.state === 'damaged') {
    const aside = `${directory.journal}.damaged`;
    await rename(directory.journal, aside);
    context.host.log.error('a journal was damaged; production itself is asked', {
      promotion: record.promotion,
      kept: aside,
    });
  }
  const { journal, records } = await Journal.open(directory.journal, journalRecordSchema);
  const outcome = outcomeOf(records);
  if (outcome.state !== 'untouched') return { journal, outcome };
  if ((await readSettled(directory))?.state === 'committed')
    return { journal, outcome: { state: 'committed' } };
  const found = await inspect(context, held, record);
  // Everything is there: what is left to do is what follows the switch.
  const state = found === 'complete' ? 'switched' : found === 'partial' ? 'touched' : 'untouched';
  return { journal, outcome: { state } };
}
