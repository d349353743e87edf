import assert from 'node:assert/strict';
import path from 'node:path';
import { lastPush } from '../../../server/git/pushes.ts';
import { formerNames, renamedBranch } from '../../../server/git/renames.ts';
import { openRepository } from '../../../server/git/repository.ts';
import {
  gitTestEnvironment,
  makeRepository,
  repositoryAt,
  type TestRepository,
} from '../../support/repository.ts';
import { temporaryDirectory, testHost } from '../../support/temporary.ts';

const day = 86_400;
const start = 1_760_000_000;

describe('pushes and renames', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let repository: TestRepository;
  let host: ReturnType<typeof testHost>;
  const open = () => openRepository(host, repository.root);

  beforeEach(async () => {
    directory = await temporaryDirectory();
    host = testHost(path.join(directory.path, 'store'), { environment: gitTestEnvironment() });
    repository = await makeRepository(path.join(directory.path, 'repo'));
    await repository.commit('start', { a: '1' });
  });
  afterEach(() => directory.remove());

  it('counts pushes of ours and of others, when they are fetched', async () => {
    const remote = path.join(directory.path, 'remote.git');
    repository.git('clone', '-q', '--bare', repository.root, remote);
    repository.git('-C', remote, 'symbolic-ref', 'HEAD', 'refs/heads/main');
    repository.git('remote', 'add', 'origin', remote);
    repository.git('checkout', '-q', '-b', 'feature');
    const pushed = async () => (await lastPush(host, await open(), 'feature'))?.getTime();
    assert.equal(await pushed(), undefined);
    repository.gitAt(start, 'push', '-q', '-u', 'origin', 'feature');
    assert.equal(await pushed(), start * 1000);
    await repository.commit('more', { a: '2' });
    assert.equal(await pushed(), start * 1000, 'a commit is no push');
    repository.gitAt(start + day, 'push', '-q');
    assert.equal(await pushed(), (start + day) * 1000);
    const colleague = path.join(directory.path, 'colleague');
    repository.git('clone', '-q', '-b', 'feature', remote, colleague);
    await repositoryAt(colleague).commit('theirs', { b: '1' });
    repositoryAt(colleague).git('push', '-q');
    repository.gitAt(start + 2 * day, 'fetch', '-q');
    assert.equal(await pushed(), (start + 2 * day) * 1000);
    repository.gitAt(start + 3 * day, 'fetch', '-q');
    assert.equal(await pushed(), (start + 2 * day) * 1000, 'a fetch without news is no push');
    repository.git('push', '-q', 'origin', ':feature');
    assert.equal(await pushed(), undefined);
  });

  it('takes the commit’s date where no reflog is kept', async () => {
    repository.git('config', 'core.logAllRefUpdates', 'false');
    const remote = path.join(directory.path, 'remote.git');
    repository.git('clone', '-q', '--bare', repository.root, remote);
    repository.git('-C', remote, 'symbolic-ref', 'HEAD', 'refs/heads/main');
    repository.git('remote', 'add', 'origin', remote);
    repository.git('checkout', '-q', '-b', 'feature');
    repository.gitAt(start, 'commit', '-q', '--allow-empty', '-m', 'x');
    repository.git('push', '-q', 'origin', 'feature');
    assert.equal((await lastPush(host, await open(), 'feature'))?.getTime(), start * 1000);
  });

  it('follows a branch through its renames', async () => {
    repository.git('branch', 'first');
    assert.equal(await renamedBranch(host, await open(), 'first'), undefined, 'it is still there');
    repository.git('branch', '-m', 'first', 'second/name');
    assert.equal(await renamedBranch(host, await open(), 'first'), 'second/name');
    repository.git('branch', '-m', 'second/name', 'third');
    assert.equal(await renamedBranch(host, await open(), 'first'), 'third');
    assert.deepEqual(await formerNames(host, await open(), 'third'), ['second/name', 'first']);
    repository.git('branch', '-D', 'third');
    assert.equal(await renamedBranch(host, await open(), 'first'), undefined, 'it is gone');
  });

  it('does not take a copy, or another branch at the same commit, for a rename', async () => {
    repository.git('branch', 'first');
    repository.git('branch', 'beside');
    const lastCommit = repository.git('rev-parse', 'first');
    repository.git('branch', '-D', 'first');
    assert.equal(await renamedBranch(host, await open(), 'first', { lastCommit }), undefined);
  });

  it('goes by the commit where no reflog is kept', async () => {
    repository.git('config', 'core.logAllRefUpdates', 'false');
    repository.git('checkout', '-q', '-b', 'first');
    const lastCommit = await repository.commit('own', { a: '2' });
    repository.git('branch', '-m', 'first', 'second');
    assert.equal(await renamedBranch(host, await open(), 'first', { lastCommit }), 'second');
    assert.equal(
      await renamedBranch(host, await open(), 'first', { lastCommit, isKnown: name => name === 'second' }),
      undefined,
    );
    repository.git('branch', 'third');
    assert.equal(
      await renamedBranch(host, await open(), 'first', { lastCommit }),
      undefined,
      'two could be it',
    );
  });
});
