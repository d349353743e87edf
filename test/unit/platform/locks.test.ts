import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { acquireLock, withLock } from '../../../server/platform/locks.ts';
import { temporaryDirectory, testHost } from '../../support/temporary.ts';

const support = path.resolve(import.meta.dirname, '../../support/temporary.ts');
const locks = path.resolve(import.meta.dirname, '../../../server/platform/locks.ts');

describe('a lock', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  beforeEach(async () => {
    directory = await temporaryDirectory();
  });
  afterEach(() => directory.remove());

  it('is held by one at a time and names its owner to the others', async () => {
    const host = testHost(directory.path);
    await withLock(host, 'a/b c', { purpose: 'first' }, async () => {
      await assert.rejects(acquireLock(host, 'a/b c', { purpose: 'second' }), error => {
        assert.match(String(error), new RegExp(`first, process ${process.pid}`));
        return true;
      });
    });
    await (await acquireLock(host, 'a/b c', { purpose: 'third' }))();
    assert.deepEqual(await readdir(host.paths.locks), []);
  });

  it('serialises many that wait', async () => {
    const host = testHost(directory.path);
    let inside = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 12 }, () =>
        withLock(host, 'busy', { purpose: 'x', wait: 30_000 }, async () => {
          most = Math.max(most, ++inside);
          await new Promise(resolve => setTimeout(resolve, 2));
          inside--;
        }),
      ),
    );
    assert.equal(most, 1);
  });

  it('is taken over from an owner that was killed', async () => {
    const host = testHost(directory.path);
    const program = `import { testHost } from ${JSON.stringify(support)}; import { acquireLock } from ${JSON.stringify(locks)};
      await acquireLock(testHost(${JSON.stringify(directory.path)}), 'gone', { purpose: 'dying' }); console.log('held'); setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    await assert.rejects(acquireLock(host, 'gone', { purpose: 'x' }), { reason: 'locked' });
    child.kill('SIGKILL');
    await once(child, 'exit');
    await (await acquireLock(host, 'gone', { purpose: 'x' }))();
  });
});
