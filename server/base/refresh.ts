import { copyFile } from 'node:fs/promises';
import path from 'node:path';
import { findBinaries } from '../database/binaries.ts';
import type { Connection } from '../database/connection.ts';
import { makePlaces, startServer } from '../database/privateServer.ts';
import { qualify, quoteName } from '../database/quote.ts';
import { requireFreeBytes } from '../platform/diskSpace.ts';
import { withLock } from '../platform/locks.ts';
import type { Operation } from '../platform/progress.ts';
import { copyTree } from '../platform/reflink.ts';
import { loadScrubKey } from '../scrub/key.ts';
import { buildLocked, sizesOf, spaceFor } from './build.ts';
import { findChanges } from './changes.ts';
import type { BaseContext, BaseResult } from './context.ts';
import { type Draft, orRemove, withDraft, withThreads } from './draft.ts';
import { finishDraft } from './finish.ts';
import {
  baseLock,
  type Generation,
  makeDraft,
  newestGeneration,
  removeLeftoversLocked,
  removeUnusedGenerations,
} from './generations.ts';
import { growSlowly } from './heap.ts';
import { databaseOf, openProduction, type Reading, readProduction } from './reading.ts';
import { settle, transfer } from './transfer.ts';
import { isUnchanged } from './unchanged.ts';

/**
 * Makes a new generation out of the newest one: a copy-on-write copy in which only tables are replaced that have changed in
 * production. Without a generation, or with one of another key or engine, it is a build. If nothing has changed, the newest
 * generation is the answer.
 *
 * @throws GreenroomError as `buildBase`; the newest generation stays what it was
 */
export function refreshBase(context: BaseContext, operation: Operation): Promise<BaseResult> {
  return withLock(context.host, baseLock(context.projectId), { purpose: 'base refresh' }, () =>
    refreshLocked(context, operation),
  );
}

async function refreshLocked(context: BaseContext, operation: Operation): Promise<BaseResult> {
  const { host, paths } = context;
  const started = host.clock.elapsed();
  growSlowly();
  await removeLeftoversLocked(host, paths);
  const previous = await newestGeneration(host, paths);
  if (previous === undefined) return buildLocked(context, operation);
  const control = await openProduction(context, operation);
  try {
    operation.progress({ step: 'looking for changes' });
    const reading = await readProduction(context, control);
    if (await needsBuild(context, previous, control)) return await buildLocked(context, operation);
    if (await isUnchanged(control, previous.manifest, reading)) return nothingNew(context, previous, started);
    const result = await refreshFrom(context, previous, control, reading, started, operation);
    await removeUnusedGenerations(host, paths);
    return result;
  } finally {
    control.destroy();
  }
}

/** What makes every row of the last generation useless. */
async function needsBuild(context: BaseContext, previous: Generation, control: Connection): Promise<boolean> {
  const { manifest } = previous;
  const key = await loadScrubKey(context.host, context.projectId);
  return (
    manifest.keyId !== key.id ||
    manifest.database !== databaseOf(context) ||
    manifest.engine.flavour !== control.server.flavour
  );
}

function nothingNew(context: BaseContext, previous: Generation, started: number): BaseResult {
  return {
    generation: previous.generation,
    rows: previous.manifest.rows,
    bytes: 0,
    seconds: (context.host.clock.elapsed() - started) / 1000,
    tablesCopied: 0,
    warnings: [],
  };
}

async function refreshFrom(
  context: BaseContext,
  previous: Generation,
  control: Connection,
  reading: Reading,
  started: number,
  operation: Operation,
): Promise<BaseResult> {
  const { host, paths, config } = context;
  const { signal } = operation;
  const binaries = await findBinaries(host, control.server.flavour, config.production.database.binaries);
  const { generation, directory } = await makeDraft(host, paths);
  return orRemove(context, directory, operation, operation =>
    withThreads(context, binaries, sizesOf(reading), operation, async crew => {
      operation.progress({ step: 'copying the last generation' });
      await makePlaces(directory);
      await copyTree(
        path.join(previous.directory, 'data'),
        path.join(directory, 'data'),
        { reflink: 'prefer' },
        operation,
      );
      await copyFile(path.join(previous.directory, 'server.json'), path.join(directory, 'server.json'));
      const server = await startServer(host, binaries, directory, { mode: 'load', port: 0, signal });
      const base = { ...crew, generation, directory, binaries, server };
      return withDraft(context, base, operation, draft =>
        bringUpToDate(context, previous, control, draft, reading, started, operation),
      );
    }),
  );
}

async function bringUpToDate(
  context: BaseContext,
  previous: Generation,
  control: Connection,
  draft: Draft,
  reading: Reading,
  started: number,
  operation: Operation,
): Promise<BaseResult> {
  const database = databaseOf(context);
  const moment = await settle(context, control, draft.threads, reading, operation);
  const changes = await findChanges(control, database, previous.manifest, moment, draft.threads);
  const { tables } = moment.reading;
  const sizes = changes.changed.flatMap(name => tables.get(name) ?? []);
  await requireFreeBytes(draft.directory, spaceFor(sizes), 'the changed tables');
  const builder = draft.builders[0] as Connection;
  await dropOld(builder, database, [...goneTables(previous, moment.reading), ...changes.changed]);
  const { charset, collation } = moment.reading.schema;
  await builder.execute(
    `ALTER DATABASE ${quoteName(database)} CHARACTER SET ${charset} COLLATE ${collation}`,
  );
  const checked = checkedTables(changes.how, changes.changed, tables);
  const transferred = await transfer(context, control, moment, draft, changes.changed, checked, operation);
  const copied = { ...moment, ...transferred, kept: changes.kept, changeDetection: changes.how };
  const beginning = { origin: 'refresh', from: previous.generation, started } as const;
  return finishDraft(context, draft, copied, beginning, operation);
}

function goneTables({ manifest }: Generation, { schema }: Reading): string[] {
  return Object.keys(manifest.tables).filter(name => schema.tables[name] === undefined);
}

/** Where the log cannot tell, the next refresh can ask for the contents of tables whose engine forgets. */
function checkedTables(how: string, changed: readonly string[], tables: Reading['tables']): Set<string> {
  return new Set(
    changed.filter(name => how === 'table-checks' || tables.get(name)?.updateTime === undefined),
  );
}

/** Takes out what is made anew: the tables named, and all that has no rows of its own. */
async function dropOld(builder: Connection, database: string, tables: readonly string[]): Promise<void> {
  const named = (sql: string) => builder.rows(sql, [database]);
  // Asked of the server: the last generation's schema, with all its tables, would fill memory for these few names.
  const others = [
    ...(await named("SELECT 'EVENT', EVENT_NAME FROM information_schema.EVENTS WHERE EVENT_SCHEMA = ?")),
    ...(await named(
      "SELECT 'TRIGGER', TRIGGER_NAME FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = ?",
    )),
    // A package's body goes with it.
    ...(await named(
      `SELECT ROUTINE_TYPE, ROUTINE_NAME FROM information_schema.ROUTINES
        WHERE ROUTINE_SCHEMA = ? AND ROUTINE_TYPE <> 'PACKAGE BODY'`,
    )),
    ...(await named(
      `SELECT TABLE_TYPE, TABLE_NAME FROM information_schema.TABLES
        WHERE TABLE_SCHEMA = ? AND TABLE_TYPE IN ('VIEW', 'SEQUENCE')`,
    )),
  ].map(([kind, name]) => ({ kind: String(kind), name: String(name) }));
  const isSequence = ({ kind }: { kind: string }) => kind === 'SEQUENCE';
  const all = [
    ...others.filter(object => !isSequence(object)),
    ...tables.map(name => ({ kind: 'TABLE', name })),
    // A column's default may draw from one.
    ...others.filter(isSequence),
  ];
  for (const { kind, name } of all)
    await builder.execute(`DROP ${kind} IF EXISTS ${qualify(database, name)}`);
}
