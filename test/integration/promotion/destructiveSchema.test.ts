import assert from 'node:assert/strict';
import { configSchema } from '../../../server/config/schema.ts';
import { type Connection, connect } from '../../../server/database/connection.ts';
import { destructiveSchema } from '../../../server/promotion/guards/destructiveSchema.ts';
import { diffSchemas } from '../../../server/schema/diff.ts';
import { introspect } from '../../../server/schema/introspect.ts';
import { startMariadb, type TestServer } from '../../support/mariadb.ts';
import { testHost } from '../../support/temporary.ts';
import { addressOf, freshDatabase, runAll } from '../schema/oracle.ts';

const config = configSchema.parse({
  production: { files: { root: '/' }, database: { url: 'mysql://x@localhost/a' } },
});

/** `[what, before, rows of t, after, findings]` */
const cases: [string, string[], string, string[], string[]][] = [
  [
    'a dropped table',
    ['CREATE TABLE t (id int)'],
    '(1), (2)',
    [],
    ['t: drops the table t with all its rows: 2 rows at stake'],
  ],
  [
    'a dropped column',
    ['CREATE TABLE t (id int, a int)'],
    '(1, 1), (2, NULL)',
    ['CREATE TABLE t (id int)'],
    ['t.a: t.a: the column is dropped with its values: 1 value at stake'],
  ],
  [
    'a narrower type',
    ['CREATE TABLE t (id int, a varchar(20))'],
    "(1, 'abcdef'), (2, 'a')",
    ['CREATE TABLE t (id int, a varchar(3))'],
    ['t.a: t.a: long values no longer fit (varchar(20) to varchar(3)): 1 value at stake'],
  ],
  [
    'a sign',
    ['CREATE TABLE t (id int, a int)'],
    '(1, -1), (2, 1)',
    ['CREATE TABLE t (id int, a int unsigned)'],
    ['t.a: t.a: negative values no longer fit (int(11) to int(10) unsigned): 1 value at stake'],
  ],
  [
    'a character set',
    ['CREATE TABLE t (id int, a varchar(9) CHARACTER SET utf8mb4)'],
    "(1, '日'), (2, 'é')",
    ['CREATE TABLE t (id int, a varchar(9) CHARACTER SET latin1)'],
    ['t.a: t.a: characters that latin1 does not have are lost (utf8mb4 to latin1): 1 value at stake'],
  ],
  [
    'an enum in another order',
    ["CREATE TABLE t (id int, a enum('x','y'))"],
    "(1, 'x'), (2, 'y')",
    ["CREATE TABLE t (id int, a enum('y','x'))"],
    [
      "t.a: t.a: values are in another order: sorting, and numbers that stand for them, change their meaning (enum('x','y') to enum('y','x')): 2 values at stake",
    ],
  ],
  [
    'NOT NULL over NULLs',
    ['CREATE TABLE t (id int, a int)'],
    '(1, NULL), (2, 1)',
    ['CREATE TABLE t (id int, a int NOT NULL)'],
    ['t.a: t.a: NULLs where the column will refuse them: 1 row at stake'],
  ],
  [
    'history of rows',
    ['CREATE TABLE t (id int) WITH SYSTEM VERSIONING'],
    '(1)',
    ['CREATE TABLE t (id int)'],
    ['t: t: the history of all rows is dropped'],
  ],
  [
    'nothing: NOT NULL without NULLs',
    ['CREATE TABLE t (id int, a int)'],
    '(1, 1)',
    ['CREATE TABLE t (id int, a int NOT NULL)'],
    [],
  ],
  [
    'nothing: ordinary changes',
    ["CREATE TABLE t (id int, a varchar(5), b enum('x'), v int AS (id) VIRTUAL, KEY k (a)) "],
    "(1, 'a', 'x', DEFAULT)",
    [
      "CREATE TABLE t (id bigint, n int NOT NULL DEFAULT 0, a varchar(50) DEFAULT 'q' COMMENT 'c', b enum('x','y') NOT NULL, UNIQUE KEY u (a))",
      'CREATE TABLE u (id int NOT NULL)',
      'CREATE VIEW v AS SELECT 1 AS x',
    ],
    [],
  ],
];

describe('guard: destructive schema', () => {
  let server: TestServer;
  let reader: Connection;
  before(async () => {
    server = await startMariadb();
    await server.execute('CREATE DATABASE a');
    reader = await connect(testHost('/nowhere'), { ...addressOf(server), database: 'a' }, { readOnly: true });
  });
  after(async () => {
    await reader?.close();
    await server?.stop();
  });

  for (const [what, now, rows, then, expected] of cases)
    it(what, async () => {
      const a = await freshDatabase(server, 'a', 'CHARACTER SET utf8mb4');
      const b = await freshDatabase(server, 'b', 'CHARACTER SET utf8mb4');
      try {
        await runAll(a, [...now, `INSERT INTO t VALUES ${rows}`]);
        await runAll(b, then);
        await reader.execute('USE a');
        const { changes } = diffSchemas(await introspect(a, 'a'), await introspect(b, 'b'));
        assert.ok(changes.length > 0);
        const findings = await destructiveSchema.check(
          { files: [], schema: changes },
          {
            host: testHost('/nowhere'),
            config,
            production: reader,
            head: () => Promise.reject(new Error('no file is looked at')),
          },
        );
        assert.deepEqual(
          findings.map(finding => `${finding.subject}: ${finding.message}`),
          expected,
        );
        assert.ok(findings.every(finding => finding.severity === 'confirm'));
      } finally {
        await a.close();
        await b.close();
      }
    });
});
