import { fileURLToPath } from 'node:url';
import { systemHost } from './backend/systemHost.ts';
import { isKept, noteKeeperBuild } from './environments/keeperClient.ts';
import { KeeperServer } from './keeper/keeperServer.ts';
import { hasReason } from './platform/errors.ts';
import { acquireLock } from './platform/locks.ts';

/**
 * The store's keeper process. It outlives the windows and command lines that start it: an application in an
 * environment may send mail, or connect to its sleeping database, when no editor is open.
 */
const host = await systemHost((level, line) =>
  process.stdout.write(`${new Date().toISOString()} ${level} ${line}\n`),
);
try {
  const release = await takeOffice();
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

/** The keeper's lock, or `undefined` when another keeper answers. One that is just ending is waited for. */
async function takeOffice(): Promise<(() => Promise<void>) | undefined> {
  const deadline = host.clock.elapsed() + 40_000;
  for (;;) {
    try {
      return await acquireLock(host, 'keeper', { purpose: 'keeper' });
    } catch (error) {
      if (!hasReason(error, 'locked') || host.clock.elapsed() > deadline) throw error;
    }
    if (await isKept(host)) return undefined;
    await host.clock.sleep(25);
  }
}
