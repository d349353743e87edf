import { createHash } from 'node:crypto';
import { access, copyFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { readJson, writeJsonAtomic } from '../platform/atomicFile.ts';
import { Stopwatch } from '../platform/clock.ts';
import { errorCode, fromFileSystem, GreenroomError } from '../platform/errors.ts';
import type { Host } from '../platform/host.ts';
import { withLock } from '../platform/locks.ts';
import type { Operation } from '../platform/progress.ts';
import { copyTree } from '../platform/reflink.ts';
import { removeTree } from '../platform/removeTree.ts';
import { whyOnFullDisk } from '../platform/spaceWatch.ts';
import { type EngineBinaries, findBinaries } from './binaries.ts';
import { type CloneRecord, readCloneRecord, writeCloneRecord } from './cloneRecord.ts';
import { dialects } from './dialects/dialects.ts';
import { findDoor, knock } from './doorRecord.ts';
import { completedShutdown } from './lastWord.ts';
import {
  cloneAccount,
  cloneUser,
  findServer,
  makePlaces,
  newPassword,
  type RunningServer,
  startServer,
  stopServer,
} from './privateServer.ts';
import { quoteName } from './quote.ts';
import { answers } from './readiness.ts';
import { serverRecordFile, serverRecordSchema } from './serverFiles.ts';
import type { Flavour, Version } from './serverInfo.ts';

/** Data that was shut down cleanly and is never written again: what clones are copies of. */
export interface SealedData {
  /** Holds `data/` and `server.json`. */
  directory: string;
  flavour: Flavour;
  version: Version;
  /** The production database's name. */
  database: string;
  binariesDirectory?: string;
}

export interface CloneRequest {
  source: SealedData;
  directory: string;
  /** Loopback port, the environment's own for its whole life; 0: the socket only. */
  port: number;
  database: string;
  /** A rehearsal repeats production's own statements, which may name other accounts as definers. Default: an environment. */
  purpose?: 'environment' | 'rehearsal';
}

export type Clone = RunningServer & {
  /** Milliseconds: `copy`, `start`, `total`. */
  timings: Record<string, number> & { total: number };
  /** False where the file system made a full copy necessary. */
  reflinked: boolean;
};

/** `creating`: a living process is at it. What a dead one left counts as missing, and is removed by the next create or destroy. */
export type CloneState = 'running' | 'stopped' | 'creating' | 'missing';

/**
 * Makes a writable copy of sealed data with a server and a password of its own. Constant in time where the file system
 * shares blocks. Whatever fails, nothing is left.
 *
 * @throws GreenroomError `disk-full`, `process-failed`, `binary-missing`, `cancelled`; `environment-busy` if a clone is there already
 */
export async function createClone(host: Host, request: CloneRequest, operation: Operation): Promise<Clone> {
  return withCloneLock(host, request.directory, 'making a clone', operation.signal, async () => {
    const state = await cloneState(host, request.directory);
    if (state === 'running' || state === 'stopped')
      throw new GreenroomError('environment-busy', {
        subject: request.directory,
        detail: 'a clone is there already',
      });
    await remove(host, request.directory);
    try {
      return await make(host, request, operation);
    } catch (error) {
      const why = await whyOnFullDisk(error, path.dirname(request.directory));
      await remove(host, request.directory);
      if (operation.signal.aborted)
        throw new GreenroomError('cancelled', { subject: request.directory, cause: error });
      throw fromFileSystem(why, request.directory);
    }
  });
}

/** Where a clone is in its life. Reads only, takes no lock. */
export async function cloneState(host: Host, directory: string): Promise<CloneState> {
  const record = await readCloneRecord(host, directory);
  if (record === undefined || record.life.state === 'destroying') return 'missing';
  if (record.life.state === 'creating')
    return (await host.processes.isAlive(record.life.by)) ? 'creating' : 'missing';
  return (await findServer(host, directory)) === undefined ? 'stopped' : 'running';
}

/** The address of a whole clone, awake or asleep. Throws `environment-missing`. */
export async function cloneAddress(host: Host, directory: string): Promise<CloneRecord> {
  const record = await readCloneRecord(host, directory);
  if (record?.life.state !== 'ready') throw new GreenroomError('environment-missing', { subject: directory });
  return record;
}

/**
 * Wakes a clone; one that runs is answered as it is. Where a doorkeeper holds its port, it is the one who wakes it.
 *
 * @throws GreenroomError `environment-missing`, `process-failed`, `disk-full`
 */
export async function startClone(
  host: Host,
  directory: string,
  signal?: AbortSignal,
): Promise<RunningServer> {
  const door = await findDoor(host, directory);
  if (door) await knock(door);
  return wakeBehindDoor(host, directory, signal);
}

/** For the doorkeeper, who has let go of port and socket: starts the server without asking at the door. */
export async function wakeBehindDoor(
  host: Host,
  directory: string,
  signal?: AbortSignal,
): Promise<RunningServer> {
  return withCloneLock(host, directory, 'waking a clone', signal, async () => {
    const record = await cloneAddress(host, directory);
    const found = await findServer(host, directory);
    if (found && (await answers(host, found))) return found;
    return start(host, directory, record, [], signal);
  });
}

/** Puts a clone to sleep: a clean stop. Its data, port and password stay. */
export async function stopClone(host: Host, directory: string): Promise<void> {
  await withCloneLock(host, directory, 'stopping a clone', undefined, async () => {
    const server = await findServer(host, directory);
    if (server === undefined) return;
    await stopServer(host, server, { clean: true });
    const record = await readCloneRecord(host, directory);
    if (record && (await completedShutdown(directory)))
      await dialects[record.flavour].tidy(path.join(directory, 'data'));
  });
}

/** Removes a clone, running or not, whole or half-made. A second call does nothing. */
export async function destroyClone(host: Host, directory: string): Promise<void> {
  await withCloneLock(host, directory, 'removing a clone', undefined, () => remove(host, directory));
}

async function make(host: Host, request: CloneRequest, operation: Operation): Promise<Clone> {
  const { source, directory, port, database } = request;
  const watch = new Stopwatch(host.clock);
  const by = await host.processes.identify(process.pid);
  if (by === undefined) throw new GreenroomError('internal', { detail: 'this process cannot see itself' });
  const record: CloneRecord = {
    format: 1,
    life: { state: 'creating', by },
    flavour: source.flavour,
    ...(source.binariesDirectory !== undefined && { binariesDirectory: source.binariesDirectory }),
    port,
    user: cloneUser,
    password: newPassword(),
    database,
  };
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await writeCloneRecord(directory, record);
  operation.progress({ step: 'copying the database' });
  const dialect = dialects[source.flavour];
  const copied = await watch.time('copy', async () => {
    await makePlaces(directory);
    await copyFile(serverRecordFile(source.directory), serverRecordFile(directory));
    const skip = (relative: string) => dialect.isRemade(relative);
    const from = path.join(source.directory, 'data');
    return copyTree(from, path.join(directory, 'data'), { reflink: 'prefer', skip }, operation);
  });
  operation.progress({ step: 'starting the database' });
  const server = await watch.time('start', () =>
    start(host, directory, record, accountStatements(record, request), operation.signal),
  );
  await writeCloneRecord(directory, { ...record, life: { state: 'ready' } });
  return { ...server, timings: watch.timings(), reflinked: copied.reflinked };
}

async function start(
  host: Host,
  directory: string,
  record: CloneRecord,
  init: readonly string[],
  signal: AbortSignal | undefined,
): Promise<RunningServer> {
  const { user, password, database, port } = record;
  return startServer(host, await binariesOf(host, directory, record), directory, {
    mode: 'clone',
    port,
    account: { user, password },
    database,
    init,
    ...(signal && { signal }),
  });
}

/** The programs the data was made with; found anew when they have moved or been upgraded. */
async function binariesOf(host: Host, directory: string, record: CloneRecord): Promise<EngineBinaries> {
  const known = await readJson(serverRecordFile(directory), serverRecordSchema);
  if (known === undefined) throw new GreenroomError('environment-missing', { subject: directory });
  try {
    await access(known.binaries.server);
    const { installer, baseDirectory, ...rest } = known.binaries;
    return {
      ...rest,
      ...(installer !== undefined && { installer }),
      ...(baseDirectory !== undefined && { baseDirectory }),
    };
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw fromFileSystem(error, known.binaries.server);
  }
  const found = await findBinaries(host, record.flavour, record.binariesDirectory);
  await writeJsonAtomic(serverRecordFile(directory), {
    ...known,
    binaries: { ...found, version: [...found.version] },
  });
  return found;
}

/**
 * The clone's account gets its own password, and all rights on the site's database and on scratch databases beside it
 * (`shop_test`, `greenroom_x`); nothing that reaches files, plugins, other servers or settings.
 */
function accountStatements({ password, database }: CloneRecord, { source, purpose }: CloneRequest): string[] {
  // In a grant's database name _ and % are wildcards.
  const literal = database.replaceAll(/[\\_%]/g, '\\$&');
  return [
    `ALTER USER ${cloneAccount} IDENTIFIED BY '${password}'`,
    `GRANT PROCESS ON *.* TO ${cloneAccount}`,
    ...(purpose === 'rehearsal'
      ? [`GRANT ${dialects[source.flavour].definerPrivileges(source.version)} ON *.* TO ${cloneAccount}`]
      : []),
    ...[literal, `${literal}\\_%`, 'greenroom\\_%'].map(
      name => `GRANT ALL ON ${quoteName(name)}.* TO ${cloneAccount}`,
    ),
  ];
}

async function remove(host: Host, directory: string): Promise<void> {
  const record = await readCloneRecord(host, directory);
  if (record && record.life.state !== 'destroying')
    await writeCloneRecord(directory, { ...record, life: { state: 'destroying' } });
  const server = await findServer(host, directory);
  if (server) await stopServer(host, server, { clean: false });
  await removeTree(path.join(directory, 'data'));
  await removeTree(directory);
}

/** One at a time, across all processes, starts, stops, guards or removes a clone. */
export function withCloneLock<T>(
  host: Host,
  directory: string,
  purpose: string,
  signal: AbortSignal | undefined,
  action: () => Promise<T>,
): Promise<T> {
  const name = `clone-${createHash('sha256').update(path.resolve(directory)).digest('hex').slice(0, 16)}`;
  return withLock(host, name, { purpose, wait: 120_000, ...(signal && { signal }) }, action);
}
