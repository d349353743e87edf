import assert from 'node:assert/strict';
import { type Connection, connect } from '../../../server/database/connection.ts';
import { hasReason } from '../../../server/platform/errors.ts';
import { unattended } from '../../../server/platform/progress.ts';
import {
  closeExchange,
  dropShadow,
  finishShadow,
  lockNames,
  openExchange,
  planShadow,
  prepareShadow,
  prepareSwitch,
  queueSwitch,
  type ShadowPlan,
  shadowState,
  switchShadow,
} from '../../../server/promotion/shadow.ts';
import { introspect } from '../../../server/schema/introspect.ts';
import { testHost } from '../../support/temporary.ts';
import { until } from '../../support/until.ts';
import { addressOf, freshDatabase, type Place, runAll } from '../schema/oracle.ts';

const host = testHost('/nowhere');
const ignore = async () => undefined;

const create = (type: string) => [
  `CREATE TABLE t (id int NOT NULL AUTO_INCREMENT PRIMARY KEY, n ${type} NOT NULL)`,
];

/** Rebuilding a table while others write it, on any server. `renames`: who exchanges the tables. */
export function raceCases(place: () => Place, renames: 'under-lock' | 'behind-lock'): void {
  let admin: Connection;
  let plan: ShadowPlan;
  const sessions: Connection[] = [];

  beforeEach(async () => {
    admin = await freshDatabase(place(), 'prod');
    const target = await freshDatabase(place(), 'target');
    try {
      await runAll(admin, create('int'));
      await runAll(target, create('bigint'));
      await admin.execute(
        `INSERT INTO t (n) VALUES ${Array.from({ length: 100 }, (_, n) => `(${n})`).join(', ')}`,
      );
      const from = await introspect(admin, 'prod');
      const made = planShadow({ id: 'x1', from, target: await introspect(target, 'target'), table: 't' });
      assert.ok(made.possible);
      plan = made.plan;
    } finally {
      await target.close();
    }
  });
  afterEach(async () => {
    for (const session of sessions.splice(0)) session.destroy();
    await admin?.close();
  });

  const open = async () => {
    const session = await connect(host, { ...addressOf(place()), database: 'prod' });
    sessions.push(session);
    return session;
  };
  const rowsOf = async (table: string) => admin.rows(`SELECT id, n FROM \`${table}\` ORDER BY id`);
  const isWaiting = async (session: Connection) => {
    const [row] = await admin.rows('SELECT STATE FROM information_schema.PROCESSLIST WHERE ID = ?', [
      session.threadId,
    ]);
    return /metadata lock/.test(String(row?.[0]));
  };

  it('a row that comes and goes while the triggers are made is not left in the copy', async () => {
    let made = 0;
    const between = async () => {
      const session = await open();
      const execute = session.execute.bind(session);
      session.execute = async (sql, values) => {
        const written = await execute(sql, values);
        if (sql.startsWith('CREATE TRIGGER')) {
          made++;
          // One row goes that an earlier trigger may have seen come, and one comes.
          await admin.execute('DELETE FROM t WHERE n >= 1000');
          await admin.execute('INSERT INTO t (n) VALUES (?)', [1000 + made]);
        }
        return written;
      };
      return session;
    };
    await prepareShadow(host, between, plan, {}, unattended, ignore);
    assert.equal(made, 3);
    assert.deepEqual(await rowsOf(plan.shadow), await rowsOf('t'));
  });

  it('a statement that has opened the table when it is locked is carried out on both tables', async () => {
    await prepareShadow(host, open, plan, {}, unattended, ignore);
    const [reader, writer, locked] = [await open(), await open(), await open()];
    // A backup that reads the new table keeps the lock waiting there; the writer gets as far as the old one.
    await reader.execute('START TRANSACTION');
    await reader.rows(`SELECT 1 FROM \`${plan.shadow}\` LIMIT 1`);
    const names = lockNames(plan, locked.server).map(name => `\`${name}\` WRITE`);
    const locking = locked.execute(`LOCK TABLES ${names.join(', ')}`);
    await until(() => isWaiting(locked));
    const writing = writer.execute('INSERT INTO t (n) VALUES (4711)');
    await until(() => isWaiting(writer));
    await reader.execute('ROLLBACK');
    await locking;
    const exchange = await openExchange(open, plan);
    await prepareSwitch(locked, plan);
    const { done } = await queueSwitch(host, locked, exchange);
    await locked.execute('UNLOCK TABLES');
    await done;
    await writing;
    closeExchange(exchange);
    const rows = await rowsOf('t');
    assert.equal(rows.at(-1)?.[1], 4711);
    assert.deepEqual(await rowsOf(plan.shadow), rows);
    assert.deepEqual(await rowsOf(plan.refused).catch(() => []), []);
    await dropShadow(host, open, plan, {}, unattended);
    assert.deepEqual(await rowsOf('t'), rows);
  });

  if (renames === 'behind-lock')
    it('where the exchange does not get to the table, nothing is exchanged and nobody writes beside it', async () => {
      await prepareShadow(host, open, plan, {}, unattended, ignore);
      const [locked, reader] = [await open(), await open()];
      await locked.execute(
        `LOCK TABLES ${lockNames(plan, locked.server)
          .map(name => `\`${name}\` WRITE`)
          .join(', ')}`,
      );
      await prepareSwitch(locked, plan);
      // Someone holds a name that the exchange needs before the table.
      await reader.execute('START TRANSACTION');
      await reader.rows(`SELECT 1 FROM \`${plan.marker.from}\` LIMIT 1`);
      const exchange = await openExchange(open, plan);
      await assert.rejects(queueSwitch(host, locked, exchange), (error: unknown) =>
        hasReason(error, 'locked'),
      );
      await locked.execute('UNLOCK TABLES');
      closeExchange(exchange);
      await reader.execute('ROLLBACK');
      await admin.execute('INSERT INTO t (n) VALUES (4711)');
      assert.equal(await shadowState(admin, plan), 'prepared');
      await dropShadow(host, open, plan, {}, unattended);
      assert.equal((await rowsOf('t')).length, 101);
      assert.equal(await shadowState(admin, plan), 'absent');
    });

  it('a row that writers hand to each other without a break is copied all the same', async () => {
    let stopped = false;
    let handed = 0;
    const sessions = [await open(), await open()] as const;
    const hold = async (session: Connection) => {
      await session.execute('START TRANSACTION');
      await session.execute('UPDATE t SET n = n + 1 WHERE id = 50');
      handed++;
    };
    const write = async () => {
      for (let turn = 0; !stopped; turn++) {
        const [mine, next] = turn % 2 === 0 ? sessions : sessions.toReversed();
        assert.ok(mine && next);
        const taking = hold(next);
        await until(async () => {
          const [row] = await admin.rows(
            'SELECT STATE FROM information_schema.PROCESSLIST WHERE ID = ? AND INFO LIKE ?',
            [next.threadId, 'UPDATE t%'],
          );
          return /^updating$/i.test(String(row?.[0]));
        });
        await mine.execute('COMMIT');
        await taking;
      }
      for (const session of sessions) await session.execute('COMMIT');
    };
    let writing: Promise<void> | undefined;
    const { rows } = await prepareShadow(host, open, plan, {}, unattended, async step => {
      if (step === 'copy') {
        await hold(sessions[0]);
        writing = write();
        writing.catch(() => undefined);
      }
      if (step === 'compare') stopped = true;
    });
    await writing;
    assert.equal(rows, 100);
    assert.ok(handed > 2);
    assert.deepEqual(await rowsOf(plan.shadow), await rowsOf('t'));
  });

  it('columns may have any name that the triggers use', async () => {
    for (const database of ['prod', 'target'])
      await admin.execute(`ALTER TABLE ${database}.t CHANGE id number int NOT NULL AUTO_INCREMENT`);
    const target = await introspect(admin, 'target');
    const from = await introspect(admin, 'prod');
    const made = planShadow({ id: 'x1', from, target, table: 't' });
    assert.ok(made.possible);
    await prepareShadow(host, open, made.plan, {}, unattended, async step => {
      if (step !== 'compare') return;
      await admin.execute('UPDATE t SET n = 4711 WHERE number = 50');
      await admin.execute('DELETE FROM t WHERE number = 60');
    });
    const rows = async (table: string) => admin.rows(`SELECT number, n FROM \`${table}\` ORDER BY number`);
    assert.equal((await rows('t')).length, 99);
    assert.deepEqual(await rows(made.plan.shadow), await rows('t'));
  });

  it('a written row that is in the way of another by a new unique key changes neither, and the copy gives up', async () => {
    const unique = { ...plan, createSql: plan.createSql.replace(/\(\n/, '(\n  UNIQUE KEY `n` (`n`),\n') };
    assert.notEqual(unique.createSql, plan.createSql);
    const preparing = prepareShadow(host, open, unique, {}, unattended, async step => {
      if (step !== 'copy') return;
      for (const id of [50, 60]) await admin.execute('UPDATE t SET n = 4711 WHERE id = ?', [id]);
      assert.deepEqual(
        (await rowsOf(plan.shadow)).map(row => row.map(Number)),
        [[50, 4711]],
      );
    });
    await assert.rejects(preparing, (error: unknown) => hasReason(error, 'data-check'));
    await dropShadow(host, open, unique, {}, unattended);
    assert.equal((await rowsOf('t')).length, 100);
  });

  it('writers in transactions neither die nor lose a row, there and back', async () => {
    const expected = new Map((await rowsOf('t')).map(([id, n]) => [Number(id), Number(n)]));
    let stopped = false;
    // A row comes, is changed, and every second one goes again: one transaction each.
    const change = async (session: Connection, id: number, step: number) => {
      if (step % 3 === 0) {
        await session.execute('INSERT INTO t VALUES (?, 0)', [id]);
        return () => expected.set(id, 0);
      }
      if (step % 3 === 1) {
        await session.execute('UPDATE t SET n = n + 1 WHERE id = ?', [id]);
        return () => expected.set(id, 1);
      }
      if (step % 2 === 1) return () => undefined;
      await session.execute('DELETE FROM t WHERE id = ?', [id]);
      return () => expected.delete(id);
    };
    const write = async (number: number) => {
      const session = await open();
      for (let step = 0; !stopped; step++) {
        await session.execute('START TRANSACTION');
        await session.rows('SELECT COUNT(*) FROM information_schema.ENGINES');
        const done = await change(session, 1000 * (number + 1) + Math.floor(step / 3), step);
        await session.execute('COMMIT');
        done();
      }
    };
    const writers = Promise.all(Array.from({ length: 12 }, (_, number) => write(number)));
    writers.catch(() => undefined);
    for (let round = 0; round < 3; round++) {
      await prepareShadow(host, open, plan, { chunkMs: 20 }, unattended, ignore);
      await switchShadow(host, open, plan, { lockWaitMs: 30_000 }, unattended);
      if (round < 2) await dropShadow(host, open, plan, { lockWaitMs: 30_000 }, unattended);
    }
    stopped = true;
    await writers;
    const wanted = [...expected].sort(([a], [b]) => a - b);
    assert.ok(wanted.length > 112);
    assert.deepEqual(await rowsOf('t'), wanted);
    assert.deepEqual(await rowsOf(plan.shadow), wanted);
    await finishShadow(host, admin, plan, {}, unattended);
    assert.deepEqual(await rowsOf(plan.old), wanted);
  });
}
