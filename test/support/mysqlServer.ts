import path from 'node:path';
import mysql from 'mysql2/promise';
import { findBinaries } from '../../server/database/binaries.ts';
import { initializeServer, startServer, stopServer } from '../../server/database/privateServer.ts';
import { mysqlDirectory } from './mysql.ts';
import { runStatements } from './statements.ts';
import { temporaryDirectory, testHost } from './temporary.ts';

/** A real MySQL server of this test's own, reached over its socket. Call `needsMysql` first. */
export interface MysqlServer {
  port: 0;
  socketPath: string;
  user: string;
  password: string;
  /** For what belongs to the test; goes with the server. */
  directory: string;
  execute(...statements: string[]): Promise<void>;
  connection(database?: string): Promise<mysql.Connection>;
  stop(): Promise<void>;
}

export async function startMysql(): Promise<MysqlServer> {
  const binaries = await mysqlDirectory();
  const temporary = await temporaryDirectory();
  const host = testHost(path.join(temporary.path, 'h'));
  const found = await findBinaries(host, 'mysql', binaries);
  const directory = path.join(temporary.path, 'm');
  await initializeServer(host, found, directory);
  const running = await startServer(host, found, directory, { mode: 'load', port: 0 });
  const { socketPath = '', user, password = '' } = running.address;
  const connection = (database?: string) =>
    mysql.createConnection({ socketPath, user, password, ...(database !== undefined && { database }) });
  return {
    port: 0,
    socketPath,
    user,
    password,
    directory: temporary.path,
    connection,
    execute: (...statements) => runStatements(connection, statements),
    async stop() {
      await stopServer(host, running, { clean: false });
      await temporary.remove();
    },
  };
}
