import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { appendFile, mkdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { systemClock } from '../../../server/platform/clock.ts';
import { hasReason, type Reason } from '../../../server/platform/errors.ts';
import { unattended } from '../../../server/platform/progress.ts';
import { openPromoter } from '../../../server/promotion/locks.ts';
import { makePlan } from '../../../server/promotion/plan.ts';
import { promote } from '../../../server/promotion/promote.ts';
import { recover } from '../../../server/promotion/recover.ts';
import { listPromotionDirectories, stateDirectory } from '../../../server/promotion/stateDirectory.ts';
import { undo } from '../../../server/promotion/undo.ts';
import { startMariadb, type TestServer } from '../../support/mariadb.ts';
import { Children } from '../../support/promotionChild.ts';
import {
  contextOf,
  editEnvironment,
  makeSite,
  type Picture,
  picture,
  rootOf,
  type SiteSpec,
  siteOf,
  visible,
} from '../../support/promotionSite.ts';
import { needs } from '../../support/requirements.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const small = ['ALTER TABLE `orders` ADD COLUMN priority INT NOT NULL DEFAULT 0'];

describe('promotion: faults', () => {
  let server: TestServer;
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let spec: SiteSpec;
  let context: Awaited<ReturnType<typeof contextOf>>;
  let old: Picture;
  let digest: string;
  before(async () => {
    server = await startMariadb();
    directory = await temporaryDirectory();
    spec = await makeSite(server, directory.path, 'faults');
    old = visible(await picture(server, spec));
    await editEnvironment(server, spec, small);
    context = await contextOf(spec);
    digest = (await makePlan(context, unattended)).digest;
  });
  after(async () => {
    await server?.stop();
    await directory?.remove();
  });

  function params() {
    return { digest, message: 'm', confirmDestructive: true, reviewed: true };
  }

  async function refusedUnchanged(reason: Reason, using = context): Promise<void> {
    await assert.rejects(promote(using, params(), unattended), (error: unknown) => {
      assert.ok(hasReason(error, reason), `expected ${reason}: ${String(error)}`);
      return true;
    });
    assert.deepEqual(visible(await picture(server, spec)), old);
    assert.deepEqual((await recover(context, unattended)).problems, []);
  }

  it('gives up cleanly when another session keeps a table for long, and lets others through meanwhile', async () => {
    const holder = await server.connection(spec.production);
    await holder.query('BEGIN');
    await holder.query('SELECT * FROM orders');
    await refusedUnchanged('locked');
    // Nothing of ours still waits in the queue: a write gets through at once.
    const other = await server.connection(spec.production);
    await other.query('SET SESSION lock_wait_timeout = 1');
    await other.query('UPDATE orders SET total = total WHERE id = 2');
    await other.end();
    await holder.end();
  });

  it('two promotions at once: one from another store of this machine, one from another machine', async () => {
    const elsewhere = await contextOf({ ...spec, store: path.join(spec.directory, 'other-store') });
    await makePlan(elsewhere, unattended);
    const outcomes = await Promise.allSettled([
      promote(context, params(), unattended),
      promote(elsewhere, params(), unattended),
    ]);
    const won = outcomes.filter(outcome => outcome.status === 'fulfilled');
    assert.equal(won.length, 1);
    const lost = outcomes.find(outcome => outcome.status === 'rejected');
    assert.ok(
      hasReason(lost?.reason, 'locked', 'production-moved', 'plan-changed', 'nothing-to-promote'),
      String(lost?.reason),
    );
    await undo(context, { promotion: won[0]?.value.promotion ?? '' }, unattended);
    assert.deepEqual(visible(await picture(server, spec)), old);
    const session = await openPromoter(context);
    await refusedUnchanged('locked');
    await session.close();
  });

  it('refuses when production moved since the preview, and tells it from a changed environment', async () => {
    const file = path.join(rootOf(spec), 'index.php');
    const text = await readFile(file, 'utf8');
    await writeFile(file, `${text}// direct\n`);
    await assert.rejects(promote(context, params(), unattended), error =>
      hasReason(error, 'production-moved'),
    );
    await writeFile(file, text);
    await server.execute(`ALTER TABLE ${spec.production}.orders ADD COLUMN direct INT`);
    await assert.rejects(promote(context, params(), unattended), error =>
      hasReason(error, 'production-moved'),
    );
    await server.execute(`ALTER TABLE ${spec.production}.orders DROP COLUMN direct`);
    const mine = path.join(siteOf(spec), 'lib', 'b.php');
    const edited = await readFile(mine, 'utf8');
    await writeFile(mine, `${edited}// later\n`);
    await assert.rejects(promote(context, params(), unattended), error => hasReason(error, 'plan-changed'));
    await writeFile(mine, edited);
    old = visible(await picture(server, spec));
    digest = (await makePlan(context, unattended)).digest;
  });

  it('keeps the order of promotions when the clock is set back', async () => {
    const first = await promote(context, params(), unattended);
    const yesterday = await contextOf(spec, {
      clock: { ...systemClock, now: () => systemClock.now() - 24 * 3600_000 },
    });
    const second = await undo(yesterday, { promotion: first.promotion }, unattended);
    assert.deepEqual(visible(await picture(server, spec)).rows, old.rows);
    await assert.rejects(undo(context, { promotion: first.promotion }, unattended), error =>
      hasReason(error, 'undo-blocked'),
    );
    const third = await undo(yesterday, { promotion: second.promotion }, unattended);
    await undo(context, { promotion: third.promotion }, unattended);
    assert.deepEqual(visible(await picture(server, spec)), old);
    const order = (await listPromotionDirectories(stateDirectory(rootOf(spec)))).map(({ id }) => id);
    assert.ok(order.indexOf(first.promotion) < order.indexOf(second.promotion));
    assert.ok(order.indexOf(second.promotion) < order.indexOf(third.promotion));
  });

  it('refuses an undo whose snapshot is damaged, of files and of rows, before it touches anything', async () => {
    const done = await promote(context, params(), unattended);
    const now = visible(await picture(server, spec));
    const place = (await listPromotionDirectories(stateDirectory(rootOf(spec)))).find(
      ({ id }) => id === done.promotion,
    );
    assert.ok(place);
    const name = readdirSync(place.snapshot)[0] ?? '';
    const kept = path.join(place.snapshot, name);
    const content = await readFile(kept);
    await rm(kept);
    await writeFile(kept, `${content}x`);
    await assert.rejects(undo(context, { promotion: done.promotion }, unattended), error =>
      hasReason(error, 'snapshot-damaged'),
    );
    assert.deepEqual(visible(await picture(server, spec)), now);
    await rm(kept);
    await assert.rejects(undo(context, { promotion: done.promotion }, unattended), error =>
      hasReason(error, 'snapshot-damaged'),
    );
    await writeFile(kept, content);
    await undo(context, { promotion: done.promotion }, unattended);
    assert.deepEqual(visible(await picture(server, spec)).rows, old.rows);
    old = visible(await picture(server, spec));
  });

  it('asks production itself when the journal was truncated or corrupted', async function () {
    this.timeout(400_000);
    const children = new Children();
    try {
      for (const [type, damage] of [
        ['altered', 'corrupt'],
        ['altered', 'truncate'],
        ['staged', 'corrupt'],
        ['verified', 'corrupt'],
      ] as const) {
        const ended = await children.run({ spec, action: { promote: digest }, die: { type, when: 'after' } });
        assert.equal(ended.state, 'killed');
        const place = (await listPromotionDirectories(stateDirectory(rootOf(spec)))).at(-1);
        assert.ok(place);
        const text = await readFile(place.journal, 'utf8');
        if (damage === 'truncate') await truncate(place.journal, Math.floor(text.length / 2));
        else await writeFile(place.journal, text.replace('"begun"', '"begin"'));
        await appendFile(place.journal, 'torn');
        const report = await recover(context, unattended);
        assert.deepEqual(report.problems, [], `${type} ${damage}`);
        if (type === 'verified') {
          assert.equal(report.finished.length, 1);
          await undo(context, { promotion: place.id }, unattended);
        } else assert.equal(report.takenBack.length, 1);
        assert.deepEqual(visible(await picture(server, spec)), old, `${type} ${damage}`);
      }
    } finally {
      await children.close();
    }
  });

  it('stops at a failing command before, and is taken back by a failing command after', async () => {
    const stop = await contextOf({ ...spec, promotion: { hooks: { before: [{ run: 'exit 3' }] } } });
    await refusedUnchanged('hook-failed', stop);
    const back = await contextOf({
      ...spec,
      promotion: { hooks: { after: [{ run: 'test "$GREENROOM_KIND" = undo', undoOnFailure: true }] } },
    });
    await refusedUnchanged('hook-failed', back);
    const told = await contextOf({
      ...spec,
      promotion: { hooks: { after: [{ run: 'echo no >&2; exit 1' }] } },
    });
    const done = await promote(told, params(), unattended);
    assert.match(done.warnings.join('\n'), /“echo no >&2; exit 1”.*failed/);
    await undo(context, { promotion: done.promotion }, unattended);
  });

  it('is taken back when a directory is immutable', async function () {
    needs(this, 'root', 'linux', 'program:chattr');
    const place = path.join(rootOf(spec), 'lib');
    try {
      execFileSync('chattr', ['+i', place], { stdio: 'pipe' });
    } catch {
      // A file system without attributes: a read-only mount over the directory refuses the same writes.
      execFileSync('mount', ['--bind', place, place]);
      execFileSync('mount', ['-o', 'remount,bind,ro', place]);
      try {
        await refusedUnchanged('permission');
      } finally {
        execFileSync('umount', [place]);
      }
      return;
    }
    try {
      await refusedUnchanged('permission');
    } finally {
      execFileSync('chattr', ['-i', place]);
    }
  });

  it('is taken back when a file may not be replaced', async function () {
    needs(this, 'root', 'linux');
    const file = path.join(rootOf(spec), 'index.php');
    execFileSync('mount', ['--bind', file, file]);
    try {
      await assert.rejects(promote(context, params(), unattended));
    } finally {
      execFileSync('umount', [file]);
    }
    assert.deepEqual(visible(await picture(server, spec)), old);
    assert.deepEqual((await recover(context, unattended)).problems, []);
  });

  it('survives a full disk at every amount of room', async function () {
    this.timeout(400_000);
    needs(this, 'root', 'linux');
    const mount = path.join(directory.path, 'small');
    await mkdir(mount);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', mount]);
    try {
      // Only production (files and snapshots) lies on the small disk.
      const tight = await makeSite(server, directory.path, 'tight', { rootParent: path.join(mount, 'www') });
      await editEnvironment(server, tight, small);
      const tightContext = await contextOf(tight);
      const before = visible(await picture(server, tight));
      const plan = await makePlan(tightContext, unattended);
      const filler = path.join(mount, 'filler');
      let refused = 0;
      for (let free = 0; ; free += 16 * 1024) {
        await rm(filler, { force: true });
        const used = Number(execFileSync('df', ['--output=avail', '-B1', mount]).toString().split('\n')[1]);
        await writeFile(filler, Buffer.alloc(Math.max(0, used - free)));
        const outcome = await promote(tightContext, { ...params(), digest: plan.digest }, unattended).catch(
          (error: unknown) => error,
        );
        await rm(filler, { force: true });
        const report = await recover(tightContext, unattended);
        assert.deepEqual(report.problems, []);
        const now = visible(await picture(server, tight));
        const whole = !(outcome instanceof Error);
        if (whole || report.finished.length > 0) {
          assert.notDeepEqual(now, before);
          assert.equal((await makePlan(tightContext, unattended)).files.length, 0);
          break;
        }
        assert.ok(hasReason(outcome, 'disk-full', 'apply-failed'), String(outcome));
        assert.deepEqual(now, before, `with ${free} bytes free`);
        refused++;
      }
      assert.ok(refused >= 2, `only ${refused} amounts were too small`);
    } finally {
      execFileSync('umount', [mount]);
    }
  });
});
