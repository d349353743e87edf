import { availableParallelism } from 'node:os';
import { parseSize } from '../config/schema.ts';
import type { EngineBinaries } from '../database/binaries.ts';
import { type Connection, connect } from '../database/connection.ts';
import type { RunningServer } from '../database/privateServer.ts';
import { GreenroomError } from '../platform/errors.ts';
import type { Operation } from '../platform/progress.ts';
import type { ScrubKey } from '../scrub/plan.ts';
import type { BaseContext } from './context.ts';
import { removeDraft } from './generations.ts';
import { prepareBuilder } from './structure.ts';
import { CopyThreads, type ReadListener } from './workers.ts';

/** A generation in the making: its directory, its running server, the threads that fill it. */
export interface Draft {
  generation: number;
  directory: string;
  binaries: EngineBinaries;
  server: RunningServer;
  threads: CopyThreads;
  /** Sessions of the private server, one per thread, for DDL. */
  builders: Connection[];
}

/** More threads than this would be felt in production. */
const mostThreads = 4;

/**
 * Opens threads and sessions over a running private server.
 *
 * @param onRead told of every 100 ms' bytes per table
 */
export async function openDraft(
  context: BaseContext,
  draft: Pick<Draft, 'generation' | 'directory' | 'binaries' | 'server'>,
  database: string,
  key: ScrubKey,
  onRead: ReadListener,
  operation: Operation,
): Promise<Draft> {
  const { host, config } = context;
  const count = Math.max(1, Math.min(availableParallelism(), mostThreads));
  const rate = config.base.maxReadRate;
  const threads = new CopyThreads(
    host,
    count,
    {
      paths: host.paths,
      production: context.production,
      loader: { ...draft.server.address, database },
      key,
      proofSample: config.scrub.proofSample,
      ...(rate !== undefined && { maxReadRate: parseSize(rate) }),
    },
    onRead,
  );
  const builders: Connection[] = [];
  try {
    await threads.all({ do: 'open' });
    for (let index = 0; index < count; index++) {
      const builder = await connect(host, draft.server.address, { signal: operation.signal });
      builders.push(builder);
      await prepareBuilder(builder, database);
    }
    return { ...draft, threads, builders };
  } catch (error) {
    await threads.stop();
    for (const builder of builders) builder.destroy();
    throw error;
  }
}

/** Runs `action`; if it fails or is cancelled, nothing of the draft stays: no process, no file. */
export async function orRemove<T>(
  context: BaseContext,
  directory: string,
  operation: Operation,
  action: () => Promise<T>,
): Promise<T> {
  try {
    return await action();
  } catch (error) {
    await removeDraft(context.host, directory);
    if (operation.signal.aborted)
      throw new GreenroomError('cancelled', { subject: 'base build', cause: error });
    throw error;
  }
}
