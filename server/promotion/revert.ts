import { rm } from 'node:fs/promises';
import type { Connection } from '../database/connection.ts';
import { timestamp } from '../platform/clock.ts';
import { hasReason } from '../platform/errors.ts';
import { lockTables, runSteps, unlockTables } from './ddl/runProgram.ts';
import { dropLeftovers, programFrom, verifySchema } from './ddl/schemaWork.ts';
import { cleanFiles, revertFiles } from './files/fileWork.ts';
import { fileWorkOf, schemaWorkOf } from './halves.ts';
import { openPromoter } from './locks.ts';
import { note } from './note.ts';
import { writeSettled } from './record.ts';
import { takeBackShadows } from './shadowing.ts';
import type { Transaction } from './transaction.ts';

export interface Reverted {
  warnings: string[];
}

/** Ends a transaction that never touched production: only what was made ready goes. */
export async function abandon(
  transaction: Pick<Transaction, 'context' | 'directory' | 'record' | 'journal'>,
  why: string,
): Promise<void> {
  const { context, directory, record } = transaction;
  if (record.fileMode.mode === 'release' && record.fileMode.built)
    await rm(record.fileMode.to, { recursive: true, force: true });
  await cleanFiles(fileWorkOf(transaction));
  await rm(directory.snapshot, { recursive: true, force: true });
  await note(transaction, 'reverted', why);
  await writeSettled(directory, { state: 'reverted', at: timestamp(context.host.clock), warnings: [] });
}

/** How long a lock may be held by a session that the server has not yet seen die. */
export const deadSessionSeconds = 30;

/**
 * Takes an interrupted or failed transaction back, from any point of it, and may itself be interrupted and begun again.
 * Schema and files are compared with what they were and brought there; rows written meanwhile stay.
 */
export async function revert(
  transaction: Pick<Transaction, 'context' | 'directory' | 'record' | 'journal' | 'connection'>,
  why: string,
): Promise<Reverted> {
  const { context, directory, record } = transaction;
  await note(transaction, 'reverting', why);
  const warnings = await revertFiles(fileWorkOf(transaction));
  warnings.push(...(await revertSchema(transaction)));
  await cleanFiles(fileWorkOf(transaction));
  await note(transaction, 'reverted');
  await writeSettled(directory, { state: 'reverted', at: timestamp(context.host.clock), warnings });
  context.host.log.info('taken back', { promotion: record.promotion, why });
  return { warnings };
}

async function revertSchema(
  transaction: Pick<Transaction, 'context' | 'record' | 'connection'>,
): Promise<string[]> {
  const work = schemaWorkOf(transaction.record);
  if (work === undefined) return [];
  return await withLivingSession(transaction, async connection => {
    const { host, config } = transaction.context;
    await takeBackShadows(transaction.context, connection, work.schema.shadows);
    const program = await programFrom(connection, work, 'back');
    await runSteps(host, connection, program.before);
    await lockTables(
      host,
      connection,
      program.locks,
      config.promotion.lockWait,
      new AbortController().signal,
    );
    await runSteps(host, connection, [...program.locked, ...program.leaving]);
    if (program.locks.length > 0) await unlockTables(connection);
    await runSteps(host, connection, program.after);
    await verifySchema(connection, work, 'back');
    const returned = new Set(work.schema.restored.map(kept => kept.keptAs));
    const made = program.kept.filter(kept => !returned.has(kept.keptAs));
    const staying = await dropLeftovers(connection, work.schema.kept, made);
    return staying.map(name => `Rows were written into a new table meanwhile; they are kept in “${name}”.`);
  });
}

/** Uses the transaction's session, or a new one with the same locks if that one is gone. */
async function withLivingSession<T>(
  { context, connection }: Pick<Transaction, 'context' | 'connection'>,
  action: (connection: Connection) => Promise<T>,
): Promise<T> {
  try {
    await connection.execute('UNLOCK TABLES');
    return await action(connection);
  } catch (error) {
    if (!hasReason(error, 'database-unreachable')) throw error;
  }
  const fresh = await openPromoter(context, deadSessionSeconds);
  try {
    return await action(fresh);
  } finally {
    await fresh.close();
  }
}
