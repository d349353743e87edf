import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmod, chown, lstat, mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { unattended } from '../../../server/platform/progress.ts';
import { setMetadata } from '../../../server/promotion/files/copyFile.ts';
import { readFileState } from '../../../server/promotion/files/fileState.ts';
import { makePlan } from '../../../server/promotion/plan.ts';
import { promote } from '../../../server/promotion/promote.ts';
import { listPromotionDirectories, stateDirectory } from '../../../server/promotion/stateDirectory.ts';
import { undo } from '../../../server/promotion/undo.ts';
import { startMariadb, type TestServer } from '../../support/mariadb.ts';
import { contextOf, editEnvironment, makeSite, rootOf, siteOf } from '../../support/promotionSite.ts';
import { needs } from '../../support/requirements.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

/** A group that two people share, one of the two, and somebody else. */
const group = 33;
const colleague = { uid: 65_534, gid: group };
const stranger = { uid: 65_534, gid: 65_534 };

describe('promotion: what is kept beside production, and who may use it', () => {
  let server: TestServer;
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  before(async function () {
    needs(this, 'linux', 'root');
    server = await startMariadb();
    directory = await temporaryDirectory();
    await chmod(directory.path, 0o755);
  });
  after(async () => {
    await server?.stop();
    await directory?.remove();
  });

  /** Runs a command as another user; answers whether it could. */
  const can = (who: { uid: number; gid: number }, ...command: string[]) => {
    try {
      execFileSync(command[0] ?? '', command.slice(1), { ...who, stdio: 'pipe' });
      return true;
    } catch {
      return false;
    }
  };

  async function promoted(name: string, mode: number) {
    const spec = await makeSite(server, directory.path, name);
    const root = rootOf(spec);
    await chown(root, 0, group);
    await chmod(root, mode);
    await editEnvironment(server, spec, ['ALTER TABLE audit ADD COLUMN at DATETIME NULL']);
    const context = await contextOf(spec);
    const plan = await makePlan(context, unattended);
    const done = await promote(context, { digest: plan.digest, message: 'm', reviewed: true }, unattended);
    const state = stateDirectory(root);
    const [kept] = await listPromotionDirectories(state);
    assert.ok(kept);
    return { context, done, state, kept };
  }

  it('a root that is a group’s to write: its members read the journal, go on with it, and take the lock', async () => {
    const { context, done, state, kept } = await promoted('shared', 0o2775);
    for (const file of [kept.record, kept.journal, kept.settled, kept.observed]) {
      assert.ok(can(colleague, 'test', '-r', file, '-a', '-w', file), file);
      assert.ok(!can(stranger, 'test', '-r', file), file);
    }
    assert.ok(can(colleague, 'mkdir', path.join(state.promotions, '000002-mine')));
    assert.ok(can(colleague, 'touch', path.join(state.locks, 'mine')));
    assert.ok(can(colleague, 'rmdir', path.join(state.promotions, '000002-mine')));
    // Kept versions have the modes that they had in production: undo brings those back.
    assert.ok((await readdir(kept.snapshot)).length > 0);
    for (const name of await readdir(kept.snapshot)) {
      const { mode } = await lstat(path.join(kept.snapshot, name));
      assert.notEqual(mode & 0o777, 0o660, name);
    }
    await undo(context, { promotion: done.promotion }, unattended);
    const [, back] = await listPromotionDirectories(state);
    assert.ok(back !== undefined && can(colleague, 'test', '-w', back.settled));
  });

  it('a root that is a group’s to write: so is a directory that comes new, with all in it', async () => {
    const spec = await makeSite(server, directory.path, 'grown');
    const root = rootOf(spec);
    await chown(root, 0, group);
    await chmod(root, 0o2775);
    const added = path.join(siteOf(spec), 'added', 'inner');
    await mkdir(added, { recursive: true, mode: 0o755 });
    await writeFile(path.join(added, 'file'), 'new');
    const context = await contextOf(spec);
    const { digest } = await makePlan(context, unattended);
    await promote(context, { digest, message: 'm', reviewed: true }, unattended);
    for (const name of ['added', 'added/inner']) {
      const { mode, gid } = await lstat(path.join(root, name));
      assert.deepEqual([mode & 0o7777, gid], [0o2775, group], name);
    }
    const file = await lstat(path.join(root, 'added/inner/file'));
    assert.deepEqual([file.mode & 0o7777, file.gid], [0o644, group]);
    assert.deepEqual((await makePlan(context, unattended)).files, []);
  });

  it('a user who may not give a file its owner gives it its group at least', async () => {
    const mine = path.join(directory.path, 'mine');
    await writeFile(mine, 'mine');
    await chown(mine, stranger.uid, stranger.gid);
    const state = (await readFileState(mine))?.state;
    assert.ok(state?.type === 'file');
    const groups = process.getgroups?.() ?? [];
    try {
      process.setgroups?.([group]);
      process.setegid?.(stranger.gid);
      process.seteuid?.(stranger.uid);
      assert.equal(await setMetadata(mine, { ...state, mode: 0o640 }, { uid: 0, gid: group }), false);
    } finally {
      process.seteuid?.(0);
      process.setegid?.(0);
      process.setgroups?.(groups);
    }
    const { mode, uid, gid } = await lstat(mine);
    assert.deepEqual([mode & 0o7777, uid, gid], [0o640, stranger.uid, group]);
  });

  it('any other root: nobody else gets in', async () => {
    const { state, kept } = await promoted('own', 0o755);
    for (const who of [colleague, stranger]) {
      assert.ok(!can(who, 'ls', state.directory));
      assert.ok(!can(who, 'test', '-r', kept.record));
    }
  });
});
