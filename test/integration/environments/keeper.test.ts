import assert from 'node:assert/strict';
import { readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { keeperClient, quitKeeper } from '../../../server/environments/keeperClient.ts';
import { hasReason } from '../../../server/platform/errors.ts';
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

  it('is looked for again after a look that failed', async () => {
    const program = path.join(directory.path, 'keeper.ts');
    const client = keeperClient(host, program);
    const place = path.join(directory.path, 'none');
    await assert.rejects(client.open(place), { code: 'ENOENT' });
    await symlink(entry, program);
    await assert.rejects(client.open(place), error => hasReason(error, 'process-failed'));
  });
});
