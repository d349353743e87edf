import { fileURLToPath } from 'node:url';
import { systemHost } from './backend/systemHost.ts';
import { noteKeeperBuild, takeOffice } from './environments/keeperClient.ts';
import { KeeperServer } from './keeper/keeperServer.ts';

/**
 * The store's keeper process. It outlives the windows and command lines that start it: an application in an
 * environment may send mail, or connect to its sleeping database, when no editor is open.
 */
const host = await systemHost((level, line) =>
  process.stdout.write(`${new Date().toISOString()} ${level} ${line}\n`),
);
try {
  const release = await takeOffice(host);
  if (release === undefined) process.exit(0);
  await noteKeeperBuild(host, fileURLToPath(import.meta.url));
  const server = new KeeperServer(host, { lookEvery: 5_000, emptyFor: 60_000 });
  const quit = async () => {
    await release();
    process.exit(0);
  };
  process.once('SIGTERM', () => void quit());
  process.once('SIGINT', () => void quit());
  await server.run();
  await quit();
} catch (error) {
  host.log.error('the keeper ended', { problem: error });
  process.exit(1);
}
