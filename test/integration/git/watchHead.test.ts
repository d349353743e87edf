import assert from 'node:assert/strict';
import path from 'node:path';
import { openRepository } from '../../../server/git/repository.ts';
import { watchHead } from '../../../server/git/watchHead.ts';
import { systemClock } from '../../../server/platform/clock.ts';
import {
  gitTestEnvironment,
  makeRepository,
  repositoryAt,
  type TestRepository,
} from '../../support/repository.ts';
import { temporaryDirectory, testHost } from '../../support/temporary.ts';
import { until } from '../../support/until.ts';

describe('watchHead', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let repository: TestRepository;
  let host: ReturnType<typeof testHost>;
  let closers: { close(): void }[];

  beforeEach(async () => {
    closers = [];
    directory = await temporaryDirectory();
    host = testHost(path.join(directory.path, 'store'), { environment: gitTestEnvironment() });
    repository = await makeRepository(path.join(directory.path, 'repo'));
    await repository.commit('start', { a: '1' });
  });
  afterEach(async () => {
    for (const closer of closers) closer.close();
    await directory.remove();
  });

  /** Counts the calls, and waits for one more after an action. */
  async function watching(folder = repository.root) {
    let calls = 0;
    closers.push(watchHead(host, await openRepository(host, folder), () => calls++));
    return async (what: string, action: () => unknown) => {
      const before = calls;
      await action();
      await until(() => calls > before, what);
    };
  }

  it('tells of everything that moves HEAD or a ref', async () => {
    const tells = await watching();
    await tells('checkout', () => repository.git('checkout', '-q', '-b', 'feature/deep'));
    await tells('commit', () => repository.commit('more', { a: '2' }));
    await tells('detach', () => repository.git('checkout', '-q', '--detach'));
    await tells('pack', () => repository.git('pack-refs', '--all'));
    await tells('rename', () => repository.git('branch', '-m', 'feature/deep', 'feature/renamed'));
    await tells('tracking', () => repository.git('update-ref', 'refs/remotes/origin/x/y', 'HEAD'));
    await tells('bisect', () => repository.git('bisect', 'start'));
  });

  it('gives every worktree news of its own HEAD', async () => {
    const other = path.join(directory.path, 'other');
    repository.git('worktree', 'add', '-q', '-b', 'other', other);
    const tells = await watching(other);
    await tells('checkout', () => repositoryAt(other).git('checkout', '-q', '--detach'));
  });

  it('notices without any watch, by looking', async () => {
    let looks = 0;
    const clock = {
      ...systemClock,
      sleep(_ms: number, signal?: AbortSignal) {
        looks++;
        return systemClock.sleep(10, signal);
      },
    };
    const opened = await openRepository(host, repository.root);
    let calls = 0;
    const refuse = () => {
      throw Object.assign(new Error('no watches left'), { code: 'ENOSPC' });
    };
    const count = () => calls++;
    closers.push(watchHead({ ...host, clock }, opened, count, refuse));
    await until(() => looks > 0, 'it looks');
    repository.git('checkout', '-q', '-b', 'feature');
    await until(() => calls > 0, 'checkout');
    assert.ok(calls > 0);
  });

  it('is silent once it is closed', async () => {
    let calls = 0;
    const watcher = watchHead(host, await openRepository(host, repository.root), () => calls++);
    const tells = await watching();
    watcher.close();
    await tells('checkout', () => repository.git('checkout', '-q', '-b', 'feature'));
    assert.equal(calls, 0);
  });
});
