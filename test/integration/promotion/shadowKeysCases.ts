import assert from 'node:assert/strict';
import { type Connection, connect, errnoOf } from '../../../server/database/connection.ts';
import { unattended } from '../../../server/platform/progress.ts';
import {
  dropShadow,
  planShadow,
  runShadow,
  type ShadowPlan,
  type ShadowStep,
} from '../../../server/promotion/shadow.ts';
import { introspect } from '../../../server/schema/introspect.ts';
import { testHost } from '../../support/temporary.ts';
import { addressOf, freshDatabase, type Place, printed, runAll } from '../schema/oracle.ts';

const host = testHost('/nowhere');
const steps: ShadowStep[] = ['create', 'capture', 'copy', 'compare', 'switch', 'finish'];
const plain = "SET SESSION sql_mode = 'STRICT_ALL_TABLES'";

/** A table with keys in all directions: to a parent, to itself, and from children that refuse, delete and forget. */
const tables = (type: string, more = '') => [
  'CREATE TABLE parent (id int PRIMARY KEY)',
  `CREATE TABLE t (id int NOT NULL AUTO_INCREMENT PRIMARY KEY, p int, up int, v ${type} NOT NULL DEFAULT 0${more},
     KEY p (p), KEY up (up), CONSTRAINT tp FOREIGN KEY (p) REFERENCES parent (id) ON DELETE CASCADE,
     CONSTRAINT tt FOREIGN KEY (up) REFERENCES t (id))`,
  ...[
    ['refuses', ''],
    ['deletes', ' ON DELETE CASCADE'],
    ['forgets', ' ON DELETE SET NULL'],
  ].map(
    ([name, rule]) => `CREATE TABLE ${name} (id int NOT NULL AUTO_INCREMENT PRIMARY KEY, t int, KEY t (t),
      CONSTRAINT ${name}_t FOREIGN KEY (t) REFERENCES t (id)${rule})`,
  ),
];

/** Rebuilding a table that others refer to, on any server. */
export function incomingKeyCases(place: () => Place): void {
  let admin: Connection;
  let plan: ShadowPlan;
  let original: Record<string, string>;
  let wanted: Record<string, string>;

  beforeEach(async () => {
    admin = await freshDatabase(place(), 'prod');
    const target = await freshDatabase(place(), 'target');
    try {
      await runAll(admin, [
        ...tables('int'),
        'INSERT INTO parent VALUES (1), (2), (3)',
        // A row may refer to one that comes later in the order of the key.
        'INSERT INTO t (id, p, up) VALUES (1, 1, NULL), (2, 2, 1), (3, 3, NULL), (4, 1, 2), (5, NULL, NULL), (6, NULL, NULL), (7, NULL, NULL)',
        'UPDATE t SET up = 5 WHERE id = 1',
        'INSERT INTO refuses (t) VALUES (1), (2)',
        'INSERT INTO deletes (t) VALUES (6), (6)',
        'INSERT INTO forgets (t) VALUES (6), (7)',
      ]);
      await runAll(target, tables('bigint', ', x int'));
      original = await printed(admin, 'prod');
      wanted = await printed(target, 'target');
      const from = await introspect(admin, 'prod');
      const made = planShadow({ id: 'x1', from, target: await introspect(target, 'target'), table: 't' });
      assert.ok(made.possible, JSON.stringify(made));
      plan = made.plan;
    } finally {
      await target.close();
    }
  });
  afterEach(() => admin?.close());

  const open = () => connect(host, { ...addressOf(place()), database: 'prod' });
  const count = async (sql: string) => Number((await admin.rows(`SELECT COUNT(*) FROM ${sql}`))[0]?.[0]);
  const visible = async () =>
    Object.fromEntries(
      Object.entries(await printed(admin, 'prod')).filter(([name]) => !name.includes('_greenroom_')),
    );
  const refused = (number: number) => (error: unknown) => errnoOf(error) === number;

  /** All that the keys promise, at any moment. Each round has rows of its own. */
  async function expectKeys(round: number): Promise<void> {
    const id = 1000 + round * 10;
    await admin.execute(plain);
    await admin.execute('INSERT INTO t (id, p, up) VALUES (?, 1, 1), (?, NULL, ?)', [id, id + 1, id]);
    await admin.execute('INSERT INTO refuses (t) VALUES (?)', [id]);
    await assert.rejects(admin.execute('INSERT INTO refuses (t) VALUES (999)'), refused(1452));
    await assert.rejects(admin.execute('INSERT INTO t (up) VALUES (999)'), refused(1452));
    await assert.rejects(admin.execute('DELETE FROM t WHERE id = ?', [id]), refused(1451));
    await admin.execute('DELETE FROM refuses WHERE t = ?', [id]);
    await assert.rejects(admin.execute('DELETE FROM t WHERE id = ?', [id]), refused(1451));
    await admin.execute('INSERT INTO deletes (t) VALUES (?)', [id + 1]);
    await admin.execute('INSERT INTO forgets (t) VALUES (?)', [id + 1]);
    await admin.execute('DELETE FROM t WHERE id = ?', [id + 1]);
    assert.equal(await count(`deletes WHERE t = ${id + 1}`), 0);
    assert.equal(await count(`forgets WHERE t = ${id + 1}`), 0);
    await admin.execute('DELETE FROM t WHERE id = ?', [id]);
    // A cascade of the table's own parent, which fires no trigger.
    await admin.execute('INSERT INTO parent VALUES (?)', [id]);
    await admin.execute('INSERT INTO t (id, p) VALUES (?, ?)', [id + 2, id]);
    await admin.execute('DELETE FROM parent WHERE id = ?', [id]);
    assert.equal(await count(`t WHERE id = ${id + 2}`), 0);
  }

  it('keys in all directions hold at every step, and are the target’s in the end', async () => {
    let round = 0;
    await runShadow(host, open, plan, {}, unattended, async step => {
      await expectKeys(round++);
      if (step === 'finish') assert.equal(await count(`\`${plan.shadow}\``), await count('t'));
    });
    await expectKeys(round++);
    assert.equal(round, steps.length + 1);
    assert.deepEqual(await visible(), wanted);
    const left = Object.keys(await printed(admin, 'prod')).filter(name => name.includes('_greenroom_'));
    assert.deepEqual(left, [`TABLE ${plan.old}`]);
    assert.equal(await count('t'), 7);
  });

  for (const step of steps)
    it(`stopped before “${step}”: taken back with all keys`, async () => {
      const stop = async (reached: ShadowStep) => {
        if (reached === step) throw new Error('killed here');
      };
      await assert.rejects(runShadow(host, open, plan, {}, unattended, stop), /killed here/);
      await dropShadow(host, open, plan, {}, unattended);
      await dropShadow(host, open, plan, {}, unattended);
      assert.deepEqual(await printed(admin, 'prod'), original);
      await expectKeys(0);
    });
}
