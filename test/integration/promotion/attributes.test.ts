import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chown, lstat, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { unattended } from '../../../server/platform/progress.ts';
import { makePlan } from '../../../server/promotion/plan.ts';
import { promote } from '../../../server/promotion/promote.ts';
import { undo } from '../../../server/promotion/undo.ts';
import { startMariadb, type TestServer } from '../../support/mariadb.ts';
import { contextOf, makeSite, picture, rootOf, siteOf, visible } from '../../support/promotionSite.ts';
import { needs } from '../../support/requirements.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const webServer = 33;

describe('promotion: owners, modes and attributes of other people’s files', () => {
  let server: TestServer;
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  before(async function () {
    needs(this, 'linux', 'root', 'program:setfattr', 'program:getfattr');
    server = await startMariadb();
    directory = await temporaryDirectory();
  });
  after(async () => {
    await server?.stop();
    await directory?.remove();
  });

  const attribute = (file: string) =>
    execFileSync('getfattr', ['--only-values', '-n', 'user.note', file], { encoding: 'utf8', stdio: 'pipe' });

  it('a new version keeps those of the old one; a new file has its directory’s owner; undo brings all back', async () => {
    // There before the environment is cut: what changes in production later is a change of its own.
    const root = path.join(directory.path, 'owned', 'www', 'site');
    const index = path.join(root, 'index.php');
    await mkdir(path.join(root, 'lib'), { recursive: true });
    for (const file of [index, path.join(root, 'lib', 'a.php')]) await writeFile(file, '');
    for (const file of [index, path.join(root, 'lib'), path.join(root, 'lib', 'a.php')])
      await chown(file, webServer, webServer);
    execFileSync('setfattr', ['-n', 'user.note', '-v', 'keep me', index]);
    const spec = await makeSite(server, directory.path, 'owned');
    assert.equal(rootOf(spec), root);
    const before = visible(await picture(server, spec));
    const site = siteOf(spec);
    await writeFile(path.join(site, 'index.php'), '<?php // new\n');
    await writeFile(path.join(site, 'lib', 'b.php'), '<?php // more\n', { mode: 0o640 });
    await mkdir(path.join(site, 'lib', 'deep'), { mode: 0o750 });
    await writeFile(path.join(site, 'lib', 'deep', 'c.php'), '<?php // deep\n');
    const context = await contextOf(spec);
    const plan = await makePlan(context, unattended);
    const done = await promote(context, { digest: plan.digest, message: 'm' }, unattended);
    assert.deepEqual(done.warnings, []);
    const owner = async (file: string) => {
      const { uid, gid, mode } = await lstat(path.join(root, file));
      return [uid, gid, (mode & 0o777).toString(8)];
    };
    assert.deepEqual(await owner('index.php'), [webServer, webServer, '644']);
    assert.deepEqual(await owner('lib/b.php'), [webServer, webServer, '640']);
    assert.deepEqual(await owner('lib/deep'), [webServer, webServer, '750']);
    assert.deepEqual((await owner('lib/deep/c.php')).slice(0, 2), [webServer, webServer]);
    assert.equal(attribute(index), 'keep me');
    await undo(context, { promotion: done.promotion }, unattended);
    assert.deepEqual(visible(await picture(server, spec)), before);
    assert.equal(attribute(index), 'keep me');
  });
});
