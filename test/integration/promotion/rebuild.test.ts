import assert from 'node:assert/strict';
import { hasReason } from '../../../server/platform/errors.ts';
import { unattended } from '../../../server/platform/progress.ts';
import { recordTypes } from '../../../server/promotion/journalRecords.ts';
import { makePlan } from '../../../server/promotion/plan.ts';
import { promote } from '../../../server/promotion/promote.ts';
import { recover } from '../../../server/promotion/recover.ts';
import { listPromotionDirectories, stateDirectory } from '../../../server/promotion/stateDirectory.ts';
import { undo } from '../../../server/promotion/undo.ts';
import { eventually } from '../../support/eventually.ts';
import { startMariadb, type TestServer } from '../../support/mariadb.ts';
import { Children } from '../../support/promotionChild.ts';
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

/** Both tables can be rebuilt: no foreign key refers to them. */
const changes = [
  'ALTER TABLE `old_log` MODIFY line VARCHAR(100) NOT NULL, ADD COLUMN level INT NOT NULL DEFAULT 1',
  'ALTER TABLE `audit` DROP COLUMN what, ADD COLUMN at DATETIME NULL',
];

describe('promotion: tables that would block for too long are rebuilt beside themselves', () => {
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

  async function site(name: string): Promise<SiteSpec> {
    // Nothing may block at all: every altered table is rebuilt.
    const spec = await makeSite(server, directory.path, name, { promotion: { maxBlock: '0ms' } });
    await server.execute(`INSERT INTO ${spec.production}.audit (what) VALUES ('one'), ('two')`);
    await editEnvironment(server, spec, changes);
    return spec;
  }

  it('there and back, with values and rows written since', async () => {
    const spec = await site('rebuilt');
    const before = visible(await picture(server, spec));
    const context = await contextOf(spec);
    const plan = await makePlan(context, unattended);
    assert.equal(plan.rehearsal.state, 'passed', JSON.stringify(plan.rehearsal));
    const params = { digest: plan.digest, message: 'm', confirmDestructive: true, reviewed: true };
    const done = await promote(context, params, unattended);
    assert.ok('rebuild' in done.timings);
    const kept = await server.query<Record<string, string>>(
      `SHOW TABLES FROM ${spec.production} LIKE '\\_greenroom\\_%'`,
    );
    assert.equal(kept.length, 2, JSON.stringify(kept));
    await server.execute(`INSERT INTO ${spec.production}.old_log (order_id, line) VALUES (2, 'since')`);
    const undone = await undo(context, { promotion: done.promotion }, unattended);
    assert.ok((undone.timings['rebuild'] ?? 0) > 1, JSON.stringify(undone.timings));
    await server.execute(`DELETE FROM ${spec.production}.old_log WHERE line = 'since'`);
    assert.deepEqual(visible(await picture(server, spec)), before);
  });

  it('the way back is rebuilt too: old values return where no one wrote since, also below a write load', async () => {
    const spec = await makeSite(server, directory.path, 'wayback', { promotion: { maxBlock: '0ms' } });
    await server.execute(
      `INSERT INTO ${spec.production}.audit (what) SELECT CONCAT('row ', seq) FROM ${spec.production}.seq_1_to_3000`,
    );
    await editEnvironment(server, spec, [
      'ALTER TABLE orders MODIFY total DECIMAL(10,1) NOT NULL, DROP COLUMN status',
      'ALTER TABLE audit DROP COLUMN what, ADD COLUMN at DATETIME NULL',
    ]);
    const before = visible(await picture(server, spec));
    const context = await contextOf(spec);
    const plan = await makePlan(context, unattended);
    assert.equal(plan.rehearsal.state, 'passed', JSON.stringify(plan.rehearsal));
    const params = { digest: plan.digest, message: 'm', confirmDestructive: true, reviewed: true };
    const done = await promote(context, params, unattended);
    await server.execute(
      `UPDATE ${spec.production}.orders SET total = 9 WHERE id = 2`,
      `INSERT INTO ${spec.production}.orders (customer_id, total) VALUES (2, 3)`,
    );
    let stopped = false;
    const load = (async () => {
      const session = await server.connection(spec.production);
      for (let id = 1; !stopped; id++) await session.query('UPDATE audit SET id = id WHERE id = ?', [id]);
      await session.end();
    })();
    const undone = await undo(context, { promotion: done.promotion }, unattended);
    stopped = true;
    await load;
    assert.ok((undone.timings['rebuild'] ?? 0) > 1, JSON.stringify(undone.timings));
    const after = visible(await picture(server, spec));
    assert.equal(after.rows['audit'], before.rows['audit']);
    assert.deepEqual(after.schema, before.schema);
    const orders = await server.query(`SELECT id, total, status FROM ${spec.production}.orders ORDER BY id`);
    assert.deepEqual(
      orders.map(row => Object.values(row).map(String)),
      [
        ['1', '10.50', 'paid'],
        ['2', '9.00', 'new'],
        ['3', '5.25', 'sent'],
        ['4', '3.00', 'new'],
      ],
    );
    // Undone once more: the promotion's schema, with what was written since.
    const redone = await undo(context, { promotion: undone.promotion }, unattended);
    assert.ok((redone.timings['rebuild'] ?? 0) > 1, JSON.stringify(redone.timings));
    const again = await server.query(`SELECT total FROM ${spec.production}.orders ORDER BY id`);
    assert.deepEqual(
      again.map(row => String(row['total'])),
      ['10.5', '9.0', '5.3', '3.0'],
    );
  });

  it('tables that others refer to, there and back', async () => {
    const spec = await makeSite(server, directory.path, 'referred', { promotion: { maxBlock: '0ms' } });
    const before = visible(await picture(server, spec));
    await server.execute(
      `ALTER TABLE ${spec.clone}.customers MODIFY name VARCHAR(60) NOT NULL, DROP COLUMN note, ADD COLUMN vip INT NULL`,
    );
    const context = await contextOf(spec);
    const plan = await makePlan(context, unattended);
    assert.equal(plan.rehearsal.state, 'passed', JSON.stringify(plan.rehearsal));
    const params = { digest: plan.digest, message: 'm', confirmDestructive: true };
    const done = await promote(context, params, unattended);
    assert.deepEqual(done.warnings, []);
    const fresh = `INSERT INTO ${spec.production}.orders (customer_id, total) VALUES`;
    await assert.rejects(server.execute(`${fresh} (99, 1)`), /foreign key constraint fails/);
    await undo(context, { promotion: done.promotion }, unattended);
    await assert.rejects(server.execute(`${fresh} (99, 1)`), /foreign key constraint fails/);
    assert.deepEqual(visible(await picture(server, spec)), before);
  });

  it('the plan says which table cannot be rebuilt, why, and that it is altered in place', async () => {
    const spec = await makeSite(server, directory.path, 'inplace', { promotion: { maxBlock: '0ms' } });
    await server.execute(
      `ALTER TABLE ${spec.clone}.customers ADD COLUMN vip INT NULL`,
      `ALTER TABLE ${spec.clone}.orders ADD COLUMN vip INT NULL`,
    );
    const context = await contextOf(spec);
    const plan = await makePlan(context, unattended);
    const wanted =
      /customers blocks writes .* altered in place.*foreign keys of orders refer to it, and orders is changed/;
    const told = plan.findings.filter(({ guard }) => guard === 'max-block');
    assert.deepEqual(
      told.map(({ subject, severity }) => [subject, severity]),
      [['customers', 'info']],
    );
    assert.match(told[0]?.message ?? '', wanted);
    const done = await promote(context, { digest: plan.digest, message: 'm' }, unattended);
    assert.match(done.warnings.join('\n'), wanted);
  });

  it('is whole or not at all when it is killed on the way, and when a command after it fails', async function () {
    this.timeout(400_000);
    const spec = await site('killed');
    const old = visible(await picture(server, spec));
    const context = await contextOf(spec);
    const plan = await makePlan(context, unattended);
    const children = new Children();
    try {
      const from = recordTypes.indexOf('prepared');
      const to = recordTypes.indexOf('committed');
      let finished = 0;
      for (const type of recordTypes.slice(from, to + 1)) {
        const ended = await children.run({
          spec,
          action: { promote: plan.digest },
          die: { type, when: 'before' },
        });
        assert.deepEqual(ended, { state: 'killed' }, type);
        const report = await recover(context, unattended);
        assert.deepEqual(report.problems, [], type);
        if (report.finished.length > 0) {
          finished++;
          const last = (await listPromotionDirectories(stateDirectory(rootOf(spec)))).at(-1);
          // The server notices a killed session's end, and frees its lock, when its statement is done.
          await eventually(() => undo(context, { promotion: last?.id ?? '' }, unattended));
        }
        assert.deepEqual(visible(await picture(server, spec)), old, type);
      }
      assert.ok(finished >= 2);
    } finally {
      await children.close();
    }
    const failing = await contextOf({
      ...spec,
      promotion: { maxBlock: '0ms', hooks: { after: [{ run: 'exit 1', undoOnFailure: true }] } },
    });
    const params = { digest: plan.digest, message: 'm', confirmDestructive: true, reviewed: true };
    await assert.rejects(promote(failing, params, unattended), error => hasReason(error, 'hook-failed'));
    assert.deepEqual(visible(await picture(server, spec)), old);
  });

  it('is whole or not at all when an undo is killed on the way', async function () {
    this.timeout(400_000);
    const spec = await site('undokilled');
    const old = visible(await picture(server, spec));
    const context = await contextOf(spec);
    const { digest } = await makePlan(context, unattended);
    const params = { digest, message: 'm', confirmDestructive: true, reviewed: true };
    // The server notices a killed session's end, and frees its lock, when its statement is done.
    const promoteNow = () => eventually(() => promote(context, params, unattended));
    let { promotion } = await promoteNow();
    const fresh = visible(await picture(server, spec));
    assert.notDeepEqual(fresh, old);
    const children = new Children();
    const ends: string[] = [];
    const first = recordTypes.indexOf('committing');
    try {
      for (const type of recordTypes.slice(first, recordTypes.indexOf('committed') + 1)) {
        const ended = await children.run({
          spec,
          action: { undo: promotion },
          die: { type, when: 'before' },
        });
        assert.deepEqual(ended, { state: 'killed' }, type);
        const report = await recover(context, unattended);
        assert.deepEqual(report.problems, [], type);
        ends.push(report.finished.length > 0 ? 'old' : 'fresh');
        assert.deepEqual(visible(await picture(server, spec)), ends.at(-1) === 'old' ? old : fresh, type);
        if (ends.at(-1) === 'old') ({ promotion } = await promoteNow());
      }
    } finally {
      await children.close();
    }
    // From the record on that says that visitors see the old version again.
    const switched = recordTypes.indexOf('switched') + 1 - first;
    assert.deepEqual(
      ends,
      ends.map((_, index) => (index >= switched ? 'old' : 'fresh')),
    );
    assert.ok(ends.includes('old') && ends.includes('fresh'));
  });
});
