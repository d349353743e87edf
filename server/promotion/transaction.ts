import type { Connection } from '../database/connection.ts';
import type { Stopwatch } from '../platform/clock.ts';
import { GreenroomError, hasReason, messageOf } from '../platform/errors.ts';
import type { Journal } from '../platform/journal.ts';
import { mapLimit } from '../platform/parallel.ts';
import { resolveInside } from '../platform/paths.ts';
import type { Operation } from '../platform/progress.ts';
import type { PromotionContext } from './context.ts';
import type { Program, Step } from './ddl/program.ts';
import { lockTables, runSteps, unlockTables } from './ddl/runProgram.ts';
import { tableTexts } from './ddl/tableTexts.ts';
import { identity, readFileState, readStamp } from './files/fileState.ts';
import { prepareFiles, switchFiles } from './files/fileWork.ts';
import { cachedResolver } from './files/resolver.ts';
import { takeSnapshot, verifySnapshot } from './files/snapshot.ts';
import { fileWorkOf } from './halves.ts';
import { runAfterHooks } from './hooks.ts';
import type { JournalRecord } from './journalRecords.ts';
import { note } from './note.ts';
import type { PromotionRecord } from './record.ts';
import { abandon, type Reverted, revert } from './revert.ts';
import {
  closeExchange,
  type Exchange,
  lockBehindGate,
  lockNames,
  prepareSwitch,
  queueSwitch,
} from './shadow.ts';
import { finishShadows, openExchanges, prepareShadows } from './shadowing.ts';
import type { PromotionDirectory } from './stateDirectory.ts';
import { verify } from './verify.ts';

/** One promotion or undo while it is carried out. */
export interface Transaction {
  context: PromotionContext;
  directory: PromotionDirectory;
  record: PromotionRecord;
  journal: Journal<JournalRecord>;
  /** The promoter's session with the database's lock. */
  connection: Connection;
  program: Program;
  warnings: string[];
}

/**
 * Carries a begun transaction out: all of it, or none of it. When it returns, production was read back and is what was
 * promised, and the journal says `committed`. When it throws, production is as it was — or, where the database could
 * not be reached any more, the journal says what the next start of a backend has to do.
 */
export async function carryOut(
  transaction: Transaction,
  operation: Operation,
  watch: Stopwatch,
): Promise<void> {
  const { context, warnings } = transaction;
  const stamps = await watch
    .time('stage', () => stage(transaction, operation))
    .catch(async error => {
      await abandon(transaction, reasonOf(error));
      throw error;
    });
  try {
    await note(transaction, 'committing');
    await watch.time('apply', () => apply(transaction, operation, watch, stamps));
    await watch.time('verify', () => verify(transaction));
    await note(transaction, 'verified');
    operation.progress({ step: 'running hooks' });
    warnings.push(...(await watch.time('hooks', () => runAfterHooks(context, transaction.record))));
    await note(transaction, 'committed');
  } catch (error) {
    context.host.log.error('taking the promotion back', {
      promotion: transaction.record.promotion,
      error: messageOf(error),
    });
    throw await takeBack(transaction, error);
  }
}

type Stamps = Map<string, string | undefined>;

/** Snapshot and staging: production is read, not written. Cancelling is still possible. */
async function stage(transaction: Transaction, operation: Operation): Promise<Stamps> {
  const { context, directory, record } = transaction;
  const { host } = context;
  operation.progress({ step: 'keeping the old versions' });
  await takeSnapshot(host, record.productionRoot, directory, record.files);
  // A hard link changes the stamp: stamps are read after it, contents after the stamps.
  const stamps = await readStamps(record);
  await verifySnapshot(directory, record.files).catch(error => {
    if (!hasReason(error, 'snapshot-damaged')) throw error;
    throw new GreenroomError('production-moved', { items: error.items, cause: error });
  });
  await note(transaction, 'snapshot');
  throwIfCancelled(operation);
  operation.progress({ step: 'staging the new versions' });
  transaction.warnings.push(...(await prepareFiles(fileWorkOf(transaction))));
  await note(transaction, 'staged');
  throwIfCancelled(operation);
  // Building a release links every file once more: what stands there is looked at again, content and all.
  return record.fileMode.mode === 'release' ? await restamp(record) : stamps;
}

async function apply(
  transaction: Transaction,
  operation: Operation,
  watch: Stopwatch,
  stamps: Stamps,
): Promise<void> {
  const { context, connection, program } = transaction;
  const { host } = context;
  const onStep = progressOf(operation);
  const shadows = transaction.record.schema?.shadows ?? [];
  const locks = [
    ...new Set([...program.locks, ...shadows.flatMap(plan => lockNames(plan, connection.server))]),
  ].sort();
  await runSteps(host, connection, program.before, onStep);
  await watch.time('rebuild', () => prepareShadows(context, shadows, operation));
  const texts = await tableTexts(connection, locks);
  await note(transaction, 'prepared');
  const exchanges = await openExchanges(context, shadows);
  try {
    await applyLocked(transaction, operation, watch, { stamps, texts, locks, exchanges });
  } finally {
    for (const exchange of exchanges) closeExchange(exchange);
  }
  await runSteps(host, connection, program.after, onStep);
  await finishShadows(context, connection, shadows);
  await note(transaction, 'finished');
}

interface Prepared {
  stamps: Stamps;
  texts: Map<string, string>;
  locks: readonly string[];
  exchanges: readonly Exchange[];
}

/** What visitors notice: from the first lock to the last. */
async function applyLocked(
  transaction: Transaction,
  operation: Operation,
  watch: Stopwatch,
  { stamps, texts, locks, exchanges }: Prepared,
): Promise<void> {
  const { context, connection, program } = transaction;
  const { host, config } = context;
  const onStep = progressOf(operation);
  operation.progress({ step: 'waiting for the tables' });
  // What has begun is ended: waiting for a lock is bounded by `promotion.lockWait`, not by the user.
  await watch.time('lock', () =>
    lockBehindGate(host, connection, exchanges, () =>
      lockTables(host, connection, locks, config.promotion.lockWait, new AbortController().signal),
    ),
  );
  await watch.time('locked', async () => {
    expectSameTables(texts, await tableTexts(connection, locks));
    await note(transaction, 'locked');
    await runSteps(host, connection, program.locked, onStep);
    for (const { plan } of exchanges) await prepareSwitch(connection, plan);
    await note(transaction, 'altered');
    await expectSameFiles(transaction.record, stamps);
    await switchAndNote(transaction);
    await runSteps(host, connection, program.leaving, onStep);
    await exchangeAndUnlock(transaction, exchanges, locks.length > 0);
  });
}

/** Whatever happens, no exchange is left waiting when this returns: the way back has to know where the tables are. */
async function exchangeAndUnlock(
  { context, connection }: Transaction,
  exchanges: readonly Exchange[],
  areLocked: boolean,
): Promise<void> {
  const started: Promise<void>[] = [];
  try {
    for (const exchange of exchanges)
      started.push((await queueSwitch(context.host, connection, exchange)).done);
  } finally {
    if (areLocked) await unlockTables(connection);
    await Promise.allSettled(started);
  }
  await Promise.all(started);
}

function progressOf(operation: Operation): (step: Step) => void {
  return step => operation.progress({ step: `changing ${step.object}` });
}

async function switchAndNote(transaction: Transaction): Promise<void> {
  const { keptDirectories } = await switchFiles(fileWorkOf(transaction));
  for (const directory of keptDirectories)
    transaction.warnings.push(
      `The directory “${directory}” stays: it holds files that no promotion touches.`,
    );
  await note(transaction, 'switched');
}

/** Answers the error to throw: the cause, with what became of production. */
async function takeBack(transaction: Transaction, cause: unknown): Promise<unknown> {
  let reverted: Reverted;
  try {
    reverted = await revert(transaction, reasonOf(cause));
  } catch (error) {
    return new GreenroomError('apply-failed', {
      subject: transaction.record.promotion,
      detail: `it could not be carried out (${messageOf(cause)}) and not yet be taken back (${messageOf(error)})`,
      next: 'The next start of Greenroom takes it back as soon as production can be reached.',
      cause,
    });
  }
  for (const warning of reverted.warnings) transaction.context.host.log.warn(warning);
  if (!(cause instanceof GreenroomError) || reverted.warnings.length === 0) return cause;
  return new GreenroomError(cause.reason, {
    ...(cause.subject !== undefined && { subject: cause.subject }),
    ...(cause.detail !== undefined && { detail: cause.detail }),
    ...(cause.next !== undefined && { next: cause.next }),
    items: [...cause.items, ...reverted.warnings],
    cause: cause.cause,
  });
}

async function readStamps(record: PromotionRecord): Promise<Stamps> {
  const resolve = cachedResolver(record.productionRoot);
  const stamps: Stamps = new Map();
  for (const file of record.files)
    if (!file.excluded && file.before?.type !== 'directory')
      stamps.set(file.path, readStamp(await resolve(file.path)));
  return stamps;
}

async function restamp(record: PromotionRecord): Promise<Stamps> {
  const stamps = await readStamps(record);
  const moved: string[] = [];
  await mapLimit(record.files, 8, async file => {
    if (file.excluded) return;
    const now = await readFileState(await resolveInside(record.productionRoot, file.path));
    if (identity(now?.state) !== identity(file.before)) moved.push(file.path);
  });
  if (moved.length > 0) throw new GreenroomError('production-moved', { items: moved });
  return stamps;
}

async function expectSameFiles(record: PromotionRecord, before: Stamps): Promise<void> {
  const now = await readStamps(record);
  const moved = [...before].filter(([file, stamp]) => now.get(file) !== stamp).map(([file]) => file);
  if (moved.length > 0) throw new GreenroomError('production-moved', { items: moved });
}

function expectSameTables(before: Map<string, string>, now: Map<string, string>): void {
  const moved = [...before]
    .filter(([table, text]) => now.get(table) !== text)
    .map(([table]) => `table ${table}`);
  if (moved.length > 0) throw new GreenroomError('production-moved', { items: moved });
}

function throwIfCancelled(operation: Operation): void {
  if (operation.signal.aborted) throw new GreenroomError('cancelled', { subject: 'promotion' });
}

function reasonOf(error: unknown): string {
  return error instanceof GreenroomError ? error.reason : messageOf(error);
}
