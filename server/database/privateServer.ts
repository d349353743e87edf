import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { readJson, writeJsonAtomic } from '../platform/atomicFile.ts';
import { requireFreeBytes } from '../platform/diskSpace.ts';
import { errorCode, fromFileSystem, GreenroomError } from '../platform/errors.ts';
import type { Host } from '../platform/host.ts';
import { isPortFree } from '../platform/ports.ts';
import type { ProcessIdentity } from '../platform/processes.ts';
import type { DatabaseAddress } from './address.ts';
import type { EngineBinaries } from './binaries.ts';
import type { ServerMode } from './dialects/dialect.ts';
import { dialects } from './dialects/dialects.ts';
import { serverEnvironment } from './dialects/shared.ts';
import { awaitEnd, findProcessServing, servesDirectory } from './processSearch.ts';
import { quoteString } from './quote.ts';
import { awaitReady } from './readiness.ts';
import {
  initFile,
  logFile,
  looksFile,
  type RunningRecord,
  runningRecordFile,
  runningRecordSchema,
  type ServerRecord,
  serverPlaces,
  serverRecordFile,
  serverRecordSchema,
  socketPathFor,
} from './serverFiles.ts';
import type { ServerSettings } from './serverInfo.ts';

/** A private server that answers. */
export interface RunningServer {
  directory: string;
  process: ProcessIdentity;
  mode: ServerMode;
  socketPath: string;
  /** 0: it listens on its socket only. */
  port: number;
  /** With the password. */
  address: DatabaseAddress;
}

export interface StartServerOptions {
  mode: ServerMode;
  /** Loopback port; 0: the socket only. */
  port: number;
  /** Account to log in with. Default: the loader, with a password of this start's own. */
  account?: { user: string; password: string };
  database?: string;
  /** Statements, one a string without line breaks, that run before the first connection. They may hold secrets. */
  init?: readonly string[];
  /** Free bytes that the volume must have. Default 64 MB: what a server writes by merely starting. */
  needs?: number;
  signal?: AbortSignal;
  /** Default 120 s: crash recovery may take its time. */
  timeoutMs?: number;
}

/** May do anything on its own server; used to fill a base. Nobody knows its password once the loading is over. */
export const loaderUser = 'greenroom_loader';
/** The account of every clone, and the definer of views, routines, triggers and events in a base. */
export const cloneUser = 'greenroom';
export const cloneAccount = `'${cloneUser}'@'%'`;

/**
 * Makes the system tables of a new server in `directory/data`.
 *
 * @param settings production's, so that page size and case of names match; they stay with the data
 * @throws GreenroomError `process-failed`, `disk-full`, `cancelled`
 */
export async function initializeServer(
  host: Host,
  binaries: EngineBinaries,
  directory: string,
  options: { settings?: ServerSettings; signal?: AbortSignal } = {},
): Promise<void> {
  const places = serverPlaces(directory, '');
  await makePlaces(directory);
  await requireFreeBytes(directory, 300_000_000, 'a new database server');
  const dialect = dialects[binaries.flavour];
  await dialect.initialise(host, binaries, places, options.settings, options.signal);
  const record: ServerRecord = {
    format: 1,
    binaries: { ...binaries, version: [...binaries.version] },
    ...(options.settings && { settings: options.settings }),
  };
  await writeJsonAtomic(serverRecordFile(directory), record);
}

/**
 * Starts the server over `directory/data` and waits until it lets us in. It outlives this process.
 *
 * @throws GreenroomError `process-failed` (with the end of its log), `locked` when it already runs, `disk-full`, `cancelled`
 */
export async function startServer(
  host: Host,
  binaries: EngineBinaries,
  directory: string,
  options: StartServerOptions,
): Promise<RunningServer> {
  if (await findServer(host, directory))
    throw new GreenroomError('locked', { subject: directory, detail: 'its server already runs' });
  await awaitPredecessor(host, directory);
  if (options.port !== 0 && !(await isPortFree(options.port)))
    throw new GreenroomError('process-failed', {
      subject: binaries.server,
      detail: `port ${options.port} is used by another program`,
    });
  await requireFreeBytes(directory, options.needs ?? 64_000_000, 'starting a database server');
  const record = await readJson(serverRecordFile(directory), serverRecordSchema);
  const account = options.account ?? { user: loaderUser, password: newPassword() };
  host.redact.add(account.password);
  const socketPath = await socketPathFor(host, directory);
  const access = {
    mode: options.mode,
    port: options.port,
    socketPath,
    ...account,
    ...(options.database !== undefined && { database: options.database }),
  };
  const init = options.account
    ? (options.init ?? [])
    : [...loaderStatements(account.password), ...(options.init ?? [])];
  try {
    await prepare(host, directory, socketPath, init, access);
    const command = dialects[binaries.flavour].startArguments(binaries, serverPlaces(directory, socketPath), {
      mode: options.mode,
      port: options.port,
      settings: record?.settings,
      initFile: init.length === 0 ? undefined : initFile(directory),
    });
    const { child, identity } = await host.processes.detach(binaries.server, command, {
      cwd: '/',
      env: serverEnvironment(host.environment, record?.settings),
      log: logFile(directory),
    });
    const running: RunningRecord = { state: 'running', process: identity, ...access };
    await writeJsonAtomic(runningRecordFile(directory), running);
    const server = describe(directory, running);
    try {
      await awaitReady(host, server, child, logFile(directory), options);
    } catch (error) {
      await stopServer(host, server, { clean: false });
      throw error;
    }
    return server;
  } catch (error) {
    await rm(runningRecordFile(directory), { force: true });
    throw fromFileSystem(error, directory);
  } finally {
    await rm(initFile(directory), { force: true });
  }
}

/** The server over this directory if it runs, whoever started it; one that is not ours is never answered. */
export async function findServer(host: Host, directory: string): Promise<RunningServer | undefined> {
  const record = await readJson(runningRecordFile(directory), runningRecordSchema);
  if (record === undefined) return undefined;
  const { data } = serverPlaces(directory, record.socketPath);
  if (record.state === 'running')
    return (await servesDirectory(host, record.process, data)) ? describe(directory, record) : undefined;
  const orphan = await findProcessServing(host, data);
  if (orphan === undefined) return undefined;
  const { by: _, ...access } = record;
  const adopted: RunningRecord = { ...access, state: 'running', process: orphan };
  // Its starter may be alive and about to note the same.
  if (!(await host.processes.isAlive(record.by)))
    await writeJsonAtomic(runningRecordFile(directory), adopted);
  return describe(directory, adopted);
}

/**
 * Stops a server of ours. Clean: all is written and it starts in an instant next time. Not clean: killed; what was
 * committed is recovered at the next start.
 *
 * @returns false when a clean stop took too long (default 60 s) and it had to be killed
 */
export async function stopServer(
  host: Host,
  server: RunningServer,
  options: { clean: boolean; timeoutMs?: number },
): Promise<boolean> {
  const { data, pidFile } = serverPlaces(server.directory, server.socketPath);
  let clean = options.clean;
  if (await servesDirectory(host, server.process, data)) {
    await host.processes.kill(server.process, clean ? 'SIGTERM' : 'SIGKILL');
    if (!(await awaitEnd(host, server.process, options.timeoutMs ?? 60_000))) {
      clean = false;
      host.log.warn('a database server did not stop and is killed', { directory: server.directory });
      await host.processes.kill(server.process, 'SIGKILL');
      await awaitEnd(host, server.process, 30_000);
    }
    // One that was killed a moment ago no longer tells what it serves, but still has its port and the lock on its data.
  } else await awaitEnd(host, server.process, 10_000);
  for (const file of [
    runningRecordFile(server.directory),
    pidFile,
    server.socketPath,
    `${server.socketPath}.lock`,
  ])
    await rm(file, { force: true });
  return clean;
}

/** A password of 192 bits in letters and digits: safe in any configuration format, URL and SQL string. */
export function newPassword(): string {
  return randomBytes(24).toString('hex');
}

/** Makes `data/`, `tmp/` and the empty directory of a server. */
export async function makePlaces(directory: string): Promise<void> {
  const { data, temporary, noFiles } = serverPlaces(directory, '');
  for (const place of [directory, data, temporary, noFiles])
    await mkdir(place, { recursive: true, mode: 0o700 });
}

async function prepare(
  host: Host,
  directory: string,
  socketPath: string,
  init: readonly string[],
  access: Omit<RunningRecord & { state: 'starting' }, 'state' | 'by'>,
): Promise<void> {
  const by = await host.processes.identify(process.pid);
  if (by === undefined) throw new GreenroomError('internal', { detail: 'this process cannot see itself' });
  const starting: RunningRecord = { state: 'starting', by, ...access };
  await writeJsonAtomic(runningRecordFile(directory), starting);
  for (const file of [socketPath, looksFile(directory)]) await rm(file, { force: true });
  await rename(logFile(directory), `${logFile(directory)}.1`).catch((error: unknown) => {
    if (errorCode(error) !== 'ENOENT') throw error;
  });
  if (init.length > 0) {
    await rm(initFile(directory), { force: true });
    // The server reads the file in its default character set: names of databases may have others.
    const statements = ['SET NAMES utf8mb4', ...init].map(statement => `${statement};\n`);
    await writeFile(initFile(directory), statements.join(''), { mode: 0o600 });
  }
}

/** Idempotent: each loading start gives the loader a new password and takes away the accounts that came with the server. */
function loaderStatements(password: string): string[] {
  return [
    `CREATE USER IF NOT EXISTS '${loaderUser}'@'localhost'`,
    `ALTER USER '${loaderUser}'@'localhost' IDENTIFIED BY '${password}'`,
    `GRANT ALL ON *.* TO '${loaderUser}'@'localhost' WITH GRANT OPTION`,
    `CREATE USER IF NOT EXISTS ${cloneAccount} IDENTIFIED BY '${newPassword()}'`,
    // As mariadb-install-db and mysqld --initialize name them; none has a password.
    ...['localhost', hostname(), '127.0.0.1', '::1'].map(
      place => `DROP USER IF EXISTS 'root'@${quoteString(place)}, ''@${quoteString(place)}`,
    ),
  ];
}

/** A server that was killed a moment ago may still hold its port and the lock on its data. */
async function awaitPredecessor(host: Host, directory: string): Promise<void> {
  const record = await readJson(runningRecordFile(directory), runningRecordSchema);
  if (record?.state === 'running') await awaitEnd(host, record.process, 10_000);
}

function describe(directory: string, record: RunningRecord & { state: 'running' }): RunningServer {
  const { mode, port, socketPath, user, password, database } = record;
  return {
    directory,
    process: record.process,
    mode,
    socketPath,
    port,
    address: {
      ...(port !== 0 && { host: '127.0.0.1', port }),
      socketPath,
      user,
      password,
      ...(database !== undefined && { database }),
    },
  };
}
