import assert from 'node:assert/strict';
import { lstat, mkdir, readFile, readlink, rename, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { hasReason } from '../../../server/platform/errors.ts';
import { unattended } from '../../../server/platform/progress.ts';
import { makePlan } from '../../../server/promotion/plan.ts';
import { promote } from '../../../server/promotion/promote.ts';
import { undo } from '../../../server/promotion/undo.ts';
import { startMariadb, type TestServer } from '../../support/mariadb.ts';
import {
  contextOf,
  editEnvironment,
  makeSite,
  picture,
  rootOf,
  type SiteSpec,
  visible,
} from '../../support/promotionSite.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

describe('promotion of releases: production’s root is a link', () => {
  let server: TestServer;
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  before(async () => {
    server = await startMariadb();
    directory = await temporaryDirectory();
  });
  after(async () => {
    await server?.stop();
    await directory?.remove();
  });

  /** `site` becomes a relative link to `releases/1`. */
  async function linked(name: string): Promise<SiteSpec> {
    const spec = await makeSite(server, directory.path, name);
    const root = rootOf(spec);
    await mkdir(path.join(path.dirname(root), 'releases'));
    await rename(root, path.join(path.dirname(root), 'releases', '1'));
    await symlink('releases/1', root);
    return spec;
  }

  async function promoteNow(spec: SiteSpec, overrides: Partial<SiteSpec> = {}) {
    const context = await contextOf({ ...spec, ...overrides });
    const plan = await makePlan(context, unattended);
    const params = { digest: plan.digest, message: 'm', confirmDestructive: true, reviewed: true };
    return { context, ...(await promote(context, params, unattended)) };
  }

  it('switches the link to a new release, and back', async () => {
    const spec = await linked('switch');
    const root = rootOf(spec);
    const before = visible(await picture(server, spec));
    const inode = (await lstat(path.join(root, 'lib', 'a.php'))).ino;
    await editEnvironment(server, spec);
    const { context, promotion } = await promoteNow(spec);
    assert.equal(await readlink(root), `releases/greenroom-${promotion}`);
    assert.match(await readFile(path.join(root, 'index.php'), 'utf8'), /hello, world/);
    assert.equal(
      (await lstat(path.join(root, 'lib', 'a.php'))).ino,
      inode,
      'an unchanged file is not copied',
    );
    assert.match(
      await readFile(path.join(path.dirname(root), 'releases', '1', 'index.php'), 'utf8'),
      /"hello"/,
    );
    const undone = await undo(context, { promotion }, unattended);
    assert.equal(await readlink(root), 'releases/1');
    assert.deepEqual(visible(await picture(server, spec)), before);
    await undo(context, { promotion: undone.promotion }, unattended);
    assert.equal(await readlink(root), `releases/greenroom-${promotion}`);
  });

  it('keeps what the site wrote since: an undo then makes a release of its own', async () => {
    const spec = await linked('uploads');
    const root = rootOf(spec);
    await editEnvironment(server, spec, []);
    const { context, promotion } = await promoteNow(spec);
    await writeFile(path.join(root, 'cache', 'upload.jpg'), 'a visitor’s picture');
    const undone = await undo(context, { promotion }, unattended);
    assert.equal(await readlink(root), `releases/greenroom-${undone.promotion}`);
    assert.equal(await readFile(path.join(root, 'cache', 'upload.jpg'), 'utf8'), 'a visitor’s picture');
    assert.match(await readFile(path.join(root, 'index.php'), 'utf8'), /"hello"/);
    assert.equal(await readFile(path.join(root, 'gone', 'y.txt'), 'utf8'), 'y\n');
  });

  it('is taken back to the old release, and leaves no new one behind', async () => {
    const spec = await linked('back');
    const root = rootOf(spec);
    const before = visible(await picture(server, spec));
    await editEnvironment(server, spec);
    const promotion = { hooks: { after: [{ run: 'exit 1', undoOnFailure: true }] } };
    await assert.rejects(promoteNow(spec, { promotion }), error => hasReason(error, 'hook-failed'));
    assert.equal(await readlink(root), 'releases/1');
    assert.deepEqual(visible(await picture(server, spec)), before);
    const { readdir } = await import('node:fs/promises');
    assert.deepEqual(await readdir(path.join(path.dirname(root), 'releases')), ['1']);
  });

  it('works in place where the configuration says so', async () => {
    const spec = await linked('place');
    await editEnvironment(server, spec, []);
    await promoteNow(spec, { promotion: { releases: 'in-place' } });
    assert.equal(await readlink(rootOf(spec)), 'releases/1');
    assert.match(await readFile(path.join(rootOf(spec), 'index.php'), 'utf8'), /hello, world/);
  });
});
