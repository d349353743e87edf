import assert from 'node:assert/strict';
import { chmod, lstat, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { SyncReport } from '../../../server/files/applyBranch.ts';
import type { Overlay } from '../../../server/files/overlay.ts';
import { type SyncOptions, syncBranch } from '../../../server/files/sync.ts';
import { syncPaths } from '../../../server/files/syncPaths.ts';
import { watchBranch } from '../../../server/files/watch.ts';
import { errorCode } from '../../../server/platform/errors.ts';
import { unattended } from '../../../server/platform/progress.ts';
import { makeRepository, type TestRepository } from '../../support/repository.ts';
import { needsDriver, TestSite } from '../../support/site.ts';
import { until } from '../../support/until.ts';

const eventually = (what: string, question: () => boolean | Promise<boolean>) => until(question, what);

describe('watchBranch', () => {
  let site: TestSite;
  let repository: TestRepository;
  let overlay: Overlay;
  let options: SyncOptions;
  let watcher: { close(): void } | undefined;
  let reports: SyncReport[];

  before(function () {
    needsDriver(this, 'overlayfs');
  });
  beforeEach(async () => {
    site = await TestSite.make('overlayfs');
    repository = await makeRepository(path.join(site.root, 'repo'));
    const files = { 'index.php': 'index\n', 'app/A.php': 'A\n', 'app/B.php': 'B\n' };
    await repository.commit('start', { ...files, '.gitignore': 'vendor/\n' });
    await site.fill(files);
    repository.git('checkout', '-q', '-b', 'feature');
    overlay = await site.overlay();
    options = {
      worktree: repository.root,
      branch: 'feature',
      overlay,
      rules: [{ from: '.', to: '.', exclude: [] }],
      mergeBase: repository.git('rev-parse', 'main'),
      stateFile: path.join(site.root, 'sync.json'),
      exclude: [],
    };
    reports = [];
    await syncBranch(site.host, options, unattended);
  });
  afterEach(async () => {
    watcher?.close();
    watcher = undefined;
    // A sync under way ends before the site is taken away.
    await syncBranch(site.host, options, unattended);
    await site.remove();
  });

  const start = async () => {
    watcher = await watchBranch(site.host, options, report => reports.push(report));
  };
  const content = async (file: string): Promise<string | undefined> => {
    try {
      return await readFile(path.join(overlay.site, file), 'utf8');
    } catch (error) {
      if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return undefined;
      throw error;
    }
  };
  const becomes = (file: string, expected: string | undefined) =>
    eventually(`${file} is ${expected}`, async () => (await content(file)) === expected);

  it('follows saves in place and by renaming, new files, deletes, renames and modes', async () => {
    await start();
    await repository.write('app/A.php', 'A2\n');
    await becomes('app/A.php', 'A2\n');
    await repository.write('app/.A.php.swp', 'A3\n');
    await rename(path.join(repository.root, 'app/.A.php.swp'), path.join(repository.root, 'app/A.php'));
    await becomes('app/A.php', 'A3\n');
    await repository.write('new', 'new');
    await becomes('new', 'new');
    await repository.remove('new');
    await becomes('new', undefined);
    await rename(path.join(repository.root, 'index.php'), path.join(repository.root, 'Index.php'));
    await becomes('index.php', undefined);
    await becomes('Index.php', 'index\n');
    await chmod(path.join(repository.root, 'app/B.php'), 0o755);
    await eventually('executable', async () => {
      return ((await lstat(path.join(overlay.site, 'app/B.php'))).mode & 0o100) !== 0;
    });
    // A report comes after what it tells of shows.
    await eventually('six reports', () => reports.length >= 6);
  });

  it('follows new directories, moved ones and removed ones', async () => {
    await start();
    await repository.write('deep/er/still/file', 'x');
    await becomes('deep/er/still/file', 'x');
    await repository.write('deep/er/still/later', 'y');
    await becomes('deep/er/still/later', 'y');
    await rename(path.join(repository.root, 'deep/er'), path.join(repository.root, 'moved'));
    await becomes('moved/still/file', 'x');
    await becomes('deep/er/still/file', undefined);
    await repository.write('moved/still/again', 'z');
    await becomes('moved/still/again', 'z');
    await rm(path.join(repository.root, 'app'), { recursive: true });
    await becomes('app/A.php', undefined);
    await eventually('no directory', async () => (await content('app/A.php')) === undefined);
  });

  it('does not bring ignored files, and notices when that changes', async () => {
    await start();
    await repository.write('vendor/lib/x.php', 'x');
    await repository.write('app/A.php', 'A2\n');
    await becomes('app/A.php', 'A2\n');
    assert.equal(await content('vendor/lib/x.php'), undefined);
    await repository.write('.gitignore', '');
    await becomes('vendor/lib/x.php', 'x');
    await repository.write('vendor/lib/x.php', 'x2');
    await becomes('vendor/lib/x.php', 'x2');
  });

  it('never brings another branch’s files, and catches up when its own is back', async () => {
    await repository.commit('work', { 'app/A.php': 'feature\n' });
    repository.git('checkout', '-q', '-b', 'other', 'main');
    await repository.commit('other work', { 'app/A.php': 'other\n', 'app/other.php': 'other\n' });
    repository.git('checkout', '-q', 'feature');
    await start();
    await becomes('app/A.php', 'feature\n');
    repository.git('checkout', '-q', 'other');
    await repository.write('app/B.php', 'saved on other\n');
    repository.git('checkout', '-q', '--', 'app/B.php');
    repository.git('checkout', '-q', 'feature');
    await repository.write('index.php', 'back\n');
    await becomes('index.php', 'back\n');
    for (const { written } of reports) assert.ok(!written.includes('app/other.php'));
    assert.equal(await content('app/other.php'), undefined);
    assert.equal(await content('app/A.php'), 'feature\n');
    assert.equal(await content('app/B.php'), 'B\n');
  });

  describe('with a checkout at the worst moment', () => {
    beforeEach(async () => {
      await repository.commit('work', { 'app/A.php': 'feature\n' });
      repository.git('checkout', '-q', '-b', 'other', 'main');
      await repository.commit('other work', {
        'app/A.php': 'other\n',
        'app/B.php': 'other\n',
        'app/other.php': 'other\n',
        'index.php': null,
      });
      repository.git('checkout', '-q', 'feature');
      await syncBranch(site.host, options, unattended);
    });
    const nothingOfOther = async () => {
      assert.equal(await content('app/A.php'), 'feature\n');
      assert.equal(await content('app/B.php'), 'B\n');
      assert.equal(await content('index.php'), 'index\n');
      assert.equal(await content('app/other.php'), undefined);
    };
    /** A host whose git is overtaken by a checkout just after it ran this command for the first time. */
    const overtaken = (command: string, action: () => void) => {
      let done = false;
      const run: typeof site.host.processes.run = async (program, args, more) => {
        const result = await site.host.processes.run(program, args, more);
        if (!done && program === 'git' && args.includes(command)) {
          done = true;
          action();
        }
        return result;
      };
      return { host: { ...site.host, processes: { ...site.host.processes, run } }, wasDone: () => done };
    };

    for (const command of ['status', 'ls-files', 'diff', 'rev-parse'])
      it(`brings nothing of the other branch when it comes after git ${command}`, async () => {
        await repository.write('app/A.php', 'saved\n');
        repository.git('checkout', '-q', '--', 'app/A.php');
        const { host, wasDone } = overtaken(command, () => repository.git('checkout', '-q', 'other'));
        const report = await syncBranch(host, options, unattended);
        assert.equal(wasDone(), true);
        assert.deepEqual([report.written, report.deleted], [[], []]);
        assert.match(report.warnings.join(), /feature is not checked out/);
        await nothingOfOther();
      });

    it('brings nothing when single files were saved, either', async () => {
      const { host, wasDone } = overtaken('ls-tree', () => repository.git('checkout', '-q', '-f', 'other'));
      await repository.write('app/B.php', 'saved\n');
      assert.equal(await syncPaths(host, options, ['app/B.php', 'app/A.php'], unattended), undefined);
      assert.equal(wasDone(), true);
      await nothingOfOther();
    });

    it('looks again when the branch is back before the sync ends', async () => {
      const { host } = overtaken('ls-files', () => {
        repository.git('checkout', '-q', 'other');
        repository.git('checkout', '-q', 'feature');
      });
      await repository.write('app/new.php', 'saved\n');
      const { written } = await syncBranch(host, options, unattended);
      // The file that was written twice on the way has new times; its content is its own.
      assert.deepEqual(written, ['app/A.php', 'app/new.php']);
      assert.equal(await content('app/A.php'), 'feature\n');
      assert.equal(await content('app/other.php'), undefined);
    });

    it('waits where files and index are the other branch’s and HEAD does not say so yet', async () => {
      const head = path.join(repository.root, '.git/HEAD');
      repository.git('checkout', '-q', 'other');
      const later = await readFile(head, 'utf8');
      await writeFile(head, 'ref: refs/heads/feature\n');
      // Held by a lock first, then for no more reason than that the index is new.
      const lock = path.join(repository.root, '.git/HEAD.lock');
      await writeFile(lock, '');
      let now = (await lstat(path.join(repository.root, '.git/index'))).mtimeMs + 1;
      let waited = 0;
      const sleep = async () => {
        await nothingOfOther();
        if (++waited === 3) await rm(lock);
        if (waited < 4) return;
        await writeFile(head, later);
        now += 1000;
      };
      const host = { ...site.host, clock: { ...site.host.clock, now: () => now, sleep } };
      assert.deepEqual((await syncBranch(host, options, unattended)).written, []);
      assert.equal(waited, 4);
      await nothingOfOther();
    });

    it('follows the environment’s branch although another one is checked out when it starts', async () => {
      repository.git('checkout', '-q', 'other');
      await start();
      await repository.write('app/B.php', 'saved on other\n');
      await new Promise(resolve => setTimeout(resolve, 300));
      await nothingOfOther();
      repository.git('checkout', '-q', '-f', 'feature');
      await repository.write('app/B.php', 'mine\n');
      await becomes('app/B.php', 'mine\n');
    });

    it('holds through checkouts back and forth with saves in between', async () => {
      await start();
      for (let i = 0; i < 25; i++) {
        repository.git('checkout', '-q', '-f', 'other');
        await repository.write('app/B.php', 'saved on other\n');
        await new Promise(resolve => setTimeout(resolve, (i * 13) % 90));
        await nothingOfOther();
        repository.git('checkout', '-q', '-f', 'feature');
        await new Promise(resolve => setTimeout(resolve, (i * 29) % 90));
        await nothingOfOther();
      }
      await repository.write('last', 'x');
      await becomes('last', 'x');
      await nothingOfOther();
    });
  });

  it('waits while git holds the index', async () => {
    await start();
    await repository.write('first', '1');
    await becomes('first', '1');
    const lock = path.join(repository.root, '.git/index.lock');
    await writeFile(lock, '');
    await repository.write('app/A.php', 'half of a checkout\n');
    // Something else that the watcher sees and must hold back too, so that there is an order to wait for.
    await new Promise(resolve => setTimeout(resolve, 300));
    assert.equal(await content('app/A.php'), 'A\n');
    await repository.write('app/A.php', 'whole\n');
    await rm(lock);
    await becomes('app/A.php', 'whole\n');
  });

  it('takes ten thousand events and ends up with every file', async () => {
    await start();
    const files = Array.from({ length: 2500 }, (_, i) => `bulk/${i % 50}/${i}.php`);
    for (let i = 0; i < 50; i++) await mkdir(path.join(repository.root, `bulk/${i}`), { recursive: true });
    for (const round of ['one', 'two'])
      for (let i = 0; i < files.length; i += 100)
        await Promise.all(
          files.slice(i, i + 100).map(file => writeFile(path.join(repository.root, file), round)),
        );
    await repository.write('last', 'x');
    await becomes('last', 'x');
    for (const file of files) await becomes(file, 'two');
  });

  it('follows a commit that moves the merge base', async () => {
    await start();
    await repository.write('app/A.php', 'A2\n');
    await becomes('app/A.php', 'A2\n');
    repository.git('checkout', '-q', '-b', 'side', 'main');
    repository.git('checkout', '-q', 'feature');
    await repository.commit('work');
    repository.git('branch', '-f', 'main', 'feature');
    await repository.commit('more', { 'app/B.php': 'B2\n' });
    await becomes('app/B.php', 'B2\n');
    // Merged and never shipped: still what the branch has.
    assert.equal(await content('app/A.php'), 'A2\n');
  });

  it('says what failed, and goes on', async () => {
    await start();
    await repository.write('app/A.php', 'A2\n');
    await becomes('app/A.php', 'A2\n');
    await overlay.unmount();
    await rm(overlay.site, { recursive: true });
    await repository.write('app/A.php', 'A3\n');
    await eventually('a failure is told', () => reports.some(({ warnings }) => warnings.length > 0));
    await mkdir(overlay.site);
    await overlay.mount();
    await becomes('app/A.php', 'A3\n');
  });
});
