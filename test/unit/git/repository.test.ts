import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { openRepository } from '../../../server/git/repository.ts';
import { hasReason } from '../../../server/platform/errors.ts';
import {
  gitTestEnvironment,
  makeRepository,
  repositoryAt,
  type TestRepository,
} from '../../support/repository.ts';
import { temporaryDirectory, testHost } from '../../support/temporary.ts';

describe('openRepository', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let repository: TestRepository;
  let host: ReturnType<typeof testHost>;
  const open = (folder = repository.root) => openRepository(host, folder);

  beforeEach(async () => {
    directory = await temporaryDirectory();
    host = testHost(path.join(directory.path, 'store'), { environment: gitTestEnvironment() });
    repository = await makeRepository(path.join(directory.path, 'repo'));
  });
  afterEach(() => directory.remove());

  it('names the branch, and whether others are merged into it', async () => {
    await repository.commit('one');
    assert.deepEqual(await (await open()).head(), { kind: 'branch', name: 'main', isDefault: true });
    repository.git('checkout', '-q', '-b', 'feature/überschrift;rm${IFS}-rf');
    assert.deepEqual(await (await open()).head(), {
      kind: 'branch',
      name: 'feature/überschrift;rm${IFS}-rf',
      isDefault: false,
    });
    repository.git('pack-refs', '--all');
    assert.equal((await (await open()).head()).kind, 'branch');
  });

  it('tells an unborn branch and a detached HEAD', async () => {
    assert.deepEqual(await (await open()).head(), { kind: 'unborn', name: 'main' });
    const commit = await repository.commit('one');
    repository.git('checkout', '-q', '--detach');
    assert.deepEqual(await (await open()).head(), { kind: 'detached', commit, during: 'none' });
  });

  it('tells a rebase that stopped and a bisect that runs', async () => {
    const first = await repository.commit('one', { a: '1' });
    await repository.commit('two', { a: '2' });
    repository.git('checkout', '-q', '-b', 'feature', first);
    await repository.commit('three', { a: '3' });
    assert.throws(() => repository.git('rebase', 'main'));
    const stopped = await (await open()).head();
    assert.equal(stopped.kind === 'detached' && stopped.during, 'rebase');
    repository.git('rebase', '--abort');
    assert.equal((await (await open()).head()).kind, 'branch');
    for (const number of [1, 2, 3, 4]) await repository.commit(`more ${number}`);
    repository.git('bisect', 'start', 'HEAD', first);
    const bisecting = await (await open()).head();
    assert.equal(bisecting.kind === 'detached' && bisecting.during, 'bisect');
  });

  it('gives every worktree its own HEAD and all of them one project', async () => {
    await repository.commit('one');
    const other = path.join(directory.path, 'other tree');
    repository.git('worktree', 'add', '-q', '-b', 'other', other);
    const [main, linked] = [await open(), await open(other)];
    assert.equal(main.projectId, linked.projectId);
    assert.match(main.projectId, /^[0-9a-f]{16}$/);
    assert.deepEqual(await linked.head(), { kind: 'branch', name: 'other', isDefault: false });
    assert.equal((await main.head()).kind === 'branch' && (await main.head()).kind, 'branch');
    assert.deepEqual(
      (await main.worktrees()).map(({ path: tree, branch }) => [path.basename(tree), branch]),
      [
        ['repo', 'main'],
        ['other tree', 'other'],
      ],
    );
    repositoryAt(other).git('checkout', '-q', '--detach');
    assert.equal((await linked.head()).kind, 'detached');
    assert.equal((await main.head()).kind, 'branch');
  });

  it('opens from a folder inside, and a variable left by a hook does not mislead it', async () => {
    await repository.commit('one', { 'deep/er/file': 'x' });
    const stranger = await makeRepository(path.join(directory.path, 'stranger'));
    host = testHost(path.join(directory.path, 'store'), {
      environment: { ...gitTestEnvironment(), GIT_DIR: path.join(stranger.root, '.git') },
    });
    const opened = await open(path.join(repository.root, 'deep', 'er'));
    assert.equal(opened.root, repository.root);
  });

  it('finds the default branch: the remote’s, the configured, main, master, the only one', async () => {
    const defaultBranch = async () => (await open()).defaultBranch();
    assert.equal(await defaultBranch(), undefined);
    await repository.commit('one');
    repository.git('branch', '-m', 'trunk');
    assert.equal(await defaultBranch(), 'trunk');
    repository.git('branch', 'other');
    assert.equal(await defaultBranch(), undefined);
    repository.git('branch', 'master');
    assert.equal(await defaultBranch(), 'master');
    repository.git('branch', 'main');
    assert.equal(await defaultBranch(), 'main');
    repository.git('config', 'init.defaultBranch', 'trunk');
    assert.equal(await defaultBranch(), 'trunk');
    repository.git('config', 'init.defaultBranch', 'absent');
    assert.equal(await defaultBranch(), 'main');
    const clone = path.join(directory.path, 'clone');
    repository.git('symbolic-ref', 'HEAD', 'refs/heads/other');
    repository.git('clone', '-q', repository.root, clone);
    repository.git('-C', clone, 'branch', 'main');
    assert.equal(await (await open(clone)).defaultBranch(), 'other');
  });

  it('says that there is no repository, and what git refuses', async () => {
    const outside = path.join(directory.path, 'outside');
    await mkdir(outside);
    await assert.rejects(open(outside), error => hasReason(error, 'no-repository'));
    await assert.rejects(open(path.join(directory.path, 'missing')), error =>
      hasReason(error, 'no-repository'),
    );
    await repository.commit('one');
    await writeFile(path.join(repository.root, '.git', 'config'), '[core\nbroken');
    await assert.rejects(
      open(),
      error => hasReason(error, 'git-failed') && (error.detail ?? '').includes('config'),
    );
    const without = testHost(path.join(directory.path, 'store'), { environment: { PATH: '/nowhere' } });
    await assert.rejects(openRepository(without, repository.root), error =>
      hasReason(error, 'binary-missing'),
    );
  });

  it('knows who commits here, and says when nobody does', async () => {
    assert.deepEqual(await (await open()).identity(), { name: 'Ada', email: 'ada@example.org' });
    const { GIT_AUTHOR_NAME: _n, GIT_AUTHOR_EMAIL: _e, ...rest } = gitTestEnvironment();
    const nobody = testHost(path.join(directory.path, 'store'), { environment: { ...rest, EMAIL: '' } });
    repository.git('config', 'user.useConfigOnly', 'true');
    await assert.rejects((await openRepository(nobody, repository.root)).identity(), error =>
      hasReason(error, 'git-failed'),
    );
    repository.git('config', 'user.name', 'Grace <H>');
    repository.git('config', 'user.email', 'grace@example.org');
    assert.equal(
      (await (await openRepository(nobody, repository.root)).identity()).email,
      'grace@example.org',
    );
  });

  it('finds common ancestors, and none of unrelated histories or missing names', async () => {
    const base = await repository.commit('one', { a: '1' });
    repository.git('checkout', '-q', '-b', 'feature');
    await repository.commit('two', { b: '1' });
    const opened = await open();
    assert.equal(await opened.mergeBase('main', 'feature'), base);
    assert.equal(await opened.mergeBase('main', 'absent'), undefined);
    repository.git('checkout', '-q', '--orphan', 'alone');
    await repository.commit('three');
    assert.equal(await opened.mergeBase('main', 'alone'), undefined);
    assert.equal(await opened.resolve('--help'), undefined);
  });
});
