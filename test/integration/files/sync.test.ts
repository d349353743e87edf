import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmod,
  cp,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import type { Overlay } from '../../../server/files/overlay.ts';
import { type SyncOptions, syncBranch } from '../../../server/files/sync.ts';
import { syncPaths } from '../../../server/files/syncPaths.ts';
import { hasReason } from '../../../server/platform/errors.ts';
import { unattended } from '../../../server/platform/progress.ts';
import { makeRepository, type TestRepository } from '../../support/repository.ts';
import { needsDriver, TestSite } from '../../support/site.ts';
import { treeDigest } from '../../support/treeDigest.ts';

describe('syncBranch', () => {
  let site: TestSite;
  let repository: TestRepository;
  let overlay: Overlay;
  let options: SyncOptions;
  const inSite = (file: string) => path.join(overlay.site, file);
  const text = (file: string) => readFile(inSite(file), 'utf8');
  const sync = (more: Partial<SyncOptions> = {}) =>
    syncBranch(site.host, { ...options, ...more }, unattended);
  const changes = async () =>
    (await overlay.changedEntries()).map(({ change, path: entry }) => `${change} ${entry}`);

  /** Production is what main was when `deploy` was called; the branch starts there. */
  const deploy = async () => {
    execFileSync(
      'bash',
      ['-c', `git -c tar.umask=022 archive main | tar -x -C "$1"`, 'bash', site.production],
      {
        cwd: repository.root,
      },
    );
  };

  before(function () {
    needsDriver(this, 'overlayfs');
  });
  beforeEach(async () => {
    site = await TestSite.make('overlayfs');
    repository = await makeRepository(path.join(site.root, 'repo'));
    await repository.commit('start', {
      '.gitignore': 'ignored/\n*.log\n',
      'index.php': 'index\n',
      'app/A.php': 'A\n',
      'app/B.php': 'B\n',
      'app/only/C.php': 'C\n',
      'bin/run': '#!/bin/sh\n',
      'docs/README.md': 'docs\n',
    });
    await deploy();
    await rm(path.join(site.production, '.gitignore'));
    await site.fill({ 'uploads/photo.jpg': 'photo' });
    repository.git('checkout', '-q', '-b', 'feature');
    overlay = await site.overlay();
    options = {
      worktree: repository.root,
      branch: 'feature',
      overlay,
      rules: [{ from: '.', to: '.', exclude: [] }],
      mergeBase: repository.git('rev-parse', 'main'),
      stateFile: path.join(site.root, 'sync.json'),
      exclude: ['.env'],
    };
  });
  afterEach(() => site.remove());

  it('writes nothing for a branch that is production', async () => {
    assert.deepEqual(await sync(), { written: [], deleted: [], warnings: [] });
    assert.deepEqual(await changes(), []);
    await chmod(path.join(repository.root, 'index.php'), 0o664);
    execFileSync('touch', [path.join(repository.root, 'app/A.php')]);
    assert.deepEqual(await sync(), { written: [], deleted: [], warnings: [] });
  });

  it('brings commits, saved files and new ones; ignored ones, .git and .gitignore stay out', async () => {
    const before = await treeDigest(site.production);
    await repository.commit('work', { 'app/A.php': 'A2\n', 'new/N.php': 'N\n' });
    await repository.write('index.php', 'saved\n');
    await repository.write('app/untracked.php', 'U\n');
    await repository.write('fresh/directory/file', 'F\n');
    await repository.write('ignored/cache', 'x');
    await repository.write('debug.log', 'x');
    await repository.write('fresh/debug.log', 'x');
    await repository.write('.env', 'SECRET=1');
    await repository.write('greenroom.jsonc', '{}');
    await repository.write('.gitignore', 'ignored/\n*.log\n# more\n');
    const report = await sync();
    assert.deepEqual(report, {
      written: ['app/A.php', 'app/untracked.php', 'fresh/directory/file', 'index.php', 'new/N.php'],
      deleted: [],
      leftOut: ['.env'],
      warnings: [],
    });
    assert.equal(await text('app/A.php'), 'A2\n');
    assert.equal(await text('fresh/directory/file'), 'F\n');
    assert.deepEqual(await sync(), { written: [], deleted: [], leftOut: ['.env'], warnings: [] });
    assert.equal(await treeDigest(site.production), before);
  });

  it('deletes what the branch deleted, with directories that end up empty', async () => {
    await repository.commit('work', { 'app/only': null, 'app/B.php': null });
    await repository.remove('index.php');
    await repository.write('uploads/own', 'x');
    const report = await sync();
    assert.deepEqual(report.deleted, ['app/B.php', 'app/only/C.php', 'index.php']);
    assert.deepEqual(await readdir(inSite('app')), ['A.php']);
    assert.ok((await changes()).includes('deleted app/only'));
    // What the application makes anew by that name is the environment's own.
    await writeFile(inSite('app/B.php'), 'generated');
    await sync();
    assert.equal(await text('app/B.php'), 'generated');
  });

  it('gives production’s version back where the branch no longer differs', async () => {
    await repository.commit('work', { 'app/A.php': 'A2\n', 'new.php': 'N\n', 'app/B.php': null });
    await sync();
    await repository.commit('back', { 'app/A.php': 'A\n', 'new.php': null, 'app/B.php': 'B\n' });
    const report = await sync();
    assert.deepEqual([report.written, report.deleted], [['app/A.php', 'app/B.php'], ['new.php']]);
    assert.deepEqual(await changes(), []);
  });

  it('leaves alone what the environment wrote itself until the branch’s file changes', async () => {
    await repository.commit('work', { 'app/A.php': 'A2\n' });
    await sync();
    await writeFile(inSite('app/A.php'), 'edited in the environment');
    await writeFile(inSite('app/B.php'), 'edited in the environment');
    await sync();
    assert.equal(await text('app/A.php'), 'edited in the environment');
    await repository.write('app/A.php', 'A3\n');
    await sync();
    assert.equal(await text('app/A.php'), 'A3\n');
    assert.equal(await text('app/B.php'), 'edited in the environment');
  });

  it('keeps modes, links, empty directories, binaries, line ends and names that differ in case', async () => {
    const binary = Buffer.from(Array.from({ length: 70_000 }, (_, i) => (i * 7) % 256));
    repository.git('config', 'core.autocrlf', 'true');
    await repository.commit('work', { 'crlf.txt': 'one\r\ntwo\r\n', 'pic.bin': binary });
    await chmod(path.join(repository.root, 'bin/run'), 0o755);
    await symlink('../index.php', path.join(repository.root, 'app/link'));
    await mkdir(path.join(repository.root, 'empty/nested'), { recursive: true });
    await mkdir(path.join(repository.root, 'app/empty'));
    await rename(path.join(repository.root, 'docs/README.md'), path.join(repository.root, 'docs/readme.md'));
    await sync();
    assert.equal(await text('crlf.txt'), 'one\r\ntwo\r\n');
    assert.deepEqual(await readFile(inSite('pic.bin')), binary);
    assert.equal((await lstat(inSite('bin/run'))).mode & 0o777, 0o755);
    assert.equal(await readlink(inSite('app/link')), '../index.php');
    assert.deepEqual(await readdir(inSite('empty/nested')), []);
    assert.deepEqual(await readdir(inSite('app/empty')), []);
    assert.deepEqual(await readdir(inSite('docs')), ['readme.md']);
    await rm(path.join(repository.root, 'empty'), { recursive: true });
    await sync();
    await assert.rejects(lstat(inSite('empty/nested')), { code: 'ENOENT' });
  });

  it('follows files that become directories, links or the other way round', async () => {
    await repository.commit('work', {
      'index.php': null,
      'index.php/inside': 'x',
      app: null,
    });
    await repository.write('app', 'a file now');
    await repository.remove('docs');
    await symlink('bin', path.join(repository.root, 'docs'));
    await sync();
    assert.equal(await text('index.php/inside'), 'x');
    assert.equal(await text('app'), 'a file now');
    assert.equal(await readlink(inSite('docs')), 'bin');
    await repository.remove('index.php');
    await repository.write('index.php', 'index\n');
    await repository.remove('app');
    await repository.remove('docs');
    repository.git('checkout', '-q', 'main', '--', 'app', 'docs', 'index.php');
    await sync();
    assert.deepEqual(await changes(), []);
  });

  it('takes owner and permission bits from production', async () => {
    await chmod(path.join(site.production, 'app/A.php'), 0o640);
    execFileSync('chown', [
      '33:33',
      path.join(site.production, 'app/A.php'),
      path.join(site.production, 'app'),
    ]);
    await overlay.refresh();
    await repository.write('app/A.php', 'A2\n');
    await repository.write('app/new.php', 'new\n');
    await sync();
    const changed = await lstat(inSite('app/A.php'));
    assert.deepEqual([changed.mode & 0o777, changed.uid], [0o640, 33]);
    assert.equal((await lstat(inSite('app/new.php'))).uid, 33);
    await chmod(path.join(repository.root, 'app/A.php'), 0o755);
    await sync();
    assert.equal((await lstat(inSite('app/A.php'))).mode & 0o777, 0o750);
  });

  describe('where production is not what the branch came from', () => {
    it('brings what was merged and never shipped, but not what was deleted since', async () => {
      repository.git('checkout', '-q', 'main');
      await repository.commit('merged, not shipped', {
        'app/A.php': 'A2\n',
        'app/D.php': 'D\n',
        'app/E.php': 'E\n',
      });
      repository.git('checkout', '-q', '-B', 'feature', 'main');
      repository.git('checkout', '-q', 'main');
      await repository.commit('gone again', { 'app/E.php': null });
      repository.git('checkout', '-q', 'feature');
      const report = await sync({ mergeBase: repository.git('merge-base', 'main', 'feature') });
      assert.deepEqual(report, { written: ['app/A.php', 'app/D.php'], deleted: [], warnings: [] });
    });

    it('keeps what others shipped or changed by hand meanwhile', async () => {
      await site.fill({ 'app/A.php': 'shipped by others\n', 'app/B.php': 'a hotfix\n' });
      await rm(path.join(site.production, 'docs'), { recursive: true });
      await repository.write('app/B.php', 'B of the branch\n');
      const report = await sync();
      assert.deepEqual(report.written, ['app/B.php', 'docs/README.md']);
      assert.equal(await text('app/A.php'), 'shipped by others\n');
      // Production moves on after the environment was made.
      await site.fill({ 'app/A.php': 'shipped again\n' });
      await overlay.refresh();
      await sync();
      assert.equal(await text('app/A.php'), 'shipped again\n');
    });

    it('compares as git does: line ends that the repository converts are no difference', async () => {
      await repository.commit('attributes', { '.gitattributes': '*.php text eol=crlf\n' });
      repository.git('rm', '-q', '--cached', '-r', '.');
      repository.git('reset', '-q', '--hard');
      const mergeBase = repository.git('rev-parse', 'HEAD');
      await site.fill({ '.gitattributes': '*.php text eol=crlf\n' });
      assert.match(await readFile(path.join(repository.root, 'app/A.php'), 'utf8'), /\r\n/);
      await overlay.refresh();
      assert.deepEqual(await sync({ mergeBase }), { written: [], deleted: [], warnings: [] });
    });

    it('makes its index anew when it was damaged', async () => {
      await sync();
      const store = path.join(site.root, 'store', 'sites');
      for (const name of await readdir(store))
        if (name.endsWith('.index')) await writeFile(path.join(store, name), 'garbage');
      await site.fill({ 'app/A.php': 'hotfix\n' });
      await repository.write('app/B.php', 'B2\n');
      await assert.doesNotReject(sync());
      assert.equal(await text('app/B.php'), 'B2\n');
    });
  });

  it('maps parts of the repository by rules', async () => {
    const rules = [
      { from: 'web', to: '.', exclude: ['*.map', 'private'] },
      { from: 'lib/shared', to: 'app/vendor/shared', exclude: [] },
    ];
    await repository.commit('work', {
      'web/page.php': 'page\n',
      'web/app.js.map': 'x',
      'web/private/key': 'x',
      'lib/shared/S.php': 'S\n',
      'index.php': 'not synced\n',
      'web/app/A.php': 'A of web\n',
    });
    const report = await sync({ rules });
    assert.deepEqual(report.written, ['app/A.php', 'app/vendor/shared/S.php', 'page.php']);
    assert.equal(await text('index.php'), 'index\n');
  });

  it('never writes beyond the site: links of production, links of the branch, rules that climb', async () => {
    const outside = path.join(site.root, 'outside');
    await mkdir(path.join(outside, 'dir'), { recursive: true });
    await writeFile(path.join(outside, 'file'), 'outside');
    await repository.commit('work', { 'trap/inner': 'x', 'app/A.php': 'A2\n', 'media/m': 'm' });
    await symlink(path.join(outside, 'file'), path.join(repository.root, 'absolute-out'));
    await symlink('../../outside/dir', path.join(repository.root, 'climbs'));
    await symlink(path.join(site.production, 'uploads'), path.join(repository.root, 'into-production'));
    // Made behind Greenroom's back, in the running environment.
    await symlink(outside, inSite('trap'));
    await symlink('uploads', inSite('media'));
    const [production, before] = [await treeDigest(site.production), await treeDigest(outside)];
    const report = await sync();
    assert.equal(report.warnings.length, 3);
    assert.match(report.warnings.join('\n'), /trap\/inner lies behind a link/);
    assert.match(report.warnings.join('\n'), /absolute-out leads out/);
    assert.equal(await readlink(inSite('into-production')), 'uploads');
    assert.equal(await text('media/m'), 'm', 'a link that stays inside is followed');
    await writeFile(inSite('into-production/photo.jpg'), 'mine');
    assert.equal(await treeDigest(outside), before);
    assert.equal(await treeDigest(site.production), production);
    const rules = [{ from: 'app', to: '../../outside', exclude: [] }];
    assert.deepEqual((await sync({ rules, stateFile: path.join(site.root, 'other.json') })).written, []);
    assert.equal(await treeDigest(outside), before);
  });

  it('names what it cannot follow and goes on', async () => {
    const inner = await makeRepository(path.join(repository.root, 'inner'));
    await inner.commit('x', { file: 'x' });
    await repository.write('app/A.php', 'A2\n');
    const report = await sync();
    assert.deepEqual(report.written, ['app/A.php']);
    assert.match(report.warnings.join(), /inside the repository are not followed: inner/);
  });

  it('works before the first commit, with hundreds of untracked directories, and says no outside a repository', async () => {
    const fresh = await makeRepository(path.join(site.root, 'fresh'));
    for (let i = 0; i < 300; i++) await fresh.write(`d${i}/file`, 'x');
    await fresh.write('app/A.php', 'A\n');
    const { mergeBase: _, ...rest } = options;
    const report = await syncBranch(
      site.host,
      { ...rest, worktree: fresh.root, branch: 'main', stateFile: path.join(site.root, 'fresh.json') },
      unattended,
    );
    assert.equal(report.written.length, 300);
    await assert.rejects(sync({ worktree: site.production }), error => hasReason(error, 'no-repository'));
  });

  it('can be cancelled, and catches up afterwards', async () => {
    await repository.commit(
      'work',
      Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`n/${i}`, `${i}`])),
    );
    const cancel = new AbortController();
    cancel.abort();
    await assert.rejects(syncBranch(site.host, options, { ...unattended, signal: cancel.signal }));
    assert.equal((await sync()).written.length, 60);
    assert.ok(!(await readdir(inSite('n'))).some(name => name.endsWith('.tmp')));
  });

  it('two at once do not disturb one another', async () => {
    await repository.commit('work', { 'app/A.php': 'A2\n', 'app/B.php': null });
    const reports = await Promise.all([sync(), sync(), sync()]);
    assert.deepEqual(reports.map(({ written }) => written.length).sort(), [0, 0, 1]);
  });

  describe('syncPaths', () => {
    const only = (...paths: string[]) => syncPaths(site.host, options, paths, unattended);

    it('brings single saves and deletes', async () => {
      await sync();
      await repository.write('app/A.php', 'A2\n');
      await repository.write('app/B.php', 'B2\n');
      await repository.write('x.log', 'x');
      assert.deepEqual((await only('app/A.php', 'x.log', '.env', '.git/config', '../escape'))?.written, [
        'app/A.php',
      ]);
      assert.equal(await text('app/B.php'), 'B\n', 'it was not named');
      await repository.remove('index.php');
      assert.deepEqual((await only('index.php'))?.deleted, ['index.php']);
      await repository.write('new', 'x');
      await only('new');
      await repository.remove('new');
      assert.deepEqual((await only('new'))?.deleted, ['new']);
    });

    it('leaves to the whole sync what it cannot tell', async () => {
      await repository.write('app/A.php', 'A2\n');
      await sync();
      repository.git('checkout', '-q', '--', 'app/A.php');
      assert.equal(await only('app/A.php'), undefined);
      await repository.remove('app');
      assert.equal(await only('app'), undefined);
      await mkdir(path.join(repository.root, 'fresh'));
      assert.equal(await only('fresh'), undefined);
    });
  });

  it('works on a copied site too', async function () {
    needsDriver(this, 'copy');
    const copied = await TestSite.make('copy');
    try {
      await cp(site.production, copied.production, { recursive: true, force: true });
      overlay = await copied.overlay();
      await repository.commit('work', { 'app/A.php': 'A2\n', 'app/B.php': null });
      const report = await sync({ overlay, stateFile: path.join(copied.root, 'sync.json') });
      assert.deepEqual([report.written, report.deleted], [['app/A.php'], ['app/B.php']]);
      assert.deepEqual(await changes(), ['modified app/A.php', 'deleted app/B.php']);
    } finally {
      await copied.remove();
    }
  });
});
