import { type EngineBinaries, findBinaries } from '../database/binaries.ts';
import { type Connection, connect } from '../database/connection.ts';
import { cloneAccount, initializeServer, startServer } from '../database/privateServer.ts';
import { quoteName } from '../database/quote.ts';
import { requireFreeBytes } from '../platform/diskSpace.ts';
import { withLock } from '../platform/locks.ts';
import type { Operation } from '../platform/progress.ts';
import type { BaseContext, BaseResult } from './context.ts';
import { type Draft, orRemove, withDraft, withThreads } from './draft.ts';
import { finishDraft } from './finish.ts';
import { baseLock, makeDraft, removeLeftoversLocked, removeUnusedGenerations } from './generations.ts';
import { growSlowly } from './heap.ts';
import { databaseOf, openProduction, type Reading, readProduction } from './reading.ts';
import type { Source } from './source.ts';
import { settle, transfer } from './transfer.ts';

/**
 * Builds a generation from nothing.
 *
 * @throws GreenroomError `locked` while another build runs, `unclassified`, `database-…`, `production-moved`, `disk-full`,
 * `scrub-failed`, `proof-failed`, `cancelled`; nothing is left behind then, and older generations are untouched
 */
export function buildBase(context: BaseContext, operation: Operation): Promise<BaseResult> {
  return withLock(context.host, baseLock(context.projectId), { purpose: 'base build' }, () =>
    buildLocked(context, operation),
  );
}

/** {@link buildBase} for whoever holds the lock. */
export async function buildLocked(context: BaseContext, operation: Operation): Promise<BaseResult> {
  const { host, paths } = context;
  const started = host.clock.elapsed();
  growSlowly();
  await removeLeftoversLocked(host, paths);
  const control = await openProduction(context, operation);
  try {
    operation.progress({ step: 'reading the schema' });
    const reading = await readProduction(context, control);
    const binaries = await findBinaries(
      host,
      control.server.flavour,
      context.config.production.database.binaries,
    );
    const { generation, directory } = await makeDraft(host, paths);
    const result = await orRemove(context, directory, operation, async operation => {
      await requireFreeBytes(directory, spaceFor(reading.tables.values()), 'the base');
      operation.progress({ step: 'starting a database server' });
      return withThreads(context, binaries, sizesOf(reading), operation, async crew => {
        const { signal } = operation;
        await initializeServer(host, binaries, directory, { settings: control.server.settings, signal });
        const server = await startEmpty(context, binaries, directory, reading, operation);
        const base = { ...crew, generation, directory, binaries, server };
        return withDraft(context, base, operation, draft =>
          fillDraft(context, control, draft, reading, started, operation),
        );
      });
    });
    await removeUnusedGenerations(host, paths);
    return result;
  } finally {
    control.destroy();
  }
}

async function fillDraft(
  context: BaseContext,
  control: Connection,
  draft: Draft,
  reading: Reading,
  started: number,
  operation: Operation,
): Promise<BaseResult> {
  const moment = await settle(context, control, draft.threads, reading, operation);
  const { tables } = moment.reading;
  const names = Object.keys(moment.reading.schema.tables);
  // What the engine does not remember changing can only be told by its contents.
  const checked = new Set(names.filter(name => tables.get(name)?.updateTime === undefined));
  const transferred = await transfer(context, control, moment, draft, names, checked, operation);
  const copied = { ...moment, ...transferred, kept: new Map(), changeDetection: 'none' as const };
  return finishDraft(context, draft, copied, { origin: 'build', started }, operation);
}

/**
 * What a copy of these tables takes: pages filled anew are about as full as production's, indexes are sorted in temporary
 * files of their own size, and the loading server keeps a log.
 */
export function spaceFor(tables: Iterable<{ dataBytes: number; indexBytes: number }>): number {
  let bytes = 0;
  let largestIndex = 0;
  for (const table of tables) {
    bytes += table.dataBytes + table.indexBytes;
    largestIndex = Math.max(largestIndex, table.indexBytes);
  }
  return Math.ceil(bytes * 1.1 + largestIndex + 700_000_000);
}

/** Bytes per table, for progress. */
export function sizesOf(source: Source): Map<string, number> {
  return new Map([...source.tables].map(([name, table]) => [name, table.dataBytes]));
}

/** Starts the private server with nothing but the empty database. */
async function startEmpty(
  context: BaseContext,
  binaries: EngineBinaries,
  directory: string,
  reading: Reading,
  { signal }: Operation,
) {
  const { host } = context;
  const database = databaseOf(context);
  const server = await startServer(host, binaries, directory, { mode: 'load', port: 0, signal });
  const maker = await connect(host, server.address, { signal });
  try {
    const { charset, collation } = reading.schema;
    const options = `CHARACTER SET ${charset} COLLATE ${collation}`;
    await maker.execute(`CREATE DATABASE ${quoteName(database)} ${options}`);
    // Views are checked with their definer's rights when they are made. In a grant, _ and % are wildcards.
    const literal = quoteName(database.replaceAll(/[\\_%]/g, '\\$&'));
    await maker.execute(`GRANT ALL ON ${literal}.* TO ${cloneAccount}`);
  } finally {
    maker.destroy();
  }
  return server;
}
