import assert from 'node:assert/strict';
import { hasReason } from '../../../server/platform/errors.ts';
import { unattended } from '../../../server/platform/progress.ts';
import { makePlan } from '../../../server/promotion/plan.ts';
import { promote } from '../../../server/promotion/promote.ts';
import { recover } from '../../../server/promotion/recover.ts';
import { undo } from '../../../server/promotion/undo.ts';
import { CuttingProxy } from '../../support/cuttingProxy.ts';
import { needsMysql } from '../../support/mysql.ts';
import { type MysqlServer, startMysql } from '../../support/mysqlServer.ts';
import { contextOf, editEnvironment, makeSite, picture, visible } from '../../support/promotionSite.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

describe('promotion on MySQL', function () {
  this.timeout(600_000);
  let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
  let server: MysqlServer;

  before(async function () {
    await needsMysql(this);
    temporary = await temporaryDirectory();
    server = await startMysql();
  });
  after(async () => {
    await server?.stop();
    await temporary?.remove();
  });

  it('goes there and back, and again', async () => {
    const spec = await makeSite(server, temporary.path, 'round');
    const before = visible(await picture(server, spec));
    await editEnvironment(server, spec);
    const context = await contextOf(spec);
    const plan = await makePlan(context, unattended);
    assert.equal(plan.rehearsal.state, 'passed', JSON.stringify(plan.rehearsal));
    const params = { digest: plan.digest, message: 'm', confirmDestructive: true, reviewed: true };
    const done = await promote(context, params, unattended);
    const after = visible(await picture(server, spec));
    assert.ok(after.schema['BASE TABLE tags']);
    const undone = await undo(context, { promotion: done.promotion }, unattended);
    assert.deepEqual(visible(await picture(server, spec)), before);
    const redone = await undo(context, { promotion: undone.promotion }, unattended);
    assert.deepEqual(visible(await picture(server, spec)), after);
    await undo(context, { promotion: redone.promotion }, unattended);
    assert.deepEqual(visible(await picture(server, spec)), before);
  });

  it('goes there and back where tables are rebuilt beside themselves', async () => {
    const spec = await makeSite(server, temporary.path, 'rebuilt', { promotion: { maxBlock: '0ms' } });
    const before = visible(await picture(server, spec));
    await editEnvironment(server, spec, [
      'ALTER TABLE customers DROP COLUMN note, ADD COLUMN vip INT NULL',
      'ALTER TABLE audit DROP COLUMN what, ADD COLUMN at DATETIME NULL',
    ]);
    const context = await contextOf(spec);
    const plan = await makePlan(context, unattended);
    assert.equal(plan.rehearsal.state, 'passed', JSON.stringify(plan.rehearsal));
    const params = { digest: plan.digest, message: 'm', confirmDestructive: true, reviewed: true };
    const done = await promote(context, params, unattended);
    assert.deepEqual(done.warnings, []);
    assert.ok((done.timings['rebuild'] ?? 0) > 1);
    const undone = await undo(context, { promotion: done.promotion }, unattended);
    assert.ok((undone.timings['rebuild'] ?? 0) > 1);
    assert.deepEqual(visible(await picture(server, spec)), before);
  });

  it('the plan checks the data, with counts and keys', async () => {
    const spec = await makeSite(server, temporary.path, 'checked');
    await server.execute(
      `INSERT INTO ${spec.production}.orders (customer_id, total) VALUES (1, 1000), (1, 2000)`,
      `INSERT INTO ${spec.production}.customers (email, name, code) VALUES ('d@x.test', 'Ada', 'DDDD0004')`,
    );
    await server.execute(
      `UPDATE ${spec.clone}.customers SET note = ''`,
      `ALTER TABLE ${spec.clone}.orders MODIFY total DECIMAL(5,2) NOT NULL`,
      `ALTER TABLE ${spec.clone}.customers ADD UNIQUE KEY name (name), MODIFY note TEXT NOT NULL`,
    );
    const context = await contextOf(spec);
    const plan = await makePlan(context, unattended);
    const told = plan.findings.filter(({ guard }) => guard === 'data-check');
    assert.deepEqual(told.map(({ subject }) => subject).sort(), [
      'customers.name',
      'customers.note',
      'orders.total',
    ]);
    for (const { message } of told) {
      assert.match(message, /\d/);
      assert.doesNotMatch(message, /Ada|x\.test/);
    }
    const params = { digest: plan.digest, message: 'm', confirmDestructive: true };
    await assert.rejects(promote(context, params, unattended), (error: unknown) =>
      hasReason(error, 'data-check'),
    );
  });

  it('takes itself back wherever the connection breaks', async () => {
    const proxy = await CuttingProxy.before(server.socketPath);
    try {
      const spec = await makeSite(server, temporary.path, 'lost', { promoterPort: proxy.port });
      const old = visible(await picture(server, spec));
      await editEnvironment(server, spec);
      const context = await contextOf(spec);
      const { digest } = await makePlan(context, unattended);
      const params = { digest, message: 'm', confirmDestructive: true, reviewed: true };
      const changes = /^(CREATE|ALTER|DROP|RENAME|LOCK|UNLOCK|INSERT|UPDATE)\b/i;
      const cut: string[] = [];
      for (let index = 0; ; index++) {
        let seen = 0;
        let reached: string | undefined;
        proxy.onStatement = sql => {
          if (!changes.test(sql) || seen++ !== index) return 'pass';
          reached = sql;
          return index % 2 === 0 ? 'cut-after' : 'cut-before';
        };
        const outcome = await promote(context, params, unattended).catch((error: unknown) => error);
        proxy.onStatement = () => 'pass';
        if (reached === undefined) break;
        cut.push(reached);
        assert.ok(hasReason(outcome, 'database-unreachable'), `${reached}: ${String(outcome)}`);
        assert.deepEqual((await recover(context, unattended)).problems, []);
        assert.deepEqual(visible(await picture(server, spec)), old, reached);
      }
      assert.ok(cut.length > 10, cut.join('\n'));
    } finally {
      await proxy.close();
    }
  });
});
