import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile, rm, symlink, watch, writeFile } from 'node:fs/promises';
import { createConnection, createServer } from 'node:net';
import path from 'node:path';
import { keeperClient, keeperSocket, quitKeeper } from '../../../server/environments/keeperClient.ts';
import { hasReason } from '../../../server/platform/errors.ts';
import { acquireLock } from '../../../server/platform/locks.ts';
import { eventually } from '../../support/eventually.ts';
import { temporaryDirectory, testHost } from '../../support/temporary.ts';

const entry = path.resolve(import.meta.dirname, '../../../server/keeper.ts');

describe('the keeper’s program', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let host: ReturnType<typeof testHost>;

  before(async () => {
    directory = await temporaryDirectory();
    host = testHost(path.join(directory.path, 'store'));
  });
  after(async () => {
    await quitKeeper(host);
    await directory.remove();
  });

  /** Asks a fresh client, as a new window would; there is no environment, which the keeper says. */
  async function keeperAfterAsking(): Promise<number> {
    await assert.rejects(keeperClient(host, entry).open(path.join(directory.path, 'none')), error =>
      hasReason(error, 'process-failed'),
    );
    const lock = await readFile(path.join(host.paths.locks, 'keeper.lock'), 'utf8');
    return (JSON.parse(lock) as { pid: number }).pid;
  }

  it('is shared by all clients, and makes way for a newer build, once', async () => {
    const first = await keeperAfterAsking();
    assert.equal(await keeperAfterAsking(), first);
    // As if it had been started by an older version.
    await writeFile(path.join(host.paths.run, 'keeper.json'), JSON.stringify({ builtAt: 1 }));
    const second = await keeperAfterAsking();
    assert.notEqual(second, first);
    assert.equal(await host.processes.identify(first), undefined);
    assert.equal(await keeperAfterAsking(), second);
  });

  it('does not make way for an older one', async () => {
    const running = await keeperAfterAsking();
    await writeFile(path.join(host.paths.run, 'keeper.json'), JSON.stringify({ builtAt: Date.now() + 1e6 }));
    assert.equal(await keeperAfterAsking(), running);
  });

  it('waits for one that is just ending, and takes its place', async () => {
    await quitKeeper(host);
    // An ending keeper listens no more, and has not let go of its lock yet.
    const release = await acquireLock(host, 'keeper', { purpose: 'keeper' });
    const tries = watch(host.paths.locks);
    const asked = keeperAfterAsking();
    for await (const { filename } of tries) if (filename?.startsWith('keeper.lock.')) break;
    await release();
    assert.ok(await host.processes.identify(await asked));
  });

  it('goes on with another one when the one it asks goes away', async () => {
    await quitKeeper(host);
    const release = await acquireLock(host, 'keeper', { purpose: 'keeper' });
    const socket = keeperSocket(host);
    const ending = createServer(client => {
      ending.close();
      client.once(
        'data',
        () =>
          void rm(socket, { force: true })
            .then(release)
            .then(() => client.destroy()),
      );
    });
    ending.listen(socket);
    await once(ending, 'listening');
    assert.notEqual(await keeperAfterAsking(), process.pid);
  });

  it('lives on when a client is killed that has not read its answer', async () => {
    const running = await keeperAfterAsking();
    const client = createConnection(keeperSocket(host)).pause();
    await once(client, 'connect');
    client.write(`${JSON.stringify({ verb: 'open', directory: path.join(directory.path, 'none') })}\n`);
    // About the same place one answer comes after the other: the first one is written now.
    assert.equal(await keeperAfterAsking(), running);
    client.destroy();
    await once(client, 'close');
    for (let again = 0; again < 3; again++) assert.equal(await keeperAfterAsking(), running);
  });

  it('is gone, with all that it held, when it was told to quit', async () => {
    const running = await keeperAfterAsking();
    await quitKeeper(host);
    await assert.rejects(readFile(path.join(host.paths.locks, 'keeper.lock')), { code: 'ENOENT' });
    await eventually(async () => assert.equal(await host.processes.identify(running), undefined));
  });

  it('is looked for again after a look that failed', async () => {
    const program = path.join(directory.path, 'keeper.ts');
    const client = keeperClient(host, program);
    const place = path.join(directory.path, 'none');
    await assert.rejects(client.open(place), { code: 'ENOENT' });
    await symlink(entry, program);
    await assert.rejects(client.open(place), error => hasReason(error, 'process-failed'));
  });
});
