import { findBinaries } from '../database/binaries.ts';
import type { Connection } from '../database/connection.ts';
import { connect } from '../database/connection.ts';
import { cloneAccount, initializeServer, startServer } from '../database/privateServer.ts';
import { quoteName } from '../database/quote.ts';
import { requireFreeBytes } from '../platform/diskSpace.ts';
import { GreenroomError } from '../platform/errors.ts';
import { withLock } from '../platform/locks.ts';
import type { Operation } from '../platform/progress.ts';
import { executeIn } from '../schema/applySession.ts';
import { loadScrubKey } from '../scrub/key.ts';
import type { BaseContext, BaseResult } from './context.ts';
import { isSmall, planCopy } from './copyPlan.ts';
import { type Draft, openDraft, orRemove } from './draft.ts';
import { fillTables } from './fill.ts';
import { type Copied, finishDraft } from './finish.ts';
import { baseLock, makeDraft, removeLeftoversLocked } from './generations.ts';
import { Meter } from './meter.ts';
import { prove } from './proof.ts';
import { databaseOf, openProduction, type Reading, readProduction, serverStart } from './reading.ts';
import { copySequences } from './sequences.ts';
import { takeSnapshot } from './snapshot.ts';
import { isTransactional, type Source, schemaFingerprint } from './source.ts';
import { baseSchema, createStored, type Structure, structureOf } from './structure.ts';
import { verifyCopied } from './verifyCopied.ts';

/** DDL may run in the moment of the snapshot; then the schema is read again. */
const schemaAttempts = 5;

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
  await removeLeftoversLocked(host, paths);
  const control = await openProduction(context, operation);
  try {
    operation.progress({ step: 'reading the schema' });
    const reading = await readProduction(context, control);
    const { generation, directory } = await makeDraft(host, paths);
    return await orRemove(context, directory, operation, async () => {
      await requireFreeBytes(directory, spaceFor(reading), 'the base');
      const draft = await startDraft(context, control, reading, generation, directory, operation);
      try {
        const copied = await fillDraft(context, control, reading, draft, operation);
        return await finishDraft(context, draft, copied, { origin: 'build', started }, operation);
      } finally {
        await draft.threads.stop();
        for (const builder of draft.builders) builder.destroy();
      }
    });
  } finally {
    control.destroy();
  }
}

/**
 * What a copy of these tables takes: pages filled anew are about as full as production's, indexes are sorted in temporary
 * files of their own size, and the loading server keeps a log.
 */
export function spaceFor(source: Source): number {
  let bytes = 0;
  let largestIndex = 0;
  for (const table of source.tables.values()) {
    bytes += table.dataBytes + table.indexBytes;
    largestIndex = Math.max(largestIndex, table.indexBytes);
  }
  return Math.ceil(bytes * 1.1 + largestIndex + 700_000_000);
}

async function startDraft(
  context: BaseContext,
  control: Connection,
  reading: Reading,
  generation: number,
  directory: string,
  operation: Operation,
): Promise<Draft & { meter: Meter }> {
  const { host, config } = context;
  const { signal } = operation;
  const database = databaseOf(context);
  operation.progress({ step: 'starting a database server' });
  const binaries = await findBinaries(host, control.server.flavour, config.production.database.binaries);
  await initializeServer(host, binaries, directory, { settings: control.server.settings, signal });
  const server = await startServer(host, binaries, directory, { mode: 'load', port: 0, signal });
  const maker = await connect(host, server.address, { signal });
  try {
    const { charset, collation } = reading.schema;
    await maker.execute(
      `CREATE DATABASE ${quoteName(database)} CHARACTER SET ${charset} COLLATE ${collation}`,
    );
    // Views are checked with their definer's rights when they are made. In a grant, _ and % are wildcards.
    const literal = quoteName(database.replaceAll(/[\\_%]/g, '\\$&'));
    await maker.execute(`GRANT ALL ON ${literal}.* TO ${cloneAccount}`);
  } finally {
    maker.destroy();
  }
  const meter = new Meter(host.clock, operation.progress, sizesOf(reading));
  const key = await loadScrubKey(host, context.projectId);
  const parts = { generation, directory, binaries, server };
  const draft = await openDraft(
    context,
    parts,
    database,
    key,
    (table, bytes) => meter.read(table, bytes),
    operation,
  );
  return { ...draft, meter };
}

export function sizesOf(source: Source): Map<string, number> {
  return new Map([...source.tables].map(([name, table]) => [name, table.dataBytes]));
}

async function fillDraft(
  context: BaseContext,
  control: Connection,
  first: Reading,
  draft: Draft & { meter: Meter },
  operation: Operation,
): Promise<Copied> {
  const { host } = context;
  const database = databaseOf(context);
  const onAbort = () => void draft.threads.stop();
  operation.signal.addEventListener('abort', onAbort, { once: true });
  try {
    let reading = first;
    let snapshot = await takeSnapshot(host, control, draft.threads, operation.signal);
    for (let attempt = 1; (await schemaFingerprint(control, database)) !== reading.fingerprint; attempt++) {
      if (attempt === schemaAttempts)
        throw new GreenroomError('production-moved', {
          subject: database,
          detail: 'its schema kept changing while the snapshot was taken',
        });
      reading = await readProduction(context, control);
      snapshot = await takeSnapshot(host, control, draft.threads, operation.signal);
    }
    const startedAt = await serverStart(control);
    const warnings = [...reading.scrub.warnings];
    const schema = baseSchema(reading.schema, warnings);
    const structure = structureOf(schema, name => isSmall(reading.tables.get(name)));
    await createTables(draft.builders, structure, operation);
    const names = Object.keys(reading.schema.tables);
    const threads = draft.threads.threads.length;
    const work = await planCopy(control, database, reading, names, structure, threads, warnings);
    const filled = await fillTables(draft.threads, draft.builders, work, draft.meter, operation);
    const builder = draft.builders[0] as Connection;
    const key = await loadScrubKey(host, context.projectId);
    const proof = await prove(draft.threads, builder, database, work, key, operation);
    await copySequences(control, builder, database, Object.keys(schema.sequences));
    await createStored(builder, structure.phases, warnings);
    await verifyCopied(builder, database, reading, filled, warnings);
    if ((await schemaFingerprint(control, database)) !== reading.fingerprint)
      warnings.push('production’s schema changed during the build: a refresh brings the change in');
    return {
      reading,
      snapshot,
      startedAt,
      copied: filled,
      kept: new Map(),
      checksums: new Map(),
      changeDetection: 'none',
      outsideSnapshot: [...reading.tables.values()]
        .filter(table => !isTransactional(table))
        .map(({ name }) => name),
      proof,
      warnings,
    };
  } finally {
    operation.signal.removeEventListener('abort', onAbort);
  }
}

/** Sequences and tables, on all sessions at once. */
export async function createTables(
  builders: readonly Connection[],
  structure: Pick<Structure, 'tables'>,
  operation: Operation,
): Promise<void> {
  const [database, ...tables] = structure.tables;
  if (database !== undefined) await executeIn(builders[0] as Connection, database.session, database.sql);
  let next = 0;
  const make = async (builder: Connection) => {
    while (next < tables.length && !operation.signal.aborted) {
      const statement = tables[next++];
      if (statement === undefined) return;
      if (next % 100 === 0)
        operation.progress({ step: 'creating tables', done: next, total: tables.length, unit: 'tables' });
      await executeIn(builder, statement.session, statement.sql);
    }
  };
  const outcomes = await Promise.allSettled(builders.map(make));
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  if (operation.signal.aborted) throw new GreenroomError('cancelled', { subject: 'base build' });
}
