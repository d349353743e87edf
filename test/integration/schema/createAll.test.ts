import assert from 'node:assert/strict';
import { connect } from '../../../server/database/connection.ts';
import { executeIn } from '../../../server/schema/applySession.ts';
import { createAll } from '../../../server/schema/createAll.ts';
import { introspect } from '../../../server/schema/introspect.ts';
import { startMariadb, type TestServer } from '../../support/mariadb.ts';
import { testHost } from '../../support/temporary.ts';
import { addressOf, freshDatabase, printed, runAll } from './oracle.ts';

describe('introspection, and making a schema anew from it', () => {
  let server: TestServer;
  before(async () => {
    server = await startMariadb();
  });
  after(() => server?.stop());

  it('makes the same schema in an empty database, in phases', async () => {
    const a = await freshDatabase(server, 'a', 'CHARACTER SET latin1');
    const b = await freshDatabase(server, 'b', 'CHARACTER SET utf8mb4');
    try {
      await runAll(a, [
        'CREATE SEQUENCE s START WITH 7',
        "CREATE TABLE x (id int PRIMARY KEY, y int, n int DEFAULT nextval(s), d date NOT NULL DEFAULT '0000-00-00', KEY k (d))",
        'CREATE TABLE y (a int, id int AUTO_INCREMENT, x int, KEY before_it (a), UNIQUE KEY u (id), FULLTEXT KEY f (t), t text, CONSTRAINT yx FOREIGN KEY (x) REFERENCES x (id))',
        'ALTER TABLE x ADD CONSTRAINT xy FOREIGN KEY (y) REFERENCES y (id)',
        'CREATE TABLE v (id int) WITH SYSTEM VERSIONING PARTITION BY SYSTEM_TIME LIMIT 100',
        'CREATE FUNCTION f () RETURNS int RETURN 1',
        'CREATE VIEW b2 AS SELECT id, f() AS one FROM x',
        'CREATE VIEW a1 AS SELECT * FROM b2',
        'CREATE TRIGGER second BEFORE INSERT ON x FOR EACH ROW SET NEW.y = NULL',
        'CREATE TRIGGER first BEFORE INSERT ON x FOR EACH ROW PRECEDES second SET NEW.y = 1',
        "SET time_zone = '+03:00'",
        "CREATE EVENT e ON SCHEDULE EVERY 1 DAY STARTS '2035-01-01 00:00:00' DO SELECT 1",
        // Ours, and nobody's business.
        'CREATE TABLE _greenroom_1 (a int)',
        'CREATE TRIGGER on_ours BEFORE INSERT ON _greenroom_1 FOR EACH ROW SET NEW.a = 1',
        'CREATE VIEW _greenroom_v AS SELECT 1 AS x',
      ]);
      const schema = await introspect(a, 'a');
      const phases = createAll(schema);
      assert.ok(phases.tables.every(statement => !/KEY `(k|before_f|f)`/.test(statement.sql)));
      for (const phase of [
        'tables',
        'keys',
        'foreignKeys',
        'routines',
        'views',
        'triggers',
        'events',
      ] as const)
        for (const { session, sql } of phases[phase]) await executeIn(b, session, sql);
      const ours = Object.entries(await printed(a, 'a')).filter(
        ([name]) => !name.includes('_greenroom_') && name !== 'TRIGGER on_ours',
      );
      const made = await printed(b, 'b');
      for (const [name, text] of ours) {
        if (name.startsWith('TRIGGER')) assert.equal(made[name]?.split('--').at(-1), text.split('--').at(-1));
        else assert.equal(made[name], text);
      }
      assert.equal(Object.keys(made).length, ours.length);
      const again = await introspect(b, 'b');
      assert.deepEqual([again.charset, again.collation], ['latin1', 'latin1_swedish_ci']);
    } finally {
      await a.close();
      await b.close();
    }
  });

  it('tells what an account cannot see, instead of taking it for absent', async () => {
    const admin = await freshDatabase(server, 'p_1');
    try {
      await runAll(admin, [
        'CREATE TABLE t (a int)',
        'CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1',
        "CREATE USER reader@'%' IDENTIFIED BY ''",
        "GRANT SELECT, SHOW VIEW ON `p\\_1`.* TO reader@'%'",
        "CREATE USER trusted@'%' IDENTIFIED BY ''",
        "GRANT SELECT, SHOW VIEW, TRIGGER, EVENT, EXECUTE ON *.* TO trusted@'%'",
      ]);
      const look = async (user: string) => {
        const connection = await connect(testHost('/nowhere'), {
          ...addressOf(server),
          user,
          database: 'p_1',
        });
        try {
          return await introspect(connection, 'p_1');
        } finally {
          await connection.close();
        }
      };
      const reader = await look('reader');
      assert.deepEqual(reader.triggers, {});
      assert.deepEqual(reader.unseen, ['triggers', 'events', 'routines']);
      const trusted = await look('trusted');
      assert.ok(trusted.triggers['tr']);
      assert.deepEqual(trusted.unseen, []);
      assert.equal(trusted.triggers['tr']?.definer, '`root`@`localhost`');
      assert.equal((await introspect(admin, 'p_1')).triggers['tr']?.definer, 'CURRENT_USER');
    } finally {
      await admin.close();
    }
  });
});
