import assert from 'node:assert/strict';
import { type Connection, connect } from '../../../server/database/connection.ts';
import { hasReason } from '../../../server/platform/errors.ts';
import { type Operation, unattended } from '../../../server/platform/progress.ts';
import {
  dropShadow,
  planShadow,
  prepareShadow,
  runShadow,
  type ShadowPlan,
  type ShadowStep,
  shadowState,
} from '../../../server/promotion/shadow.ts';
import { introspect } from '../../../server/schema/introspect.ts';
import type { Rename } from '../../../server/schema/renames.ts';
import { startMariadb, type TestServer } from '../../support/mariadb.ts';
import { testHost } from '../../support/temporary.ts';
import { addressOf, freshDatabase, printed, runAll } from '../schema/oracle.ts';

const host = testHost('/nowhere');
const ignore = async () => undefined;

const now = [
  'CREATE TABLE parent (id int PRIMARY KEY)',
  'CREATE TABLE audit (what varchar(10), id int)',
  `CREATE TABLE t (id int NOT NULL AUTO_INCREMENT PRIMARY KEY, p int, a varchar(20), gone int, n int NOT NULL DEFAULT 0,
     KEY kp (p), CONSTRAINT tp FOREIGN KEY (p) REFERENCES parent (id) ON DELETE SET NULL) CHARACTER SET utf8mb4`,
  "CREATE TRIGGER t_audit AFTER INSERT ON t FOR EACH ROW INSERT INTO audit VALUES ('insert', NEW.id)",
];
const then = [
  'CREATE TABLE parent (id int PRIMARY KEY)',
  'CREATE TABLE audit (what varchar(10), id int)',
  `CREATE TABLE t (id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, must int NOT NULL, p int, b varchar(30), n bigint NOT NULL DEFAULT 0,
     v bigint AS (n + 1) STORED, KEY kp (p), KEY kb (b), CONSTRAINT tp FOREIGN KEY (p) REFERENCES parent (id) ON DELETE SET NULL)
     CHARACTER SET utf8mb4`,
  "CREATE TRIGGER t_audit AFTER INSERT ON t FOR EACH ROW INSERT INTO audit VALUES ('insert', NEW.id)",
];
const renames: Rename[] = [{ kind: 'column', table: 't', from: 'a', to: 'b' }];
const rows = 2000;

describe('shadow tables: a slow change beside the table, not on it', () => {
  let server: TestServer;
  let admin: Connection;
  let plan: ShadowPlan;
  let original: Record<string, string>;
  let wanted: Record<string, string>;

  before(async () => {
    server = await startMariadb();
  });
  after(() => server?.stop());

  beforeEach(async () => {
    admin = await freshDatabase(server, 'prod');
    const target = await freshDatabase(server, 'target');
    try {
      await runAll(admin, now);
      await runAll(target, then);
      await admin.execute('INSERT INTO parent SELECT seq FROM seq_1_to_20');
      await admin.execute(
        `INSERT INTO t (id, p, a, gone, n) SELECT seq, seq MOD 20 + 1, concat('row ', seq), seq, 0 FROM seq_1_to_${rows}`,
      );
      await admin.execute('DELETE FROM audit');
      original = await printed(admin, 'prod');
      wanted = await printed(target, 'target');
      const made = planShadow({
        id: 'x1',
        from: await introspect(admin, 'prod'),
        target: await introspect(target, 'target'),
        renames,
        table: 't',
      });
      assert.ok(made.possible);
      plan = made.plan;
    } finally {
      await target.close();
    }
  });
  afterEach(() => admin?.close());

  const open = () => connect(host, { ...addressOf(server), database: 'prod' });
  const visible = async () =>
    Object.fromEntries(
      Object.entries(await printed(admin, 'prod')).filter(([name]) => !name.includes('_greenroom_')),
    );
  const reservedNames = async () =>
    Object.keys(await printed(admin, 'prod')).filter(name => name.includes('_greenroom_'));

  /** Sessions that write all the time, each statement one that must not fail. */
  function startWriters(count: number) {
    let stopped = false;
    let inserted = 0;
    const writer = async (number: number) => {
      const session = await open();
      // Lax, like many an application: the new column without default is left out.
      await session.execute("SET SESSION sql_mode = ''");
      try {
        for (let n = 0; !stopped; n++) {
          const id = ((n * 7919 + number * 104_729) % (rows * 2)) + 1;
          await session.execute('UPDATE t SET n = n + 1, p = NULL WHERE id = ?', [id]);
          await session.execute('DELETE FROM t WHERE id = ?', [(id % rows) + 1]);
          await session.execute('INSERT INTO t (p, n) VALUES (3, 5)');
          inserted++;
          if (n % 5 === 0) await session.execute('UPDATE IGNORE t SET id = id + 100000 WHERE id = ?', [id]);
          if (n % 50 === 0)
            await session.execute('DELETE FROM parent WHERE id = ?', [(n / 50) % 2 === 0 ? 19 : 18]);
        }
      } finally {
        await session.close();
      }
    };
    const all = Promise.all(Array.from({ length: count }, (_, number) => writer(number)));
    all.catch(() => undefined);
    return {
      async stop() {
        stopped = true;
        await all;
        return inserted;
      },
    };
  }

  it('makes exactly the target, while sessions write, and loses nothing of it', async () => {
    const writers = startWriters(2);
    const steps: ShadowStep[] = [];
    const record = async (step: ShadowStep) => {
      steps.push(step);
      if (step !== 'finish') return;
      // Both tables follow each other until now: with the writers still, they are the same.
      const inserted = await writers.stop();
      const [audited] = await admin.rows('SELECT COUNT(*) FROM audit');
      assert.equal(Number(audited?.[0]), inserted, 'the table’s own trigger fired once for each row');
      const [differ] = await admin.rows(
        `SELECT (SELECT COUNT(*) FROM t) - (SELECT COUNT(*) FROM \`${plan.shadow}\`),
           (SELECT COUNT(*) FROM t JOIN \`${plan.shadow}\` o ON o.id = t.id AND o.p <=> t.p AND o.a <=> t.b AND o.n <=> t.n),
           (SELECT COUNT(*) FROM t)`,
      );
      assert.equal(Number(differ?.[0]), 0);
      assert.equal(Number(differ?.[1]), Number(differ?.[2]));
      assert.ok(inserted > 0);
    };
    await runShadow(host, open, plan, { chunkMs: 20, pause: 0.2, lockWaitMs: 30_000 }, unattended, record);
    assert.deepEqual(steps, ['create', 'capture', 'copy', 'compare', 'switch', 'finish']);
    assert.deepEqual(triggersApart(await visible()), triggersApart(wanted));
    assert.deepEqual(await reservedNames(), [`TABLE ${plan.old}`]);
    const [kept] = await admin.rows(`SELECT COUNT(*) FROM \`${plan.old}\` WHERE gone IS NOT NULL`);
    assert.ok(Number(kept?.[0]) > 0, 'the dropped column’s values are in the old table');
  });

  for (const step of ['create', 'capture', 'copy', 'compare', 'switch', 'finish'] as ShadowStep[])
    it(`stopped before “${step}”: taken back, or gone on with`, async () => {
      const stop = async (reached: ShadowStep) => {
        if (reached === step) throw new Error('killed here');
      };
      await assert.rejects(runShadow(host, open, plan, {}, unattended, stop), /killed here/);
      await admin.execute("SET STATEMENT sql_mode = '' FOR INSERT INTO t (id, p) VALUES (500000, 2)");
      if (step === 'create' || step === 'capture' || step === 'copy') {
        await prepareShadow(host, open, plan, {}, unattended, ignore);
        assert.equal(await shadowState(admin, plan), 'prepared');
      }
      await dropShadow(host, open, plan, {}, unattended);
      await dropShadow(host, open, plan, {}, unattended);
      assert.deepEqual(triggersApart(await visible()), triggersApart(original));
      assert.deepEqual(await reservedNames(), []);
      const [count] = await admin.rows('SELECT COUNT(*), SUM(id = 500000), SUM(gone) FROM t');
      assert.deepEqual(count?.map(Number), [rows + 1, 1, (rows * (rows + 1)) / 2]);
    });

  it('gives up when a row is written that does not fit, and lets the writer go on', async () => {
    const narrower = { ...plan, createSql: plan.createSql.replace('varchar(30)', 'varchar(8)') };
    const record = async (step: ShadowStep) => {
      if (step === 'switch') await admin.execute("INSERT INTO t (a) VALUES ('much too long')");
    };
    await assert.rejects(runShadow(host, open, narrower, {}, unattended, record), (error: unknown) =>
      hasReason(error, 'data-check'),
    );
    const [row] = await admin.rows("SELECT COUNT(*) FROM t WHERE a = 'much too long'");
    assert.equal(Number(row?.[0]), 1);
    await dropShadow(host, open, narrower, {}, unattended);
    assert.deepEqual(triggersApart(await visible()), triggersApart(original));
  });

  it('gives up when a row is there that does not fit', async () => {
    await admin.execute("UPDATE t SET a = 'much too long' WHERE id = 700");
    const narrower = { ...plan, createSql: plan.createSql.replace('varchar(30)', 'varchar(8)') };
    await assert.rejects(runShadow(host, open, narrower, {}, unattended, ignore), (error: unknown) =>
      hasReason(error, 'data-check'),
    );
    await dropShadow(host, open, narrower, {}, unattended);
    assert.deepEqual(triggersApart(await visible()), triggersApart(original));
  });

  it('gives up when the table stays in use', async () => {
    const busy = await open();
    await busy.execute('START TRANSACTION');
    await busy.query('SELECT * FROM t LIMIT 1');
    await assert.rejects(
      runShadow(host, open, plan, { lockWaitMs: 1 }, unattended, ignore),
      (error: unknown) => hasReason(error, 'locked'),
    );
    await busy.close();
    await dropShadow(host, open, plan, {}, unattended);
    assert.deepEqual(triggersApart(await visible()), triggersApart(original));
  });

  it('stops when it is cancelled, and leaves nothing once cleaned up', async () => {
    const controller = new AbortController();
    const op: Operation = {
      signal: controller.signal,
      progress: () => controller.abort(new Error('enough')),
    };
    await assert.rejects(runShadow(host, open, plan, { chunkMs: 1 }, op, ignore));
    await dropShadow(host, open, plan, {}, unattended);
    assert.deepEqual(triggersApart(await visible()), triggersApart(original));
    assert.deepEqual(await reservedNames(), []);
  });

  it('says why a table cannot be rebuilt so', async () => {
    await runAll(admin, [
      'CREATE TABLE nokey (a int)',
      'CREATE TABLE followed (id int PRIMARY KEY) ENGINE=InnoDB',
      'CREATE TABLE child (id int PRIMARY KEY, f int, CONSTRAINT cf FOREIGN KEY (f) REFERENCES followed (id) ON UPDATE CASCADE)',
      'CREATE TABLE tree (id int PRIMARY KEY, up int, CONSTRAINT tt FOREIGN KEY (up) REFERENCES tree (id) ON DELETE CASCADE)',
      'CREATE TABLE history (id int PRIMARY KEY) WITH SYSTEM VERSIONING',
      'CREATE TABLE aria (id int PRIMARY KEY) ENGINE=Aria',
    ]);
    const from = await introspect(admin, 'prod');
    const reason = (table: string) => {
      const result = planShadow({ id: 'x', from, target: from, table });
      return result.possible ? '' : result.reason;
    };
    assert.match(reason('nokey'), /no unique key/);
    assert.equal(reason('t'), '');
    assert.match(reason('followed'), /child refers to it ON UPDATE CASCADE/);
    assert.match(reason('tree'), /its rows change each other by the foreign key tt/);
    assert.match(reason('history'), /history/);
    assert.match(reason('aria'), /no transactions/);
    assert.match(reason('new'), /created, dropped or renamed/);
  });
});

/** The text of a trigger is the one Greenroom writes, once it was moved: compared by what it says. */
function triggersApart(objects: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(objects).map(([name, text]) => [
      name,
      name.startsWith('TRIGGER') ? text.replaceAll('`', '').toUpperCase() : text,
    ]),
  );
}
