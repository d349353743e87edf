import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { acquireLock, withLock } from '../../../server/platform/locks.ts';
import { eventually } from '../../support/eventually.ts';
import { type KillAt, killAtProgram, killAtVariable } from '../../support/killAt.ts';
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

  /** Takes the lock in a process of its own, says so, and holds it until it is killed. */
  const take = (killAt?: KillAt) => {
    const program = `import { testHost } from ${JSON.stringify(support)}; import { acquireLock } from ${JSON.stringify(locks)};
      await acquireLock(testHost(${JSON.stringify(directory.path)}), 'gone', { purpose: 'dying' }); console.log('held'); setInterval(() => {}, 1000);`;
    return spawn(
      process.execPath,
      ['--import', killAtProgram, '--input-type=module-typescript', '-e', program],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, [killAtVariable]: killAt && JSON.stringify(killAt) },
      },
    );
  };
  const killedWhileHeld = async () => {
    const child = take();
    await once(child.stdout, 'data');
    await assert.rejects(acquireLock(testHost(directory.path), 'gone', { purpose: 'x' }), {
      reason: 'locked',
    });
    child.kill('SIGKILL');
    await once(child, 'exit');
  };

  /** Locks, not the drafts of them that one who was killed leaves. */
  const left = async () =>
    (await readdir(path.join(directory.path, 'locks'))).filter(
      name => !/\.lock\.(stale\.)?[0-9a-f]+$/.test(name),
    );

  it('is taken over from an owner that was killed', async () => {
    await killedWhileHeld();
    const host = testHost(directory.path);
    await (await acquireLock(host, 'gone', { purpose: 'x' }))();
    assert.deepEqual(await readdir(host.paths.locks), []);
  });

  it('is not taken from whoever took it over, by one that saw the dead owner before', async () => {
    await killedWhileHeld();
    const host = testHost(directory.path);
    const file = path.join(host.paths.locks, 'gone.lock');
    const late = take({ moment: String.raw`before link .*\.stale$`, signal: 'SIGSTOP' });
    const ended = once(late, 'exit');
    await eventually(async () => assert.match(await readFile(`/proc/${late.pid}/stat`, 'utf8'), /\) T /));
    const release = await acquireLock(host, 'gone', { purpose: 'x' });
    const { ctimeMs } = await stat(file);
    late.kill('SIGCONT');
    const [code] = await ended;
    assert.equal(code, 1, 'it was told that the lock is taken');
    assert.equal((await stat(file)).ctimeMs, ctimeMs, 'it was never away');
    await release();
    assert.deepEqual(
      (await readdir(host.paths.locks)).filter(name => !name.includes('.lock.')),
      [],
    );
  });

  it('is taken over although one that was about to do so was killed', async () => {
    await killedWhileHeld();
    const host = testHost(directory.path);
    const [, signal] = await once(take({ moment: String.raw`after link .*\.stale$` }), 'exit');
    assert.equal(signal, 'SIGKILL');
    await (await acquireLock(host, 'gone', { purpose: 'x' }))();
    assert.deepEqual(await left(), []);
  });
});
