import assert from 'node:assert/strict';
import path from 'node:path';
import { mergeStatus } from '../../../server/git/merged.ts';
import { openRepository } from '../../../server/git/repository.ts';
import {
  gitTestEnvironment,
  makeRepository,
  repositoryAt,
  type TestRepository,
} from '../../support/repository.ts';
import { temporaryDirectory, testHost } from '../../support/temporary.ts';

describe('mergeStatus', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let repository: TestRepository;
  let host: ReturnType<typeof testHost>;
  const lines = (...changed: string[]) =>
    Array.from({ length: 30 }, (_, i) => changed.find(line => line.startsWith(`${i} `)) ?? `${i} line`).join(
      '\n',
    );
  const status = async (branch = 'feature', lastCommit?: string) =>
    mergeStatus(host, await openRepository(host, repository.root), branch, 'main', lastCommit);

  beforeEach(async () => {
    directory = await temporaryDirectory();
    host = testHost(path.join(directory.path, 'store'), { environment: gitTestEnvironment() });
    repository = await makeRepository(path.join(directory.path, 'repo'));
    await repository.commit('start', { text: lines(), other: 'x\n' });
    repository.git('checkout', '-q', '-b', 'feature');
  });
  afterEach(() => directory.remove());

  /** Two commits on feature, then back on main. */
  const work = async () => {
    await repository.commit('first', { text: lines('3 mine') });
    await repository.commit('second', { new: 'file\n', text: lines('3 mine', '20 mine') });
    repository.git('checkout', '-q', 'main');
  };

  it('is not merged while it has no commit of its own', async () => {
    assert.deepEqual(await status(), { merged: false });
    repository.git('checkout', '-q', 'main');
    await repository.commit('others', { other: 'y\n' });
    assert.deepEqual(await status(), { merged: false }, 'main went on');
    repository.git('checkout', '-q', 'feature');
    repository.git('merge', '-q', '--ff-only', 'main');
    assert.deepEqual(await status(), { merged: false }, 'it followed main');
    repository.git('checkout', '-q', 'main');
    await repository.commit('more', { other: 'z\n' });
    repository.git('checkout', '-q', 'feature');
    repository.git('rebase', '-q', 'main');
    assert.deepEqual(await status(), { merged: false }, 'a rebase of nothing');
    repository.git('reset', '-q', '--hard', 'main~1');
    assert.deepEqual(await status(), { merged: false }, 'it was reset to an older main');
  });

  it('is not merged while main lacks its work', async () => {
    await work();
    assert.deepEqual(await status(), { merged: false });
    await repository.commit('others', { other: 'y\n' });
    assert.deepEqual(await status(), { merged: false });
    repository.git('cherry-pick', 'feature~1');
    assert.deepEqual(await status(), { merged: false }, 'half of it');
  });

  it('sees a merge commit', async () => {
    await work();
    repository.git('merge', '-q', '--no-ff', '-m', 'merge', 'feature');
    assert.deepEqual(await status(), { merged: true, how: 'merge' });
    await repository.commit('later', { other: 'y\n' });
    assert.deepEqual(await status(), { merged: true, how: 'merge' });
  });

  it('sees a fast-forward', async () => {
    await work();
    repository.git('merge', '-q', '--ff-only', 'feature');
    assert.deepEqual(await status(), { merged: true, how: 'fast-forward' });
    await repository.commit('later', { other: 'y\n' });
    assert.deepEqual(await status(), { merged: true, how: 'fast-forward' });
  });

  it('sees commits that were rebased onto main', async () => {
    await work();
    await repository.commit('others', { other: 'y\n' });
    repository.git('cherry-pick', 'feature~1', 'feature');
    assert.deepEqual(await status(), { merged: true, how: 'rebase' });
  });

  it('sees a squash, also after main went on over the same file', async () => {
    await work();
    await repository.commit('others', { other: 'y\n' });
    repository.git('merge', '-q', '--squash', 'feature');
    await repository.commit('feature (#12)');
    assert.deepEqual(await status(), { merged: true, how: 'squash' });
    await repository.commit('later', { text: lines('3 changed again', '20 too') });
    assert.deepEqual(await status(), { merged: true, how: 'squash' });
  });

  it('sees a squash whose patch reads differently because the lines around it had changed', async () => {
    await work();
    await repository.commit('others', { text: lines('6 theirs', '17 theirs') });
    repository.git('merge', '-q', '--squash', 'feature');
    await repository.commit('feature (#12)');
    assert.deepEqual(await status(), { merged: true, how: 'squash' });
  });

  it('sees a squash after main was merged back into the branch', async () => {
    await work();
    repository.git('merge', '-q', '--squash', 'feature');
    await repository.commit('feature (#12)');
    repository.git('checkout', '-q', 'feature');
    repository.git('merge', '-q', '-m', 'back', 'main');
    assert.deepEqual(await status(), { merged: true, how: 'squash' });
    await repository.commit('goes on', { new: 'more\n' });
    assert.deepEqual(await status(), { merged: false }, 'new work');
  });

  it('sees a binary file squashed, and tells it from another one', async () => {
    await repository.commit('picture', { picture: Buffer.from([0, 1, 2, 255]) });
    repository.git('checkout', '-q', 'main');
    await repository.commit('another picture', { picture: Buffer.from([0, 9, 9, 9]) });
    assert.deepEqual(await status(), { merged: false });
    repository.git('reset', '-q', '--hard', 'HEAD~1');
    await repository.commit('others', { other: 'y\n' });
    repository.git('merge', '-q', '--squash', 'feature');
    await repository.commit('picture (#3)');
    assert.equal((await status()).merged, true);
  });

  it('does not take empty or reverted work for merged', async () => {
    await repository.commit('to run the checks again');
    assert.deepEqual(await status(), { merged: false });
    await repository.commit('try', { new: 'x' });
    repository.git('revert', '--no-edit', 'HEAD');
    assert.deepEqual(await status(), { merged: false });
  });

  it('looks at main as it was last fetched, and at a branch whose remote is gone', async () => {
    const remote = path.join(directory.path, 'remote.git');
    repository.git('clone', '-q', '--bare', repository.root, remote);
    repository.git('-C', remote, 'symbolic-ref', 'HEAD', 'refs/heads/main');
    repository.git('remote', 'add', 'origin', remote);
    repository.git('fetch', '-q');
    await repository.commit('first', { text: lines('3 mine') });
    await repository.commit('second', { new: 'file\n' });
    repository.git('push', '-q', '-u', 'origin', 'feature');
    const colleague = path.join(directory.path, 'colleague');
    repository.git('clone', '-q', '-b', 'main', remote, colleague);
    const theirs = repositoryAt(colleague);
    theirs.git('merge', '-q', '--squash', 'origin/feature');
    // Changed while it was merged: neither the patch nor the result is the branch's.
    await theirs.commit('feature, polished', { new: 'file, polished\n' });
    theirs.git('push', '-q', 'origin', 'main');
    repository.git('fetch', '-q');
    assert.deepEqual(await status(), { merged: false }, 'the remote branch is still there');
    theirs.git('push', '-q', 'origin', ':feature');
    repository.git('fetch', '-q', '--prune');
    assert.deepEqual(await status(), { merged: true, how: 'squash' });
  });

  it('does not take a deleted remote branch alone for a merge', async () => {
    const remote = path.join(directory.path, 'remote.git');
    repository.git('clone', '-q', '--bare', repository.root, remote);
    repository.git('-C', remote, 'symbolic-ref', 'HEAD', 'refs/heads/main');
    repository.git('remote', 'add', 'origin', remote);
    await repository.commit('first', { text: lines('3 mine') });
    repository.git('push', '-q', '-u', 'origin', 'feature');
    repository.git('push', '-q', 'origin', ':feature');
    repository.git('fetch', '-q', '--prune');
    assert.deepEqual(await status(), { merged: false });
  });

  it('judges a branch that is gone by its last commit', async () => {
    await work();
    const tip = repository.git('rev-parse', 'feature');
    repository.git('merge', '-q', '--no-ff', '-m', 'merge', 'feature');
    repository.git('branch', '-q', '-D', 'feature');
    assert.deepEqual(await status(), { merged: false });
    assert.deepEqual(await status('feature', tip), { merged: true, how: 'merge' });
  });

  it('says no about unrelated histories and the default branch itself', async () => {
    repository.git('checkout', '-q', '--orphan', 'alone');
    await repository.commit('alone');
    assert.deepEqual(await status('alone'), { merged: false });
    assert.deepEqual(await status('main'), { merged: false });
    assert.deepEqual(await status('absent'), { merged: false });
  });
});
