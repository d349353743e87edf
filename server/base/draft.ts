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

/** A generation in the making: its directory, its running server, the threads that fill it. */
export interface Draft {
  generation: number;
  directory: string;
  binaries: EngineBinaries;
  server: RunningServer;
  threads: CopyThreads;
  /** Sessions of the private server, one per thread, for DDL. */
  builders: Connection[];
  meter: Meter;
}

/** More threads than this would be felt in production. */
const mostThreads = 4;

/**
 * Opens threads and sessions over a running private server.
 *
 * @param sizes bytes per table that will be copied, for progress
 */
export async function openDraft(
  context: BaseContext,
  base: Pick<Draft, 'generation' | 'directory' | 'binaries' | 'server'>,
  sizes: ReadonlyMap<string, number>,
  operation: Operation,
): Promise<Draft> {
  const { host, config } = context;
  const database = databaseOf(context);
  const meter = new Meter(host.clock, operation.progress, sizes);
  const count = Math.max(1, Math.min(availableParallelism(), mostThreads));
  const rate = config.base.maxReadRate;
  const start = {
    paths: host.paths,
    production: context.production,
    loader: { ...base.server.address, database },
    engine: { flavour: base.binaries.flavour, version: base.binaries.version },
    key: await loadScrubKey(host, context.projectId),
    proofSample: config.scrub.proofSample,
    ...(rate !== undefined && { maxReadRate: parseSize(rate) }),
  };
  const threads = new CopyThreads(host, count, start, (table, bytes) => meter.read(table, bytes));
  const draft: Draft = { ...base, threads, builders: [], meter };
  return orClose(draft, async () => {
    await threads.all({ do: 'open' });
    for (let index = 0; index < count; index++) {
      const builder = await connect(host, base.server.address, { signal: operation.signal });
      draft.builders.push(builder);
      await prepareBuilder(builder, database);
    }
    return draft;
  });
}

/** Runs `action` with the draft's threads, which end with it, and at once when the operation is cancelled. */
export async function withThreads<T>(
  draft: Draft,
  { signal }: Operation,
  action: () => Promise<T>,
): Promise<T> {
  const onAbort = () => void draft.threads.stop();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await orClose(draft, action);
  } finally {
    signal.removeEventListener('abort', onAbort);
    await close(draft);
  }
}

async function orClose<T>(draft: Draft, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    await close(draft);
    throw error;
  }
}

async function close(draft: Draft): Promise<void> {
  await draft.threads.stop();
  for (const builder of draft.builders) builder.destroy();
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
