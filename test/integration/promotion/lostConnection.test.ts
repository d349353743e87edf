import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { hasReason } from '../../../server/platform/errors.ts';
import { unattended } from '../../../server/platform/progress.ts';
import { makePlan } from '../../../server/promotion/plan.ts';
import { promote } from '../../../server/promotion/promote.ts';
import { recover } from '../../../server/promotion/recover.ts';
import { undo } from '../../../server/promotion/undo.ts';
import { CuttingProxy } from '../../support/cuttingProxy.ts';
import { startMariadb, type TestServer } from '../../support/mariadb.ts';
import {
  contextOf,
  editEnvironment,
  makeSite,
  type Picture,
  picture,
  type SiteSpec,
  visible,
} from '../../support/promotionSite.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { until } from '../../support/until.ts';

/** What a promotion's session says beside looking. */
const changes = /^(CREATE|ALTER|DROP|RENAME|LOCK|UNLOCK|INSERT|UPDATE)\b/i;

describe('promotion: the connection is lost at each statement', () => {
  let server: TestServer;
  let proxy: CuttingProxy;
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let spec: SiteSpec;
  let context: Awaited<ReturnType<typeof contextOf>>;
  let old: Picture;
  let fresh: Picture;
  let digest: string;
  let statements: string[];
  before(async () => {
    // What the server acknowledged must outlive its own death.
    server = await startMariadb(['--innodb-flush-log-at-trx-commit=1']);
    directory = await temporaryDirectory();
    proxy = await CuttingProxy.before(server.port);
    spec = await makeSite(server, directory.path, 'lost', { promoterPort: proxy.port });
    old = visible(await picture(server, spec));
    await editEnvironment(server, spec);
    context = await contextOf(spec);
    digest = (await makePlan(context, unattended)).digest;
    statements = [];
    proxy.onStatement = sql => {
      if (changes.test(sql)) statements.push(sql);
      return 'pass';
    };
    const done = await promote(context, params(), unattended);
    proxy.onStatement = () => 'pass';
    fresh = visible(await picture(server, spec));
    await undo(context, { promotion: done.promotion }, unattended);
  });
  after(async () => {
    await proxy?.close();
    await server?.stop();
    await directory?.remove();
  });

  function params() {
    return { digest, message: 'lost', confirmDestructive: true, reviewed: true };
  }

  function cutAt(
    index: number,
    verdict: 'cut-before' | 'cut-after',
    then: (sql: string) => void = () => undefined,
  ): void {
    let seen = 0;
    proxy.onStatement = sql => {
      if (!changes.test(sql) || seen++ !== index) return 'pass';
      then(sql);
      return verdict;
    };
  }

  it('takes itself back over a new connection, wherever the old one broke', async function () {
    this.timeout(400_000);
    assert.ok(statements.length > 10, statements.join('\n'));
    for (const [index, sql] of statements.entries())
      for (const verdict of ['cut-before', 'cut-after'] as const) {
        cutAt(index, verdict);
        await assert.rejects(
          promote(context, params(), unattended),
          error => hasReason(error, 'database-unreachable'),
          sql,
        );
        proxy.onStatement = () => 'pass';
        assert.deepEqual(visible(await picture(server, spec)), old, `${verdict} ${sql}`);
      }
  });

  it('is ended by the next start where the database stayed away', async function () {
    this.timeout(400_000);
    const chosen = /^(LOCK|ALTER TABLE `orders`|UNLOCK|CREATE (OR REPLACE )?.*VIEW)/i;
    assert.equal(statements.filter(sql => chosen.test(sql)).length, 4);
    for (const [index, sql] of statements.entries()) {
      if (!chosen.test(sql)) continue;
      cutAt(index, 'cut-after', () => {
        proxy.dead = true;
      });
      await assert.rejects(
        promote(context, params(), unattended),
        error => hasReason(error, 'apply-failed'),
        sql,
      );
      proxy.dead = false;
      proxy.onStatement = () => 'pass';
      const report = await recover(context, unattended);
      assert.deepEqual(report.problems, []);
      assert.equal(report.takenBack.length + report.finished.length, 1, sql);
      const now = visible(await picture(server, spec));
      assert.deepEqual(now, report.finished.length === 1 ? fresh : old, sql);
      for (const promotion of report.finished) await undo(context, { promotion }, unattended);
    }
  });

  it('takes an undo back, too, and keeps what the promotion kept', async function () {
    this.timeout(400_000);
    const { promotion } = await promote(context, params(), unattended);
    const wanted: string[] = [];
    for (let index = 0; ; index++) {
      let reached: string | undefined;
      cutAt(index, index % 2 === 0 ? 'cut-before' : 'cut-after', sql => {
        reached = sql;
      });
      const outcome = await undo(context, { promotion }, unattended).then(
        () => undefined,
        (error: unknown) => error,
      );
      proxy.onStatement = () => 'pass';
      const now = visible(await picture(server, spec));
      if (reached === undefined) {
        assert.equal(outcome, undefined);
        assert.deepEqual(now, old);
        break;
      }
      wanted.push(reached);
      assert.ok(hasReason(outcome, 'database-unreachable'), `${reached}: ${String(outcome)}`);
      assert.deepEqual(now, fresh, reached);
    }
    assert.ok(wanted.length > 10, wanted.join('\n'));
  });

  it('goes the way back again where that was cut as well', async function () {
    this.timeout(400_000);
    const last = statements.length - 1;
    const cut: string[] = [];
    for (let index = 0; ; index++) {
      let back = 0;
      let forward = 0;
      let reached: string | undefined;
      proxy.onStatement = sql => {
        if (!changes.test(sql)) return 'pass';
        if (forward < last) {
          forward++;
          return 'pass';
        }
        if (forward++ === last) return 'cut-after';
        if (back++ !== index) return 'pass';
        reached = sql;
        proxy.dead = true;
        return index % 2 === 0 ? 'cut-after' : 'cut-before';
      };
      await assert.rejects(promote(context, params(), unattended));
      proxy.dead = false;
      proxy.onStatement = () => 'pass';
      const report = await recover(context, unattended);
      assert.deepEqual(report.problems, [], reached);
      assert.deepEqual(visible(await picture(server, spec)), old, reached);
      if (reached === undefined) break;
      cut.push(reached);
    }
    assert.ok(cut.length > 10, cut.join('\n'));
  });

  it('survives the death of the database server in mid-DDL', async function () {
    this.timeout(400_000);
    const { spawnfile, spawnargs } = server.child;
    const chosen = /^ALTER TABLE `(customers|orders)`/i;
    assert.equal(statements.filter(sql => chosen.test(sql)).length, 2);
    for (const [index, sql] of statements.entries()) {
      if (!chosen.test(sql)) continue;
      cutAt(index, 'cut-after', () => {
        server.child.kill('SIGKILL');
      });
      await assert.rejects(promote(context, params(), unattended), sql);
      proxy.onStatement = () => 'pass';
      if (server.child.exitCode === null && server.child.signalCode === null)
        await once(server.child, 'exit');
      server.child = spawn(spawnfile, spawnargs.slice(1), { stdio: 'ignore' });
      await until(() =>
        server.execute('SELECT 1').then(
          () => true,
          () => false,
        ),
      );
      const report = await recover(context, unattended);
      assert.deepEqual(report.problems, []);
      assert.deepEqual(visible(await picture(server, spec)), old, sql);
    }
  });
});
