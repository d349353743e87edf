import { mkdir, readFile, rm } from 'node:fs/promises';
import { userInfo } from 'node:os';
import path from 'node:path';
import mysql from 'mysql2/promise';
import { findProcessServing } from '../../server/database/processSearch.ts';
import { writeFileAtomic } from '../../server/platform/atomicFile.ts';
import { systemClock } from '../../server/platform/clock.ts';
import { errorCode } from '../../server/platform/errors.ts';
import { pickPort } from '../../server/platform/ports.ts';
import { type ProcessIdentity, systemProcesses } from '../../server/platform/processes.ts';

/** The demo's production database: a MariaDB of its own, which outlives the tour's process until it is stopped. */
export interface ProductionServer {
  port: number;
  socketPath: string;
  process: ProcessIdentity;
}

const stateFile = (directory: string) => path.join(directory, 'server.json');

async function readServer(directory: string): Promise<ProductionServer | undefined> {
  try {
    const server = JSON.parse(await readFile(stateFile(directory), 'utf8')) as ProductionServer;
    return (await systemProcesses.isAlive(server.process)) ? server : undefined;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Initialises (the first time) and starts the server; `port` keeps the address that configurations name. */
export async function startServer(directory: string, port?: number): Promise<ProductionServer> {
  const running = await readServer(directory);
  if (running) return untilItAnswers(running, directory);
  // Whoever started one and was killed before they noted it.
  await stopServer(directory);
  const data = path.join(directory, 'data');
  const user = userInfo().username;
  await mkdir(path.join(directory, 'tmp'), { recursive: true });
  if ((await mkdir(data, { recursive: true })) !== undefined)
    await systemProcesses.run('mariadb-install-db', [
      '--no-defaults',
      `--user=${user}`,
      `--datadir=${data}`,
      '--auth-root-authentication-method=normal',
      '--skip-test-db',
      '--skip-name-resolve',
      // It gives up where the machine cannot look up its own name, which nothing here needs.
      '--force',
    ]);
  const chosen = await pickPort(new Set(), port);
  const socketPath = path.join(directory, 's');
  await rm(socketPath, { force: true });
  const { identity } = await systemProcesses.detach(
    'mariadbd',
    [
      '--no-defaults',
      `--user=${user}`,
      `--datadir=${data}`,
      `--socket=${socketPath}`,
      `--port=${chosen}`,
      '--bind-address=127.0.0.1',
      `--tmpdir=${path.join(directory, 'tmp')}`,
      `--pid-file=${path.join(directory, 'pid')}`,
      '--innodb-buffer-pool-size=128M',
      '--skip-name-resolve',
      '--local-infile=1',
      '--character-set-server=utf8mb4',
    ],
    { log: path.join(directory, 'server.log') },
  );
  const server = { port: chosen, socketPath, process: identity };
  await writeFileAtomic(stateFile(directory), JSON.stringify(server));
  return untilItAnswers(server, directory);
}

async function untilItAnswers(server: ProductionServer, directory: string): Promise<ProductionServer> {
  const deadline = systemClock.elapsed() + 60_000;
  for (;;) {
    try {
      await (await rootConnection(server)).end();
      return server;
    } catch (error) {
      if (systemClock.elapsed() > deadline || !(await systemProcesses.isAlive(server.process)))
        throw new Error(`production’s database did not start; see ${path.join(directory, 'server.log')}`, {
          cause: error,
        });
      await systemClock.sleep(50);
    }
  }
}

export async function stopServer(directory: string): Promise<void> {
  const host = { processes: systemProcesses, platform: process.platform };
  const running =
    (await readServer(directory))?.process ?? (await findProcessServing(host, path.join(directory, 'data')));
  if (running === undefined) return;
  await systemProcesses.kill(running, 'SIGTERM');
  const deadline = systemClock.elapsed() + 30_000;
  while (await systemProcesses.isAlive(running)) {
    if (systemClock.elapsed() > deadline) await systemProcesses.kill(running, 'SIGKILL');
    await systemClock.sleep(25);
  }
}

/** The administrator's session, over the socket that only this user can reach. */
export function rootConnection(server: ProductionServer, database?: string): Promise<mysql.Connection> {
  return mysql.createConnection({
    socketPath: server.socketPath,
    user: 'root',
    ...(database !== undefined && { database }),
  });
}
