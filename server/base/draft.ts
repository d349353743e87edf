import { availableParallelism } from 'node:os';
import { parseSize } from '../config/schema.ts';
import type { EngineBinaries } from '../database/binaries.ts';
import { type Connection, connect } from '../database/connection.ts';
import type { RunningServer } from '../database/privateServer.ts';
import { GreenroomError } from '../platform/errors.ts';
import type { Operation } from '../platform/progress.ts';
import { watchSpace, whyOnFullDisk } from '../platform/spaceWatch.ts';
import { loadScrubKey } from '../scrub/key.ts';
import type { BaseContext } from './context.ts';
import { removeDraft } from './generations.ts';
import { Meter } from './meter.ts';
import { databaseOf } from './reading.ts';
import { prepareBuilder } from './structure.ts';
import { CopyThreads } from './workers.ts';

/** Threads that copy, and what counts their work. */
export interface Crew {
  threads: CopyThreads;
  meter: Meter;
}

/** A generation in the making: its directory, its running server, the threads that fill it. */
export interface Draft extends Crew {
  generation: number;
  directory: string;
  binaries: EngineBinaries;
  server: RunningServer;
  /** Sessions of the private server, one per thread, for DDL. */
  builders: Connection[];
}

/** More threads than this would be felt in production. */
const mostThreads = 4;

/**
 * Starts the threads of a draft and runs `action` with them; they come up while its server does. They end with it, and at once
 * when the operation is cancelled.
 *
 * @param sizes bytes per table that will be copied, for progress
 */
export async function withThreads<T>(
  context: BaseContext,
  binaries: EngineBinaries,
  sizes: ReadonlyMap<string, number>,
  operation: Operation,
  action: (crew: Crew) => Promise<T>,
): Promise<T> {
  const { host, config } = context;
  const { signal } = operation;
  const meter = new Meter(host.clock, operation.progress, sizes);
  const count = Math.max(1, Math.min(availableParallelism(), mostThreads));
  const rate = config.base.maxReadRate;
  const start = {
    paths: host.paths,
    production: context.production,
    engine: { flavour: binaries.flavour, version: binaries.version },
    key: await loadScrubKey(host, context.projectId),
    proofSample: config.scrub.proofSample,
    ...(rate !== undefined && { maxReadRate: parseSize(rate) }),
  };
  const threads = new CopyThreads(host, count, start, (table, bytes) => meter.read(table, bytes));
  const onAbort = () => void threads.stop();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await action({ threads, meter });
  } finally {
    signal.removeEventListener('abort', onAbort);
    await threads.stop();
  }
}

/** Connects the threads to a running private server, opens sessions for DDL beside them, and runs `action` with all of it. */
export async function withDraft<T>(
  context: BaseContext,
  base: Omit<Draft, 'builders'>,
  { signal }: Operation,
  action: (draft: Draft) => Promise<T>,
): Promise<T> {
  const database = databaseOf(context);
  const { address } = base.server;
  const builders: Connection[] = [];
  try {
    await base.threads.all({ do: 'open', loader: { ...address, database } });
    for (const _ of base.threads.threads) {
      const builder = await connect(context.host, address, { signal });
      builders.push(builder);
      await prepareBuilder(builder, database);
    }
    return await action({ ...base, builders });
  } finally {
    for (const builder of builders) builder.destroy();
  }
}

/**
 * Runs `action`, with an operation that also ends when the disk fills up; if it fails or is cancelled, nothing of the draft
 * stays: no process, no file.
 */
export async function orRemove<T>(
  { host }: BaseContext,
  directory: string,
  operation: Operation,
  action: (operation: Operation) => Promise<T>,
): Promise<T> {
  const watch = watchSpace(host, directory, operation);
  try {
    return await action(watch.operation);
  } catch (error) {
    const why = watch.failure() ?? (await whyOnFullDisk(error, directory));
    await removeDraft(host, directory);
    if (operation.signal.aborted)
      throw new GreenroomError('cancelled', { subject: 'base build', cause: error });
    throw why;
  } finally {
    watch.stop();
  }
}
