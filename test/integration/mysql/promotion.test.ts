import assert from 'node:assert/strict';
import path from 'node:path';
import mysql from 'mysql2/promise';
import { findBinaries } from '../../../server/database/binaries.ts';
import {
  initializeServer,
  type RunningServer,
  startServer,
  stopServer,
} from '../../../server/database/privateServer.ts';
import { hasReason } from '../../../server/platform/errors.ts';
import type { Host } from '../../../server/platform/host.ts';
import { unattended } from '../../../server/platform/progress.ts';
import { makePlan } from '../../../server/promotion/plan.ts';
import { promote } from '../../../server/promotion/promote.ts';
import { recover } from '../../../server/promotion/recover.ts';
import { undo } from '../../../server/promotion/undo.ts';
import { CuttingProxy } from '../../support/cuttingProxy.ts';
import { mysqlDirectory, needsMysql } from '../../support/mysql.ts';
import {
  contextOf,
  editEnvironment,
  makeSite,
  picture,
  type SiteServer,
  visible,
} from '../../support/promotionSite.ts';
import { temporaryDirectory, testHost } from '../../support/temporary.ts';

describe('promotion on MySQL', function () {
  this.timeout(600_000);
  let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
  let host: Host;
  let running: RunningServer;
  let server: SiteServer;

  before(async function () {
    await needsMysql(this);
    const binaries = await mysqlDirectory();
    temporary = await temporaryDirectory();
    host = testHost(path.join(temporary.path, 'h'));
    const found = await findBinaries(host, 'mysql', binaries);
    const directory = path.join(temporary.path, 'm');
    await initializeServer(host, found, directory);
    running = await startServer(host, found, directory, { mode: 'load', port: 0 });
    const { socketPath, user, password } = running.address;
    const connection = (database?: string) =>
      mysql.createConnection({
        socketPath: socketPath ?? '',
        user,
        password: password ?? '',
        ...(database !== undefined && { database }),
      });
    server = {
      port: 0,
      socketPath: socketPath ?? '',
      user,
      password: password ?? '',
      connection,
      async execute(...statements) {
        const session = await connection();
        for (const statement of statements) await session.query(statement);
        await session.end();
      },
    };
  });
  after(async () => {
    if (running) await stopServer(host, running, { clean: false });
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
