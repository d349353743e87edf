import { findBinaries } from '../../server/database/binaries.ts';
import type { SealedData } from '../../server/database/clone.ts';
import { connect } from '../../server/database/connection.ts';
import { initializeServer, startServer, stopServer } from '../../server/database/privateServer.ts';
import { quoteName } from '../../server/database/quote.ts';
import { sealServer } from '../../server/database/seal.ts';
import type { Flavour } from '../../server/database/serverInfo.ts';
import type { Host } from '../../server/platform/host.ts';

export interface SealedOptions {
  flavour?: Flavour;
  database?: string;
  /** Run in the database before it is sealed. */
  statements?: readonly string[];
  binariesDirectory?: string;
}

/** Sealed data as a base build leaves it, without production and scrubber: a real server, filled and shut down. */
export async function makeSealed(
  host: Host,
  directory: string,
  options: SealedOptions = {},
): Promise<SealedData> {
  const { flavour = 'mariadb', database = 'shop', statements = [], binariesDirectory } = options;
  const binaries = await findBinaries(host, flavour, binariesDirectory);
  await initializeServer(host, binaries, directory);
  const server = await startServer(host, binaries, directory, { mode: 'load', port: 0 });
  try {
    const connection = await connect(host, server.address);
    try {
      await connection.execute(`CREATE DATABASE ${quoteName(database)}`);
      await connection.execute(`USE ${quoteName(database)}`);
      for (const statement of statements) await connection.execute(statement);
    } finally {
      await connection.close();
    }
    await sealServer(host, binaries, server);
  } catch (error) {
    await stopServer(host, server, { clean: false });
    throw error;
  }
  return {
    directory,
    flavour,
    version: binaries.version,
    database,
    ...(binariesDirectory !== undefined && { binariesDirectory }),
  };
}
