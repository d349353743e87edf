import assert from 'node:assert/strict';
import { unattended } from '../../../server/platform/progress.ts';
import { makePlan } from '../../../server/promotion/plan.ts';
import { promote } from '../../../server/promotion/promote.ts';
import { undo } from '../../../server/promotion/undo.ts';
import { startMariadb, type TestServer } from '../../support/mariadb.ts';
import { contextOf, editEnvironment, makeSite, picture, visible } from '../../support/promotionSite.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

describe('promotion: there and back', () => {
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

  it('applies files and schema, undoes them with all values, and does it again', async () => {
    const spec = await makeSite(server, directory.path, 'round');
    const before = await picture(server, spec);
    await editEnvironment(server, spec);
    const context = await contextOf(spec);
    const plan = await makePlan(context, unattended);
    assert.deepEqual(plan.conflicts, []);
    assert.equal(plan.rehearsal.state, 'passed', JSON.stringify(plan.rehearsal));
    assert.deepEqual(
      plan.files.map(({ path, change }) => `${change} ${path}`),
      [
        'deleted gone/deep/x.txt',
        'deleted gone/y.txt',
        'modified home.php',
        'modified index.php',
        'added lib/b.php',
        'modified logo.bin',
        'added new/dir/z.txt',
      ],
    );
    const params = { digest: plan.digest, message: 'first', confirmDestructive: true, reviewed: true };
    const done = await promote(context, params, unattended);
    assert.notEqual(done.ledgerCommit, '');
    const after = visible(await picture(server, spec));
    assert.ok(after.schema['BASE TABLE tags']);
    assert.equal(after.schema['BASE TABLE old_log'], undefined);
    assert.equal((await makePlan(context, unattended)).schema.length, 0);
    assert.equal((await makePlan(context, unattended)).files.length, 0);
    const undone = await undo(context, { promotion: done.promotion }, unattended);
    assert.deepEqual(visible(await picture(server, spec)), visible(before));
    const redone = await undo(context, { promotion: undone.promotion }, unattended);
    assert.deepEqual(visible(await picture(server, spec)), after);
    await undo(context, { promotion: redone.promotion }, unattended);
    assert.deepEqual(visible(await picture(server, spec)), visible(before));
  });

  it('names that change their kind: a view becomes a table, a table a view, and back with all rows', async () => {
    const spec = await makeSite(server, directory.path, 'kinds');
    const before = visible(await picture(server, spec));
    assert.ok(before.schema['VIEW totals'] && before.schema['BASE TABLE audit']);
    await editEnvironment(server, spec, [
      'DROP VIEW totals',
      'CREATE TABLE totals (customer_id INT NOT NULL PRIMARY KEY, total DECIMAL(32,2) NULL) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4',
      'DROP TRIGGER customers_audit',
      'DROP TABLE audit',
      "CREATE VIEW audit AS SELECT id, CONCAT('customer ', name) AS what FROM customers",
    ]);
    await server.execute(`INSERT INTO ${spec.production}.audit (what) VALUES ('one'), ('two')`);
    const full = visible(await picture(server, spec));
    const context = await contextOf(spec);
    const plan = await makePlan(context, unattended);
    assert.equal(plan.rehearsal.state, 'passed', JSON.stringify(plan.rehearsal));
    const params = { digest: plan.digest, message: 'kinds', confirmDestructive: true, reviewed: true };
    const done = await promote(context, params, unattended);
    const after = visible(await picture(server, spec));
    assert.ok(after.schema['BASE TABLE totals'] && after.schema['VIEW audit']);
    assert.ok(!after.schema['VIEW totals'] && !after.schema['BASE TABLE audit']);
    assert.deepEqual((await makePlan(context, unattended)).schema, []);
    await undo(context, { promotion: done.promotion }, unattended);
    assert.deepEqual(visible(await picture(server, spec)), full);
  });
});
