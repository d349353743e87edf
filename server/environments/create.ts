import { mkdir, stat } from 'node:fs/promises';
import { expandReferences } from '../config/references.ts';
import { parseDuration } from '../config/schema.ts';
import type { DatabaseAddress } from '../database/address.ts';
import { createClone } from '../database/clone.ts';
import { connect } from '../database/connection.ts';
import { chooseDriver, createOverlay } from '../files/overlay.ts';
import { syncBranch } from '../files/sync.ts';
import { Stopwatch, timestamp } from '../platform/clock.ts';
import { errorCode, GreenroomError, hasReason, messageOf } from '../platform/errors.ts';
import { withLock } from '../platform/locks.ts';
import type { Operation } from '../platform/progress.ts';
import { rerouteDatabase } from '../reroute/database.ts';
import { forkConfiguration, preloadFork } from '../reroute/fork.ts';
import { parseRules } from '../reroute/tables/rules.ts';
import type { EnvironmentContext, SealedGeneration } from './context.ts';
import { removeEnvironment } from './destroy.ts';
import { environmentFacts, type OpenEnvironment, openEnvironment } from './open.ts';
import { allocatePorts } from './ports.ts';
import type { EnvironmentRecord } from './record.ts';
import {
  environmentPaths,
  findByBranch,
  newEnvironmentId,
  updateRecord,
  whileReserving,
  writeRecord,
} from './records.ts';
import { restoreEnvironment } from './restore.ts';
import { forgetSpare, takeSpare } from './spares.ts';
import { syncOptions } from './sync.ts';
import { trackedFork } from './trackedFork.ts';

export interface CreatedEnvironment extends OpenEnvironment {
  /** False when the branch already had this environment. */
  created: boolean;
  timings: Record<string, number> & { total: number };
}

/**
 * Makes the environment of a branch, or answers the one that is there (awake, with the branch's files of now).
 * Whatever fails, nothing is left behind: the next attempt starts clean.
 *
 * Errors: `base-missing`, `files-missing`, `disk-full`, `live-secret`, `configuration-unparsable`, `locked`, `cancelled`.
 */
export async function createEnvironment(
  context: EnvironmentContext,
  branch: string,
  operation: Operation,
): Promise<CreatedEnvironment> {
  const watch = new Stopwatch(context.host.clock);
  const { email: engineer } = await context.repository.identity();
  const lock = { purpose: `env create ${branch}`, wait: 60_000, signal: operation.signal };
  return withLock(context.host, `env:${context.id}:${engineer}:${branch}`, lock, async () => {
    const existing = await findByBranch(context.paths, engineer, branch);
    if (existing?.life.state === 'ready') return reuse(context, existing, watch, operation);
    if (existing?.life.state === 'expired') {
      await restoreEnvironment(context, existing.id, operation);
      return reuse(context, { ...existing, life: { state: 'ready' } }, watch, operation);
    }
    if (existing) await removeEnvironment(context, existing);
    await requireSite(context.production.root);
    // A rule that is not right is said before anything is made.
    parseRules(context.config.reroute.database);
    const base = await context.base.newest();
    if (!base)
      throw new GreenroomError('base-missing', { subject: context.production.reader.database ?? '' });
    const record = await whileReserving(context, `reserving ${branch}`, () =>
      reserve(context, branch, engineer, base),
    );
    try {
      return await furnish(context, record, base, watch, operation);
    } catch (error) {
      await removeEnvironment(context, record);
      throw operation.signal.aborted
        ? new GreenroomError('cancelled', { subject: branch, cause: error })
        : error;
    }
  });
}

/** Writes the record before anything is made, so that a killed backend's remains can be found. */
async function reserve(
  context: EnvironmentContext,
  branch: string,
  engineer: string,
  base: SealedGeneration,
): Promise<EnvironmentRecord & { spare: boolean }> {
  const spare = await takeSpare(context, base.generation);
  const ports = await allocatePorts(context.paths, spare?.port);
  const now = timestamp(context.host.clock);
  const self = await context.host.processes.identify(process.pid);
  if (!self) throw new GreenroomError('internal', { detail: 'this process cannot see itself' });
  const record: EnvironmentRecord = {
    format: 1,
    id: spare?.id ?? newEnvironmentId(branch),
    branch,
    engineer,
    worktree: context.directory,
    life: { state: 'creating', by: self },
    createdAt: now,
    lastActivity: now,
    generation: base.generation,
    database: base.sealed.database,
    port: ports.database,
    overlay: { driver: '', productionRoot: context.production.root },
    inbox: { smtpPort: ports.smtp, httpPort: ports.http },
    servePort: ports.serve,
    sleepAfter: parseDuration(context.config.environment.sleepAfter),
    configuration: [],
    forkedFiles: [],
    warnings: [],
  };
  await writeRecord(context.paths, record);
  return { ...record, spare: spare !== undefined };
}

async function furnish(
  context: EnvironmentContext,
  { spare, ...record }: EnvironmentRecord & { spare: boolean },
  base: SealedGeneration,
  watch: Stopwatch,
  operation: Operation,
): Promise<CreatedEnvironment> {
  const { host, config } = context;
  const paths = environmentPaths(context.paths, record.id);
  await mkdir(paths.inbox, { recursive: true, mode: 0o700 });

  const database = async () => {
    if (spare) return;
    await context.base.pin(base.generation, record.id);
    operation.progress({ step: 'cloning the database' });
    const source = {
      source: base.sealed,
      directory: paths.clone,
      port: record.port,
      database: record.database,
    };
    await watch.time('database', () => createClone(host, source, operation));
  };
  const site = async () => {
    const choice = await chooseDriver(host, {
      productionRoot: record.overlay.productionRoot,
      directory: paths.overlay,
    });
    record.overlay.driver = choice.driver.name;
    await writeRecord(context.paths, record);
    const options = {
      driver: choice.driver,
      productionRoot: record.overlay.productionRoot,
      directory: paths.overlay,
    };
    const overlay = await watch.time('overlay', () => createOverlay(host, options, operation));
    if (choice.advice !== undefined) record.warnings.push(choice.advice);
    record.warnings.push(...overlay.warnings);
    operation.progress({ step: 'writing the branch’s files' });
    const synced = await watch.time('files', async () =>
      syncBranch(host, await syncOptions(context, record, overlay), operation),
    );
    record.warnings.push(...synced.warnings);
    return overlay;
  };
  // The keeper may have to start: beside the slow steps, not after them.
  const inbox = context.keeper.open(paths.directory);
  // The rules that look for secrets load while the database is copied.
  const [overlay] = await settleAll([site(), database(), inbox, preloadFork()] as const);
  operation.signal.throwIfAborted();

  operation.progress({ step: 'forking the configuration' });
  const open = await openEnvironment(context, record);
  const facts = environmentFacts(context, record, open.clone);
  const fork = watch.time('configuration', async () =>
    forkConfiguration(host, {
      site: overlay.site,
      linked: await overlay.linked(),
      productionRoot: record.overlay.productionRoot,
      files: config.reroute.config,
      facts,
      sandbox: sandboxValues(context),
      keep: config.reroute.keep,
    }),
  );
  const settings = watch.time('settings', () => rerouteTables(context, open.clone, facts));
  const [forked, rerouted] = await settleAll([fork, settings] as const);
  const tracked = await trackedFork(context, forked.files);
  const ready = await updateRecord(context.paths, record.id, {
    ...record,
    life: { state: 'ready' },
    forkedFiles: forked.files,
    configuration: [
      ...forked.changes.map(change => `${change.key} → ${change.what} (${change.file})`),
      ...rerouted.changes,
    ],
    warnings: [...new Set([...record.warnings, ...forked.warnings, ...tracked])],
  });
  await forgetSpare(context, record.id);
  return { ...open, record: ready, created: true, timings: watch.timings() };
}

async function rerouteTables(
  context: EnvironmentContext,
  clone: DatabaseAddress,
  facts: ReturnType<typeof environmentFacts>,
): Promise<{ changes: string[] }> {
  const connection = await connect(context.host, clone);
  try {
    return await rerouteDatabase(connection, facts, context.config.reroute.database);
  } finally {
    await connection.close();
  }
}

/** Sandbox values as configured; a reference whose variable is not set leaves the setting to the placeholder. */
function sandboxValues(context: EnvironmentContext): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [name, text] of Object.entries(context.config.reroute.sandbox)) {
    try {
      values[name] = expandReferences(text, context.secrets);
    } catch (error) {
      if (!hasReason(error, 'secret-missing')) throw error;
    }
  }
  return values;
}

async function reuse(
  context: EnvironmentContext,
  record: EnvironmentRecord,
  watch: Stopwatch,
  operation: Operation,
): Promise<CreatedEnvironment> {
  const open = await watch.time('open', () => openEnvironment(context, record, { wake: true }));
  await context.keeper.open(environmentPaths(context.paths, record.id).directory);
  await watch.time('files', async () =>
    syncBranch(context.host, await syncOptions(context, record, open.overlay), operation),
  );
  const used = await updateRecord(context.paths, record.id, {
    lastActivity: timestamp(context.host.clock),
    worktree: context.directory,
  });
  return { ...open, record: used, created: false, timings: watch.timings() };
}

async function requireSite(root: string): Promise<void> {
  try {
    if ((await stat(root)).isDirectory()) return;
  } catch (error) {
    const reason = errorCode(error) === 'ENOENT' ? 'files-missing' : 'files-unreadable';
    throw new GreenroomError(reason, { subject: root, detail: messageOf(error), cause: error });
  }
  throw new GreenroomError('files-missing', { subject: root, detail: 'it is not a directory' });
}

/** Like Promise.all, but waits for every part to end before it throws: a clean-up must not race a part that still runs. */
async function settleAll<T extends readonly Promise<unknown>[]>(
  parts: T,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  const outcomes = await Promise.allSettled(parts);
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  return outcomes.map(outcome => (outcome.status === 'fulfilled' ? outcome.value : undefined)) as never;
}
