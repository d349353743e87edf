import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, rename, rm, stat } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import mysql from 'mysql2/promise';
import { pickPort } from '../../server/platform/ports.ts';
import { systemProcesses } from '../../server/platform/processes.ts';
import { runStatements } from './statements.ts';
import { temporaryDirectory } from './temporary.ts';

/** A real MariaDB server of this test's own, standing in for production. */
export interface TestServer {
  host: '127.0.0.1';
  port: number;
  socketPath: string;
  /** `root` without a password, over the socket or loopback. */
  user: 'root';
  dataDirectory: string;
  child: ChildProcess;
  /** Runs statements, one a string, as root. */
  execute(...statements: string[]): Promise<void>;
  query<T = Record<string, unknown>>(sql: string, values?: unknown[]): Promise<T[]>;
  connection(database?: string): Promise<mysql.Connection>;
  stop(): Promise<void>;
}

export async function startMariadb(extraArguments: readonly string[] = []): Promise<TestServer> {
  const directory = await temporaryDirectory();
  const dataDirectory = path.join(directory.path, 'data');
  await cp(await template(), dataDirectory, { recursive: true });
  const socketPath = path.join(directory.path, 's');
  const port = await pickPort(new Set());
  const child = spawn(
    'mariadbd',
    [
      '--no-defaults',
      `--user=${userInfo().username}`,
      `--datadir=${dataDirectory}`,
      `--socket=${socketPath}`,
      `--port=${port}`,
      '--bind-address=127.0.0.1',
      `--tmpdir=${directory.path}`,
      `--pid-file=${path.join(directory.path, 'pid')}`,
      '--innodb-buffer-pool-size=64M',
      '--innodb-flush-log-at-trx-commit=0',
      '--skip-name-resolve',
      ...extraArguments,
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let output = '';
  child.stderr?.on('data', chunk => {
    output = (output + chunk).slice(-4000);
  });
  const connection = (database?: string) =>
    mysql.createConnection({
      socketPath,
      user: 'root',
      multipleStatements: false,
      supportBigNumbers: true,
      ...(database !== undefined && { database }),
    });
  for (let attempt = 0; ; attempt++) {
    try {
      await (await connection()).end();
      break;
    } catch (error) {
      if (child.exitCode !== null || attempt > 600)
        throw new Error(`mariadbd did not start: ${output}`, { cause: error });
      await new Promise(resolve => setTimeout(resolve, 50));
    }
  }
  // A test that starts the server anew puts its process in the place of the first.
  const kill = () => server.child.kill('SIGKILL');
  process.once('exit', kill);
  const server: TestServer = {
    host: '127.0.0.1',
    port,
    socketPath,
    user: 'root',
    dataDirectory,
    child,
    execute: (...statements) => runStatements(connection, statements),
    async query(sql, values) {
      const session = await connection();
      try {
        const [rows] = await session.query(sql, values);
        return rows as never;
      } finally {
        await session.end();
      }
    },
    connection,
    async stop() {
      process.removeListener('exit', kill);
      if (server.child.exitCode === null && server.child.signalCode === null) {
        server.child.kill('SIGKILL');
        await once(server.child, 'exit');
      }
      await directory.remove();
    },
  };
  return server;
}

/** An initialised data directory, made once per user and machine: initialising takes seconds. */
async function template(): Promise<string> {
  const ready = path.join(tmpdir(), `gr-mariadb-template-${userInfo().uid}`);
  if (await exists(path.join(ready, 'mysql'))) return ready;
  const draft = `${ready}.${process.pid}`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true });
  await systemProcesses.run('mariadb-install-db', [
    '--no-defaults',
    `--user=${userInfo().username}`,
    `--datadir=${draft}`,
    '--auth-root-authentication-method=normal',
    '--skip-test-db',
    '--skip-name-resolve',
    '--force',
  ]);
  try {
    await rename(draft, ready);
  } catch (error) {
    // Another test process was first.
    await rm(draft, { recursive: true, force: true });
    if (!(await exists(path.join(ready, 'mysql')))) throw error;
  }
  return ready;
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
