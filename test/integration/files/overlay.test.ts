import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFile,
  chmod,
  lstat,
  mkdir,
  open,
  readFile,
  readlink,
  rename,
  rm,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import { removeWithMounts } from '../../../server/files/mounts.ts';
import { chooseDriver, createOverlay, type Overlay, openOverlay } from '../../../server/files/overlay.ts';
import { hasReason } from '../../../server/platform/errors.ts';
import { unattended } from '../../../server/platform/progress.ts';
import { removeTree } from '../../../server/platform/removeTree.ts';
import { driverNames, needsDriver, TestSite } from '../../support/site.ts';
import { treeDigest } from '../../support/treeDigest.ts';

const summary = async (overlay: Overlay) =>
  (await overlay.changedEntries()).map(({ change, type, path: entry }) => `${change} ${type} ${entry}`);

const linkedIn = async (overlay: Overlay, link: string) =>
  path.resolve(overlay.site, await readlink(path.join(overlay.site, link)));

for (const name of driverNames)
  describe(`overlay with ${name}`, () => {
    let site: TestSite;
    const inSite = (overlay: Overlay, file: string) => path.join(overlay.site, file);

    before(function () {
      needsDriver(this, name);
    });
    beforeEach(async () => {
      site = await TestSite.make(name);
      await site.fill({
        'index.php': 'one\n',
        'app/Shop.php': 'class Shop {}\n',
        'app/deep/er/Cart.php': 'class Cart {}\n',
        'media/a.jpg': 'a',
        'media/b.jpg': 'b',
      });
    });
    afterEach(() => site.remove());

    it('shows production, keeps every kind of write to itself, and says what changed', async () => {
      await symlink('app/Shop.php', path.join(site.production, 'link'));
      const before = await treeDigest(site.production);
      const overlay = await site.overlay();
      assert.deepEqual(overlay.warnings, []);
      assert.deepEqual(await summary(overlay), []);
      assert.equal(await readFile(inSite(overlay, 'app/deep/er/Cart.php'), 'utf8'), 'class Cart {}\n');

      await appendFile(inSite(overlay, 'index.php'), 'two\n');
      await writeFile(inSite(overlay, 'link'), 'through a link');
      await mkdir(inSite(overlay, 'new/empty'), { recursive: true });
      await writeFile(inSite(overlay, 'new/file'), 'x');
      await symlink('../index.php', inSite(overlay, 'new/link'));
      await rm(inSite(overlay, 'app/deep'), { recursive: true });
      await rm(inSite(overlay, 'media'), { recursive: true });
      await mkdir(inSite(overlay, 'media'));
      await writeFile(inSite(overlay, 'media/b.jpg'), 'other');
      execFileSync('mkfifo', [inSite(overlay, 'queue')]);
      assert.deepEqual(await summary(overlay), [
        'modified file app/Shop.php',
        'deleted directory app/deep',
        'deleted directory app/deep/er',
        'deleted file app/deep/er/Cart.php',
        'modified file index.php',
        'deleted file media/a.jpg',
        'modified file media/b.jpg',
        'added directory new',
        'added directory new/empty',
        'added file new/file',
        'added symlink new/link',
        'added other queue',
      ]);
      assert.equal(await treeDigest(site.production), before);
      assert.deepEqual(overlay.comparisonWarnings(), []);
      assert.ok((await overlay.usage()) > 0);
    });

    it('does not call a file changed that was only touched, or written back', async () => {
      const overlay = await site.overlay();
      const file = inSite(overlay, 'index.php');
      await utimes(file, 1, 1);
      await (await open(inSite(overlay, 'app/Shop.php'), 'r+')).close();
      await writeFile(inSite(overlay, 'media/a.jpg'), 'z');
      await writeFile(inSite(overlay, 'media/a.jpg'), 'a');
      await rm(inSite(overlay, 'media/b.jpg'));
      await writeFile(inSite(overlay, 'media/b.jpg'), 'b');
      await writeFile(inSite(overlay, 'gone'), 'x');
      await rm(inSite(overlay, 'gone'));
      assert.deepEqual(await summary(overlay), []);
      await chmod(file, 0o600);
      await chmod(inSite(overlay, 'media'), 0o711);
      assert.deepEqual(await summary(overlay), ['modified file index.php', 'modified directory media']);
    });

    it('names what replaced something of another type', async () => {
      const overlay = await site.overlay();
      await rm(inSite(overlay, 'index.php'));
      await mkdir(inSite(overlay, 'index.php'));
      await writeFile(inSite(overlay, 'index.php/inside'), 'x');
      await rm(inSite(overlay, 'media'), { recursive: true });
      await symlink('app', inSite(overlay, 'media'));
      assert.deepEqual(await summary(overlay), [
        'modified directory index.php',
        'added file index.php/inside',
        'modified symlink media',
        'deleted file media/a.jpg',
        'deleted file media/b.jpg',
      ]);
    });

    it('moves a directory of production', async () => {
      const overlay = await site.overlay();
      // As mv does where a rename across layers is refused.
      execFileSync('mv', [inSite(overlay, 'app/deep'), inSite(overlay, 'app/moved')]);
      assert.deepEqual(await summary(overlay), [
        'deleted directory app/deep',
        'deleted directory app/deep/er',
        'deleted file app/deep/er/Cart.php',
        'added directory app/moved',
        'added directory app/moved/er',
        'added file app/moved/er/Cart.php',
      ]);
    });

    it('finds a change in the last byte of a large file of the same size', async () => {
      const large = Buffer.alloc(3_000_001, 7);
      await site.fill({ large });
      const overlay = await site.overlay();
      const handle = await open(inSite(overlay, 'large'), 'r+');
      await handle.write(Buffer.from([8]), 0, 1, 3_000_000);
      await handle.close();
      assert.deepEqual(await summary(overlay), ['modified file large']);
      await truncate(inSite(overlay, 'large'), 5);
      assert.equal((await overlay.changedEntries())[0]?.bytes, 5);
    });

    it('takes names of every kind, as files and as the place itself', async () => {
      await site.remove();
      site = await TestSite.make(name, 'site, with:odd\\name\nand line');
      const odd = [
        'with space',
        'new\nline',
        'ünï',
        '-rf',
        'quote\'"',
        'comma,colon:back\\slash',
        '.wh-alike',
      ];
      for (const file of odd) await site.fill({ [`odd/${file}`]: file });
      // fuse-overlayfs itself cannot take such names for the environment's own place: its probe says so.
      const overlay = await site.overlay(name === 'fuse-overlayfs' ? 'env' : 'env, with:odd\\name');
      for (const file of odd) await writeFile(inSite(overlay, `odd/${file}`), 'changed');
      assert.deepEqual(
        (await overlay.changedEntries()).map(entry => entry.path),
        odd.map(file => `odd/${file}`).sort(),
      );
      await overlay.unmount();
      await overlay.mount();
      assert.equal(await readFile(inSite(overlay, `odd/${odd[1]}`), 'utf8'), 'changed');
    });

    it('keeps its state over unmounting, and is mounted anew by whoever opens it', async () => {
      const overlay = await site.overlay();
      await writeFile(inSite(overlay, 'index.php'), 'mine');
      assert.deepEqual(await overlay.unmount(), []);
      const again = openOverlay(site.host, { ...overlay, driver: overlay.driver });
      await again.mount();
      await again.mount();
      assert.equal(await again.isMounted(), true);
      assert.equal(await readFile(inSite(again, 'index.php'), 'utf8'), 'mine');
      await again.unmount();
      assert.deepEqual(await summary(again), ['modified file index.php'], 'mounts for the question');
    });

    it('shows production’s new files after a promotion replaced them', async () => {
      const overlay = await site.overlay();
      await readFile(inSite(overlay, 'index.php'));
      await writeFile(inSite(overlay, 'media/a.jpg'), 'mine');
      for (const file of ['index.php', 'media/a.jpg', 'media/b.jpg']) {
        await writeFile(path.join(site.production, 'staged'), `promoted ${file}`);
        await rename(path.join(site.production, 'staged'), path.join(site.production, file));
      }
      await rm(path.join(site.production, 'app/Shop.php'));
      await site.fill({ 'app/new/New.php': 'new' });
      await overlay.refresh();
      assert.equal(await readFile(inSite(overlay, 'index.php'), 'utf8'), 'promoted index.php');
      assert.equal(await readFile(inSite(overlay, 'media/a.jpg'), 'utf8'), 'mine');
      assert.equal(await readFile(inSite(overlay, 'app/new/New.php'), 'utf8'), 'new');
      await assert.rejects(lstat(inSite(overlay, 'app/Shop.php')), { code: 'ENOENT' });
      assert.deepEqual(await summary(overlay), ['modified file media/a.jpg']);
    });

    it('remembers when a file was first written, however often it is saved', async () => {
      const overlay = await site.overlay();
      const save = async () => {
        await writeFile(inSite(overlay, 'draft'), `${Math.random()}`);
        await rename(inSite(overlay, 'draft'), inSite(overlay, 'index.php'));
      };
      await save();
      const first = (await overlay.changedEntries())[0]?.bornAt ?? 0;
      assert.ok(Math.abs(first - Date.now()) < 60_000);
      await save();
      assert.equal((await overlay.changedEntries())[0]?.bornAt, first);
      await writeFile(inSite(overlay, 'index.php'), 'one\n');
      assert.deepEqual(await overlay.changedEntries(), []);
      await overlay.noteFirstWritten(['media/a.jpg']);
      await writeFile(inSite(overlay, 'media/a.jpg'), 'mine');
      const [entry] = await overlay.changedEntries();
      assert.ok((entry?.bornAt ?? 0) <= (await lstat(inSite(overlay, 'media/a.jpg'))).ctimeMs);
    });

    it('closes links that lead out, and lets none of them through to production', async () => {
      const outside = path.join(site.root, 'shared');
      await mkdir(path.join(outside, 'uploads'), { recursive: true });
      await writeFile(path.join(outside, 'uploads/keep'), 'kept');
      await writeFile(path.join(outside, 'settings'), 'shared settings');
      const links: Record<string, string> = {
        'absolute-in': path.join(site.production, 'app'),
        'deep/absolute-in-file': path.join(site.production, 'index.php'),
        'app/climbing-in': '../../production/media',
        'app/inside': '../media',
        uploads: path.join(outside, 'uploads'),
        'relative-out': '../shared/uploads',
        settings: path.join(outside, 'settings'),
        dangling: path.join(outside, 'not/yet'),
        null: '/dev/null',
        self: path.join(site.production, '.'),
        loop: 'loop',
      };
      await mkdir(path.join(site.production, 'deep'));
      for (const [link, target] of Object.entries(links))
        await symlink(target, path.join(site.production, link));
      const [before, shared] = [await treeDigest(site.production), await treeDigest(outside)];
      const overlay = await site.overlay();
      assert.deepEqual(await summary(overlay), []);
      assert.equal(overlay.warnings.filter(text => text.includes(outside)).length, 4);
      assert.equal(await readFile(inSite(overlay, 'uploads/keep'), 'utf8'), 'kept');
      assert.deepEqual(
        await overlay.linked(),
        [await linkedIn(overlay, 'uploads')],
        'one view for both links',
      );

      assert.equal(await readFile(inSite(overlay, 'absolute-in/Shop.php'), 'utf8'), 'class Shop {}\n');
      assert.equal(await readFile(inSite(overlay, 'settings'), 'utf8'), 'shared settings');
      assert.equal(await readlink(inSite(overlay, 'app/inside')), '../media');
      await writeFile(inSite(overlay, 'absolute-in/Shop.php'), 'mine');
      await writeFile(inSite(overlay, 'deep/absolute-in-file'), 'mine');
      await writeFile(inSite(overlay, 'app/climbing-in/a.jpg'), 'mine');
      await writeFile(inSite(overlay, 'self/media/b.jpg'), 'mine');
      await writeFile(inSite(overlay, 'uploads/new'), 'mine');
      await appendFile(inSite(overlay, 'relative-out/keep'), ', and mine');
      assert.equal(await readFile(inSite(overlay, 'uploads/keep'), 'utf8'), 'kept, and mine');
      await writeFile(inSite(overlay, 'settings'), 'mine');
      await writeFile(inSite(overlay, 'dangling'), 'mine');
      assert.equal(await treeDigest(site.production), before);
      assert.equal(await treeDigest(outside), shared);
      // What was written behind a closed link can go nowhere: it is no change.
      assert.deepEqual(await summary(overlay), [
        'modified file app/Shop.php',
        'modified file index.php',
        'modified file media/a.jpg',
        'modified file media/b.jpg',
      ]);
      await rm(inSite(overlay, 'absolute-in'));
      assert.ok((await summary(overlay)).includes('deleted symlink absolute-in'));
    });

    it('shows what links lead to, and what links in there lead to, with every write kept here', async () => {
      const [shared, more] = [path.join(site.root, 'shared'), path.join(site.root, 'more')];
      await mkdir(path.join(shared, 'uploads/2026'), { recursive: true });
      await mkdir(more);
      await writeFile(path.join(shared, 'uploads/2026/a.jpg'), 'a');
      await writeFile(path.join(more, 'b.jpg'), 'b');
      await symlink(more, path.join(shared, 'uploads/more'));
      await symlink('../../more', path.join(shared, 'uploads/again'));
      await symlink(path.join(site.production, 'app'), path.join(shared, 'uploads/code'));
      await symlink(path.join(shared, 'uploads'), path.join(more, 'back'));
      await symlink(site.root, path.join(shared, 'uploads/everything'));
      await symlink('2026/../../lower/2026', path.join(shared, 'uploads/layer'));
      await symlink('../shared/uploads', path.join(site.production, 'uploads'));
      await symlink(path.join(shared, 'uploads/2026'), path.join(site.production, 'app/this-year'));
      const roots = [site.production, shared, more];
      const digests = () => Promise.all(roots.map(treeDigest));
      const before = await digests();
      const overlay = await site.overlay();
      const written = [
        'uploads/2026/a.jpg',
        'uploads/more/b.jpg',
        'uploads/again/c.jpg',
        'uploads/code/Shop.php',
        'uploads/more/back/2026/d.jpg',
        'app/this-year/e.jpg',
      ];
      assert.equal(await readFile(inSite(overlay, 'uploads/2026/a.jpg'), 'utf8'), 'a');
      assert.equal(await readFile(inSite(overlay, 'uploads/more/b.jpg'), 'utf8'), 'b');
      for (const file of written) await writeFile(inSite(overlay, file), file);
      for (const file of ['uploads/everything/x', 'uploads/layer/x'])
        await writeFile(inSite(overlay, file), 'x').catch(() => undefined);
      for (const file of written) assert.equal(await readFile(inSite(overlay, file), 'utf8'), file);
      assert.equal(await readFile(inSite(overlay, 'uploads/2026/e.jpg'), 'utf8'), 'app/this-year/e.jpg');
      assert.deepEqual(await digests(), before);
      await assert.rejects(lstat(path.join(site.root, 'x')), { code: 'ENOENT' });
      assert.deepEqual(
        await summary(overlay),
        ['modified file app/Shop.php'],
        'what is outside is in no plan',
      );
      assert.deepEqual((await overlay.closeLinks()).sort(), overlay.warnings.sort(), 'once closed, closed');

      assert.deepEqual(await overlay.unmount(), []);
      await overlay.mount();
      assert.equal(await overlay.isMounted(), true);
      assert.equal(await readFile(inSite(overlay, 'uploads/2026/a.jpg'), 'utf8'), 'uploads/2026/a.jpg');
      await overlay.refresh();
      assert.ok((await overlay.usage()) > 0);
      await overlay.destroy();
      await assert.rejects(lstat(overlay.directory), { code: 'ENOENT' });
      assert.deepEqual(await digests(), before);
    });

    it('works without a linked directory that is away, and shows it when it is back', async () => {
      const [drive, away] = [path.join(site.root, 'drive'), path.join(site.root, 'away')];
      await mkdir(drive);
      await writeFile(path.join(drive, 'a'), 'a');
      await symlink(drive, path.join(site.production, 'uploads'));
      const overlay = await site.overlay();
      await writeFile(inSite(overlay, 'uploads/b'), 'b');
      await overlay.unmount();
      await rename(drive, away);
      await overlay.mount();
      assert.equal(await readFile(inSite(overlay, 'index.php'), 'utf8'), 'one\n');
      await overlay.closeLinks();
      await rename(away, drive);
      await overlay.closeLinks();
      assert.equal(await readFile(inSite(overlay, 'uploads/a'), 'utf8'), 'a');
      assert.equal(await readFile(inSite(overlay, 'uploads/b'), 'utf8'), 'b');
      await assert.rejects(lstat(path.join(drive, 'b')), { code: 'ENOENT' });
      assert.deepEqual(await summary(overlay), []);
    });

    it('closes links that appear in production later', async () => {
      const overlay = await site.overlay();
      const outside = path.join(site.root, 'outside');
      await mkdir(outside);
      await symlink(outside, path.join(site.production, 'app/late'));
      const warnings = await overlay.closeLinks();
      assert.equal(warnings.length, 1);
      if (site.driver.fallsThrough) {
        await overlay.refresh();
        await writeFile(inSite(overlay, 'app/late/x'), 'mine');
      }
      assert.deepEqual(await summary(overlay), []);
      await assert.rejects(lstat(path.join(outside, 'x')), { code: 'ENOENT' });
    });

    it('follows a closed link that production leads elsewhere, or gives up', async () => {
      const current = path.join(site.production, 'current');
      await symlink(path.join(site.production, 'app'), current);
      await symlink(path.join(site.production, 'media'), path.join(site.production, 'second'));
      const overlay = await site.overlay();
      assert.equal(await readlink(inSite(overlay, 'current')), 'app');
      await rm(current);
      await symlink(path.join(site.production, 'media'), current);
      await rm(path.join(site.production, 'second'));
      await site.fill({ 'second/file': 'a directory now' });
      await overlay.refresh();
      assert.equal(await readlink(inSite(overlay, 'current')), 'media');
      assert.equal(await readFile(inSite(overlay, 'second/file'), 'utf8'), 'a directory now');
      assert.deepEqual(await summary(overlay), []);
    });

    it('is destroyed whole, also when directories were locked', async () => {
      const overlay = await site.overlay();
      const before = await treeDigest(site.production);
      await mkdir(inSite(overlay, 'locked/in'), { recursive: true });
      await chmod(inSite(overlay, 'locked'), 0o500);
      await overlay.destroy();
      await assert.rejects(lstat(overlay.directory), { code: 'ENOENT' });
      await overlay.destroy();
      assert.equal(await treeDigest(site.production), before);
    });

    it('leaves nothing behind when creation fails or is refused', async () => {
      const directory = path.join(site.root, 'env');
      const missing = { driver: site.driver, productionRoot: path.join(site.root, 'absent'), directory };
      await assert.rejects(createOverlay(site.host, missing, unattended), error =>
        hasReason(error, 'files-missing'),
      );
      const inside = { driver: site.driver, productionRoot: site.root, directory };
      await assert.rejects(createOverlay(site.host, inside, unattended), error =>
        hasReason(error, 'unsupported'),
      );
      const around = { driver: site.driver, productionRoot: path.join(directory, 'site'), directory };
      await mkdir(around.productionRoot, { recursive: true });
      await assert.rejects(createOverlay(site.host, around, unattended), error =>
        hasReason(error, 'unsupported'),
      );
      await rm(directory, { recursive: true });
      await lstat(site.production);
    });

    if (name !== 'reflink' && name !== 'copy') {
      it('waits for a mount in use, and detaches it lazily as the last resort, naming the user', async () => {
        const overlay = await site.overlay();
        const holder = spawn('sleep', ['600'], { cwd: overlay.site, stdio: 'ignore' });
        await once(holder, 'spawn');
        try {
          const warnings = await overlay.unmount();
          assert.equal(warnings.length, 1);
          assert.match(warnings[0] ?? '', new RegExp(`sleep \\(${holder.pid}\\)`));
          assert.equal(await overlay.isMounted(), false);
          await overlay.mount();
          assert.equal(await readFile(inSite(overlay, 'index.php'), 'utf8'), 'one\n');
        } finally {
          holder.kill('SIGKILL');
          await once(holder, 'exit');
        }
      });

      it('is removed with a directory deep in which it is mounted, not through what it shows', async () => {
        const top = path.join(site.root, 'deep');
        const overlay = await createOverlay(
          site.host,
          { driver: site.driver, productionRoot: site.production, directory: path.join(top, 'a/b/c/d') },
          unattended,
        );
        const before = await treeDigest(site.production);
        let attempts = 0;
        // Tried again as a whole, not once more on every level: that would take days.
        await assert.rejects(
          removeTree(top, async () => void attempts++),
          { code: 'EBUSY' },
        );
        assert.ok(attempts > 1 && attempts <= 20, `${attempts} attempts`);
        assert.equal(await overlay.isMounted(), true);
        await removeWithMounts(site.host, top);
        await assert.rejects(lstat(top), { code: 'ENOENT' });
        assert.equal(await treeDigest(site.production), before);
      });

      it('costs the same on a small site and on a large one', async () => {
        // Counted, not timed: what creation reads of production once the store knows its links.
        for (let i = 0; i < 10; i++)
          await site.fill(Object.fromEntries(Array.from({ length: 100 }, (_, j) => [`many/${i}/${j}`, ''])));
        await (await site.overlay('first')).destroy();
        await symlink('/nowhere', path.join(site.production, 'many/7/late'));
        const overlay = await site.overlay('second');
        assert.deepEqual(overlay.warnings, [], 'it did not look through the site again');
        assert.equal((await overlay.closeLinks()).length, 1, 'the look afterwards does');
      });
    }

    if (name === 'fuse-overlayfs')
      it('comes back when its process was killed', async () => {
        const overlay = await site.overlay();
        await writeFile(inSite(overlay, 'index.php'), 'mine');
        const pids = execFileSync('pgrep', ['-f', `fuse-overlayfs .*fsname=greenroom site`], {
          encoding: 'utf8',
        });
        const own = pids
          .trim()
          .split('\n')
          .filter(pid => readsFrom(pid, overlay.directory));
        assert.equal(own.length, 1);
        process.kill(Number(own[0]), 'SIGKILL');
        await assert.rejects(readFile(inSite(overlay, 'index.php')));
        assert.equal(await overlay.isMounted(), false);
        await overlay.mount();
        assert.equal(await readFile(inSite(overlay, 'index.php'), 'utf8'), 'mine');
      });
  });

/** Whether the process has a file below the directory open: several sites may be mounted. */
function readsFrom(pid: string, directory: string): boolean {
  return execFileSync('bash', ['-c', `ls -l /proc/${pid}/fd 2>/dev/null || true`], {
    encoding: 'utf8',
  }).includes(directory);
}

describe('chooseDriver', () => {
  it('says which driver, why, and keeps a preferred one that works', async function () {
    needsDriver(this, 'overlayfs');
    needsDriver(this, 'fuse-overlayfs');
    const site = await TestSite.make('copy');
    try {
      await site.fill({ a: 'x' });
      const options = { productionRoot: site.production, directory: path.join(site.root, 'env') };
      assert.equal((await chooseDriver(site.host, options)).driver.name, 'overlayfs');
      const preferred = await chooseDriver(site.host, { ...options, preferred: 'fuse-overlayfs' });
      assert.equal(preferred.driver.name, 'fuse-overlayfs');
      const mac = { ...site.host, platform: 'darwin' as const };
      const last = await chooseDriver(mac, options);
      assert.ok(['reflink', 'copy'].includes(last.driver.name));
      assert.match(last.why, /overlayfs: only Linux has it/);
      await assert.rejects(
        chooseDriver(site.host, { ...options, productionRoot: path.join(site.root, 'absent') }),
        error => hasReason(error, 'files-missing'),
      );
    } finally {
      await site.remove();
    }
  });
});
