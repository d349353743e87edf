import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createOverlay, type Overlay, overlayDrivers } from '../../../server/files/overlay.ts';
import { hasReason } from '../../../server/platform/errors.ts';
import { unattended } from '../../../server/platform/progress.ts';
import { forkConfiguration } from '../../../server/reroute/fork.ts';
import { temporaryDirectory, testHost } from '../../support/temporary.ts';
import { facts, planted } from '../../unit/reroute/site.ts';

/** Every path of a tree with its mode, time and content. */
async function fingerprint(root: string): Promise<string> {
  const hash = createHash('sha256');
  for (const name of (await readdir(root, { recursive: true })).sort()) {
    const entry = await stat(path.join(root, name));
    hash.update(`${name}\0${entry.mode}\0${entry.mtimeMs}\0`);
    if (entry.isFile()) hash.update(await readFile(path.join(root, name)));
  }
  return hash.digest('hex');
}

for (const name of ['overlayfs', 'fuse-overlayfs', 'copy'])
  describe(`the fork in an environment’s files, ${name}`, () => {
    let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
    let overlay: Overlay | undefined;
    let production: string;

    beforeEach(async () => {
      temporary = await temporaryDirectory();
      production = path.join(temporary.path, 'production');
      await mkdir(path.join(production, 'config'), { recursive: true });
      await writeFile(
        path.join(production, '.env'),
        `DB_HOST=db.internal\nDB_PASSWORD=${planted.database}\n`,
      );
      await chmod(path.join(production, '.env'), 0o440);
      await writeFile(
        path.join(production, 'config', 'settings.json'),
        '{"stripe": {"secret": "xyz-123456"}}',
      );
      await symlink(path.join(production, 'config'), path.join(production, 'linked'));
      await writeFile(path.join(production, 'config', 'mail.ini'), '[mail]\nhost=smtp.example.com\n');
      const driver = overlayDrivers.find(one => one.name === name);
      assert.ok(driver);
      const host = testHost(temporary.path);
      const directory = path.join(temporary.path, 'overlay');
      overlay = await createOverlay(host, { driver, productionRoot: production, directory }, unattended);
    });
    afterEach(async () => {
      await overlay?.destroy();
      overlay = undefined;
      await temporary.remove();
    });

    const fork = (files: string[], linked: string[] = []) => {
      assert.ok(overlay);
      return forkConfiguration(testHost(temporary.path), {
        site: overlay.site,
        linked,
        productionRoot: production,
        files,
        facts,
        sandbox: {},
        keep: [],
      });
    };

    it('is written there and nowhere else, modes kept, whatever links lead to production', async () => {
      assert.ok(overlay);
      const before = await fingerprint(production);
      await fork(['config/settings.json']);
      assert.equal(await fingerprint(production), before);
      const env = path.join(overlay.site, '.env');
      assert.match(
        await readFile(env, 'utf8'),
        /DB_HOST=127\.0\.0\.1\nDB_PORT=21234\nDB_PASSWORD=cl0nePassw0rd/,
      );
      assert.equal((await stat(env)).mode & 0o777, 0o440);
      assert.match(await readFile(path.join(overlay.site, 'config/settings.json'), 'utf8'), /placeholder/);

      // Whether the overlay has turned the link round into the site or not: it never leads to production.
      await fork(['linked/mail.ini']).catch(error => assert.ok(hasReason(error, 'path-escape'), error));
      assert.equal(await fingerprint(production), before);
    });

    it('reaches what a release shares: a linked directory of settings, and a linked file', async () => {
      const shared = path.join(temporary.path, 'shared');
      await mkdir(path.join(shared, 'config'), { recursive: true });
      const settings = `production:\n  adapter: mysql2\n  host: db.internal\n  password: ${planted.database}\n`;
      await writeFile(path.join(shared, 'config/database.yml'), settings);
      await writeFile(path.join(shared, '.env'), `DB_HOST=db.internal\nDB_PASSWORD=${planted.database}\n`);
      await rm(path.join(production, 'config'), { recursive: true });
      await rm(path.join(production, '.env'));
      await symlink('../shared/config', path.join(production, 'config'));
      await symlink('../shared/.env', path.join(production, '.env'));
      const before = [await fingerprint(production), await fingerprint(shared)];
      assert.ok(overlay);
      await overlay.refresh();
      const report = await fork([], await overlay.linked());
      assert.deepEqual(report.files, ['.env', 'config/database.yml']);
      for (const file of report.files) {
        const text = await readFile(path.join(overlay.site, file), 'utf8');
        assert.ok(text.includes('127.0.0.1') && !text.includes(planted.database), text);
      }
      assert.deepEqual([await fingerprint(production), await fingerprint(shared)], before);
      assert.deepEqual(await overlay.changedEntries(), []);
    });
  });
