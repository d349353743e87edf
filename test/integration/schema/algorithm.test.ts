import assert from 'node:assert/strict';
import type { Connection } from '../../../server/database/connection.ts';
import { diffSchemas } from '../../../server/schema/diff.ts';
import { introspect } from '../../../server/schema/introspect.ts';
import { measureAlter } from '../../../server/schema/measureAlgorithm.ts';
import { startMariadb, type TestServer } from '../../support/mariadb.ts';
import { freshDatabase } from './oracle.ts';

/** ALTERs of the table below: the forecast has to be what the server answers. */
const alters = [
  'ADD COLUMN n int',
  'ADD COLUMN n int NOT NULL DEFAULT 5 FIRST',
  'ADD COLUMN n int AS (a + 1) VIRTUAL',
  'ADD COLUMN n int AS (a + 1) STORED',
  'ADD COLUMN n char(36) DEFAULT uuid()',
  'DROP COLUMN a',
  'DROP COLUMN k',
  'MODIFY a bigint',
  'MODIFY a int NOT NULL',
  'MODIFY id int NOT NULL AUTO_INCREMENT',
  'MODIFY m int',
  "MODIFY a int DEFAULT 7 COMMENT 'x'",
  'MODIFY a int FIRST',
  'RENAME COLUMN a TO z',
  'MODIFY v varchar(50)',
  'MODIFY v varchar(60) COLLATE utf8mb4_bin',
  'MODIFY v varchar(255)',
  'MODIFY w varchar(63)',
  'MODIFY w varchar(100)',
  'MODIFY v varchar(10)',
  'MODIFY v varchar(30) CHARACTER SET latin1',
  'MODIFY t3 varchar(30) CHARACTER SET utf8mb4',
  "MODIFY e enum('x','y','z')",
  "MODIFY e enum('y','x')",
  'ADD KEY n (a)',
  'ADD UNIQUE KEY n (a)',
  'ADD FULLTEXT KEY n (v)',
  'DROP KEY k',
  'RENAME KEY k TO kk',
  'ALTER KEY k IGNORED',
  'DROP PRIMARY KEY, ADD PRIMARY KEY (id, m)',
  'DROP PRIMARY KEY',
  'ADD CONSTRAINT c CHECK (a > 0)',
  'DROP CONSTRAINT old',
  "COMMENT='x'",
  'DEFAULT CHARACTER SET latin1',
  'ROW_FORMAT=COMPRESSED',
];

describe('forecast of ALTER TABLE’s algorithm and locks against the server’s answer', () => {
  let server: TestServer;
  let a: Connection;
  let b: Connection;
  before(async () => {
    server = await startMariadb();
    a = await freshDatabase(server, 'a', 'CHARACTER SET utf8mb4');
    b = await freshDatabase(server, 'b', 'CHARACTER SET utf8mb4');
    await a.execute(
      "CREATE TABLE t (id int PRIMARY KEY, a int, k int, m int NOT NULL, v varchar(30), w varchar(60), t3 varchar(30) CHARACTER SET utf8mb3, e enum('x','y'), KEY k (k), CONSTRAINT old CHECK (m > 0))",
    );
  });
  after(async () => {
    await a?.close();
    await b?.close();
    await server?.stop();
  });

  for (const alter of alters)
    it(alter, async () => {
      await b.execute('DROP TABLE IF EXISTS t');
      await b.execute('CREATE TABLE t LIKE a.t');
      await b.execute(`ALTER TABLE t ${alter}`);
      const [change] = diffSchemas(await introspect(a, 'a'), await introspect(b, 'b')).changes;
      assert.ok(change !== undefined);
      const measured = await measureAlter(a, 't', change.sql);
      assert.deepEqual({ algorithm: change.algorithm, locks: change.locks }, measured, change.sql);
    });
});
