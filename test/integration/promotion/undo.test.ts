import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { systemClock } from '../../../server/platform/clock.ts';
import { type GreenroomError, hasReason } from '../../../server/platform/errors.ts';
import { unattended } from '../../../server/platform/progress.ts';
import { makePlan } from '../../../server/promotion/plan.ts';
import { promote } from '../../../server/promotion/promote.ts';
import { removeOldSnapshots } from '../../../server/promotion/snapshots.ts';
import { undo } from '../../../server/promotion/undo.ts';
import { startMariadb, type TestServer } from '../../support/mariadb.ts';
import {
  contextOf,
  editEnvironment,
  makeSite,
  picture,
  rootOf,
  siteOf,
  visible,
} from '../../support/promotionSite.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

describe('undo', () => {
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

  async function promoteNow(context: Awaited<ReturnType<typeof contextOf>>, message = 'm') {
    const plan = await makePlan(context, unattended);
    assert.equal(plan.rehearsal.state === 'failed', false, JSON.stringify(plan.rehearsal));
    return promote(
      context,
      { digest: plan.digest, message, confirmDestructive: true, reviewed: true },
      unattended,
    );
  }

  it('keeps rows written since, brings back values where nobody wrote, and touches no trigger or timestamp', async () => {
    const spec = await makeSite(server, directory.path, 'rows');
    await editEnvironment(server, spec);
    const context = await contextOf(spec);
    const done = await promoteNow(context);
    const p = spec.production;
    await server.execute(
      `INSERT INTO ${p}.customers (email, name, vip) VALUES ('new@x.test', 'New', 1)`,
      `UPDATE ${p}.orders SET total = 99.9 WHERE id = 2`,
      `INSERT INTO ${p}.orders (customer_id, total, priority) VALUES (4, 7.5, 3)`,
      `DELETE FROM ${p}.audit`,
    );
    const changed = await server.query(`SELECT id, changed FROM ${p}.orders ORDER BY id`);
    await undo(context, { promotion: done.promotion }, unattended);
    const customers = await server.query(`SELECT id, email, note, code FROM ${p}.customers ORDER BY id`);
    assert.deepEqual(customers, [
      { id: 1, email: 'a@x.test', note: 'first', code: 'AAAA0001' },
      { id: 2, email: 'b@x.test', note: null, code: 'BBBB0002' },
      { id: 3, email: 'c@x.test', note: 'third', code: 'CCCC0003' },
      { id: 4, email: 'new@x.test', note: null, code: '' },
    ]);
    const orders = await server.query(`SELECT id, total FROM ${p}.orders ORDER BY id`);
    assert.deepEqual(orders, [
      { id: 1, total: '10.50' },
      // Written since: stays.
      { id: 2, total: '99.90' },
      // Rounded by the promotion and untouched since: as it was.
      { id: 3, total: '5.25' },
      { id: 4, total: '7.50' },
    ]);
    assert.deepEqual(await server.query(`SELECT id, changed FROM ${p}.orders ORDER BY id`), changed);
    assert.deepEqual(await server.query(`SELECT * FROM ${p}.audit`), []);
    assert.equal((await server.query(`SELECT * FROM ${p}.old_log`)).length, 3);
  });

  it('refuses with the list what later promotions and direct changes are in the way of', async () => {
    const spec = await makeSite(server, directory.path, 'blocked');
    const site = siteOf(spec);
    const context = await contextOf(spec);
    await writeFile(path.join(site, 'index.php'), 'first\n');
    await writeFile(path.join(site, 'lib', 'a.php'), 'first\n');
    await server.execute(`ALTER TABLE ${spec.clone}.orders MODIFY total DECIMAL(12,2) NOT NULL`);
    const first = await promoteNow(context, 'the first');
    await writeFile(path.join(site, 'index.php'), 'second\n');
    await server.execute(`ALTER TABLE ${spec.clone}.orders MODIFY total DECIMAL(14,2) NOT NULL`);
    const second = await promoteNow(context, 'the second');
    await writeFile(path.join(rootOf(spec), 'lib', 'a.php'), 'direct\n');
    const before = visible(await picture(server, spec));
    await assert.rejects(undo(context, { promotion: first.promotion }, unattended), (error: unknown) => {
      assert.ok(hasReason(error, 'undo-blocked'));
      assert.deepEqual(error.items, [
        `file index.php: changed by ${second.promotion} (“the second”)`,
        'file lib/a.php: changed directly in production',
        `orders.total: changed by ${second.promotion} (“the second”)`,
      ]);
      return true;
    });
    assert.deepEqual(visible(await picture(server, spec)), before);
    await undo(context, { promotion: second.promotion }, unattended);
    await writeFile(path.join(rootOf(spec), 'lib', 'a.php'), 'first\n');
    await undo(context, { promotion: first.promotion }, unattended);
    const [row] = await server.query<{ type: string }>(
      `SELECT column_type AS type FROM information_schema.columns WHERE table_schema = '${spec.production}' AND table_name = 'orders' AND column_name = 'total'`,
    );
    assert.equal(row?.type, 'decimal(10,2)');
    await assert.rejects(undo(context, { promotion: 'nonsense' }, unattended), error =>
      hasReason(error, 'promotion-missing'),
    );
  });

  it('leaves alone what others changed beside it', async () => {
    const spec = await makeSite(server, directory.path, 'beside');
    const context = await contextOf(spec);
    await server.execute(`ALTER TABLE ${spec.clone}.orders ADD COLUMN priority INT NOT NULL DEFAULT 0`);
    const done = await promoteNow(context);
    await server.execute(
      `ALTER TABLE ${spec.production}.orders ADD COLUMN theirs INT NULL`,
      `CREATE TABLE ${spec.production}.theirs (id INT PRIMARY KEY)`,
    );
    await undo(context, { promotion: done.promotion }, unattended);
    const columns = await server.query<{ name: string }>(
      `SELECT column_name AS name FROM information_schema.columns WHERE table_schema = '${spec.production}' AND table_name = 'orders'`,
    );
    assert.deepEqual(columns.map(({ name }) => name).sort(), [
      'changed',
      'customer_id',
      'id',
      'status',
      'theirs',
      'total',
    ]);
    assert.equal((await server.query(`SHOW TABLES FROM ${spec.production} LIKE 'theirs'`)).length, 1);
  });

  it('tells hard cases before, asks before it shortens, keeps what it shortened, and refuses duplicates', async () => {
    const spec = await makeSite(server, directory.path, 'hard');
    const context = await contextOf(spec);
    await server.execute(
      `ALTER TABLE ${spec.clone}.customers MODIFY name VARCHAR(60) NOT NULL, DROP INDEX email, MODIFY note LONGTEXT NULL, DROP COLUMN code`,
    );
    const plan = await makePlan(context, unattended);
    const notes = plan.undoNotes.join('\n');
    assert.match(notes, /customers\.name becomes wider/);
    assert.match(notes, /loses its unique key on email/);
    assert.match(notes, /customers\.code is NOT NULL without a default/);
    const done = await promoteNow(context);
    const long = 'A name much longer than thirty characters';
    await server.execute(`UPDATE ${spec.production}.customers SET name = '${long}' WHERE id = 2`);
    await assert.rejects(undo(context, { promotion: done.promotion }, unattended), (error: unknown) => {
      assert.ok(hasReason(error, 'finding'), String(error));
      assert.match((error as GreenroomError).items.join('\n'), /name/);
      return true;
    });
    const undone = await undo(context, { promotion: done.promotion, confirmed: true }, unattended);
    const name = async () =>
      (await server.query(`SELECT name FROM ${spec.production}.customers WHERE id = 2`))[0]?.['name'];
    assert.equal(await name(), long.slice(0, 30));
    const redone = await undo(context, { promotion: undone.promotion }, unattended);
    assert.equal(await name(), long);
    await server.execute(
      `INSERT INTO ${spec.production}.customers (email, name) VALUES ('b@x.test', 'Twin')`,
    );
    const before = visible(await picture(server, spec));
    await assert.rejects(undo(context, { promotion: redone.promotion, confirmed: true }, unattended), error =>
      hasReason(error, 'data-check'),
    );
    assert.deepEqual(visible(await picture(server, spec)), before);
  });

  it('removes snapshots after their time, and says so', async () => {
    const spec = await makeSite(server, directory.path, 'retention');
    await editEnvironment(server, spec);
    const context = await contextOf(spec);
    const done = await promoteNow(context);
    const kept = () => server.query(`SHOW TABLES FROM ${spec.production} LIKE '\\_greenroom\\_%'`);
    assert.ok((await kept()).length >= 3);
    assert.deepEqual(await removeOldSnapshots(context), []);
    const later = await contextOf(spec, {
      clock: { ...systemClock, now: () => systemClock.now() + 31 * 24 * 3600_000 },
    });
    assert.deepEqual(await removeOldSnapshots(later), [done.promotion]);
    assert.deepEqual(await kept(), []);
    await assert.rejects(undo(context, { promotion: done.promotion }, unattended), error =>
      hasReason(error, 'undo-blocked'),
    );
  });
});
