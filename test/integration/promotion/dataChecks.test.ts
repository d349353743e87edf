import assert from 'node:assert/strict';
import { type Connection, connect } from '../../../server/database/connection.ts';
import { unattended } from '../../../server/platform/progress.ts';
import { checkData, type DataProblem } from '../../../server/promotion/dataChecks.ts';
import { introspect } from '../../../server/schema/introspect.ts';
import type { Rename } from '../../../server/schema/renames.ts';
import { startMariadb, type TestServer } from '../../support/mariadb.ts';
import { testHost } from '../../support/temporary.ts';
import { addressOf, freshDatabase, runAll } from '../schema/oracle.ts';

/** `[what, production's table, its rows, the table after, problems as kind:subject:count:example]` */
const cases: [string, string, string, string, string[]][] = [
  [
    'NULL under NOT NULL',
    'id int PRIMARY KEY, a int',
    '(1, 1), (2, NULL), (3, NULL)',
    'id int PRIMARY KEY, a int NOT NULL',
    ['null:t.a:2:2'],
  ],
  [
    'too long',
    'id int PRIMARY KEY, a varchar(20)',
    "(1, 'abc'), (2, 'abcdef'), (3, 'abc   ')",
    'id int PRIMARY KEY, a varchar(3)',
    ['too-long:t.a:1:2'],
  ],
  [
    'too long for a smaller text',
    'id int PRIMARY KEY, a text',
    "(1, repeat('é', 127)), (2, repeat('é', 128))",
    'id int PRIMARY KEY, a tinytext',
    ['too-long:t.a:1:2'],
  ],
  [
    'out of range: narrower and unsigned',
    'id int PRIMARY KEY, a int, b bigint',
    '(1, 127, 5), (2, 128, -5), (3, -129, 5)',
    'id int PRIMARY KEY, a tinyint, b bigint unsigned',
    ['out-of-range:t.a:2:2', 'out-of-range:t.b:1:2'],
  ],
  [
    'out of range: decimals',
    'id int PRIMARY KEY, a decimal(8,3)',
    '(1, 99.994), (2, 99.996), (3, 1)',
    'id int PRIMARY KEY, a decimal(4,2)',
    ['out-of-range:t.a:1:2'],
  ],
  [
    'characters that a character set does not have',
    'id int PRIMARY KEY, a varchar(20)',
    "(1, 'café'), (2, '日本'), (3, NULL)",
    'id int PRIMARY KEY, a varchar(20) CHARACTER SET latin1',
    ['charset:t.a:1:2'],
  ],
  [
    'a value that leaves an enum, and one for a set',
    "id int PRIMARY KEY, a enum('x','y','z'), b varchar(20)",
    "(1, 'x', 'p'), (2, 'y', 'p,q'), (3, 'z', 'r,p'), (4, NULL, 'q,p')",
    "id int PRIMARY KEY, a enum('x','z'), b set('p','q')",
    ['not-listed:t.a:1:2', 'not-listed:t.b:1:3'],
  ],
  [
    'text that is no number or date',
    'id int PRIMARY KEY, a varchar(20), d varchar(20)',
    "(1, '42', '2020-01-31'), (2, 'x1', '2020-02-31'), (3, ' 7 ', NULL)",
    'id int PRIMARY KEY, a int, d date',
    ['not-convertible:t.a:1:2', 'not-convertible:t.d:1:2'],
  ],
  [
    'a moment that a timestamp cannot hold',
    'id int PRIMARY KEY, a datetime',
    "(1, '2020-01-01'), (2, '2050-01-01'), (3, '1950-01-01')",
    'id int PRIMARY KEY, a timestamp NULL',
    ['out-of-range:t.a:2:2'],
  ],
  [
    'duplicates under a new unique key; NULLs are none',
    'id int PRIMARY KEY, a int, b varchar(9)',
    "(1, 1, 'x'), (2, 1, 'X'), (3, NULL, 'y'), (4, NULL, 'z')",
    'id int PRIMARY KEY, a int, b varchar(9), UNIQUE KEY ua (a), UNIQUE KEY ub (b)',
    ['duplicate:t.ua:2:1', 'duplicate:t.ub:2:1'],
  ],
  [
    'duplicates of a prefix, and under a coarser collation',
    'id int PRIMARY KEY, a varchar(20), b varchar(9) COLLATE utf8mb4_bin, UNIQUE KEY u (b)',
    "(1, 'abcdef', 'x'), (2, 'abcxyz', 'X')",
    'id int PRIMARY KEY, a varchar(20), b varchar(9) COLLATE utf8mb4_general_ci, UNIQUE KEY p (a(3)), UNIQUE KEY u (b)',
    ['duplicate:t.u:2:1', 'duplicate:t.p:2:1'],
  ],
  [
    'duplicates of a default that every row gets',
    'id int PRIMARY KEY',
    '(1), (2)',
    'id int PRIMARY KEY, a int NOT NULL DEFAULT 7, UNIQUE KEY u (a)',
    ['duplicate:t.u:2:1'],
  ],
  [
    'duplicates of a generated column',
    'id int PRIMARY KEY, a int',
    '(1, 1), (2, 11), (3, 5)',
    'id int PRIMARY KEY, a int, g int AS (a MOD 10) STORED, UNIQUE KEY u (g)',
    ['duplicate:t.u:2:1'],
  ],
  [
    'a primary key of other columns',
    'id int PRIMARY KEY, a int NOT NULL',
    '(1, 1), (2, 1)',
    'id int NOT NULL, a int NOT NULL PRIMARY KEY',
    ['duplicate:t.PRIMARY:2:1'],
  ],
  [
    'orphans of a new foreign key',
    'id int PRIMARY KEY, p int',
    '(1, 10), (2, 99), (3, NULL), (4, 98)',
    'id int PRIMARY KEY, p int, CONSTRAINT f FOREIGN KEY (p) REFERENCES parent (id)',
    ['orphan:t.f:2:2'],
  ],
  [
    'orphans within one table',
    'id int PRIMARY KEY, p int',
    '(1, NULL), (2, 1), (3, 7)',
    'id int PRIMARY KEY, p int, CONSTRAINT f FOREIGN KEY (p) REFERENCES t (id)',
    ['orphan:t.f:1:3'],
  ],
  [
    'orphans of a table that is new',
    'id int PRIMARY KEY, p int',
    '(1, NULL), (2, 1)',
    'id int PRIMARY KEY, p int, CONSTRAINT f FOREIGN KEY (p) REFERENCES later (id)',
    ['orphan:t.f:1:2'],
  ],
  [
    'checks; unknown passes',
    'id int PRIMARY KEY, a int',
    '(1, 5), (2, -5), (3, NULL)',
    'id int PRIMARY KEY, a int CHECK (a > -9), n int NOT NULL DEFAULT 3, CONSTRAINT c CHECK (a > 0), CONSTRAINT d CHECK (n < a)',
    ['check:t.c:1:2', 'check:t.d:1:2'],
  ],
  [
    'nothing: wider, longer, more values, unchanged keys',
    "id int PRIMARY KEY, a varchar(5), b enum('x'), c int, UNIQUE KEY u (c), CONSTRAINT k CHECK (c > 0)",
    "(1, 'abcde', 'x', 1)",
    "id bigint PRIMARY KEY, a text, b enum('x','y'), c bigint, UNIQUE KEY u (c), CONSTRAINT k CHECK (c > 0), KEY n (a(3))",
    [],
  ],
];

describe('data checks: rows of production that a plan would refuse or cut', () => {
  let server: TestServer;
  let reader: Connection;
  before(async () => {
    server = await startMariadb();
    await server.execute('CREATE DATABASE a CHARACTER SET utf8mb4');
    reader = await connect(testHost('/nowhere'), { ...addressOf(server), database: 'a' }, { readOnly: true });
  });
  after(async () => {
    await reader?.close();
    await server?.stop();
  });

  async function problemsOf(
    now: string[],
    then: string[],
    options: { renames?: Rename[]; personal?: string[] } = {},
  ): Promise<DataProblem[]> {
    const a = await freshDatabase(server, 'a', 'CHARACTER SET utf8mb4');
    const b = await freshDatabase(server, 'b', 'CHARACTER SET utf8mb4');
    try {
      await runAll(a, now);
      await runAll(b, then);
      await reader.execute('USE a');
      const input = {
        from: await introspect(a, 'a'),
        target: await introspect(b, 'b'),
        renames: options.renames ?? [],
        isPersonal: (table: string, column: string) =>
          options.personal?.includes(`${table}.${column}`) ?? false,
      };
      return await checkData(reader, input, unattended);
    } finally {
      await a.close();
      await b.close();
    }
  }

  for (const [what, now, rows, then, expected] of cases)
    it(what, async () => {
      const parent = 'CREATE TABLE parent (id int PRIMARY KEY)';
      const problems = await problemsOf(
        [parent, 'INSERT INTO parent VALUES (10)', `CREATE TABLE t (${now})`, `INSERT INTO t VALUES ${rows}`],
        [parent, 'CREATE TABLE later (id int PRIMARY KEY)', `CREATE TABLE t (${then})`],
      );
      assert.deepEqual(
        problems.map(
          item => `${item.problem}:${item.subject}:${item.count}:${Object.values(item.example ?? {})}`,
        ),
        expected,
      );
    });

  it('follows renames, and shows no key that may be personal', async () => {
    const problems = await problemsOf(
      [
        'CREATE TABLE old (mail varchar(40) PRIMARY KEY, a int)',
        "INSERT INTO old VALUES ('ann@x.org', NULL)",
      ],
      ['CREATE TABLE t (mail varchar(40) PRIMARY KEY, b int NOT NULL)'],
      {
        renames: [
          { kind: 'table', table: 't', from: 'old', to: 't' },
          { kind: 'column', table: 't', from: 'a', to: 'b' },
        ],
        personal: ['old.mail'],
      },
    );
    assert.deepEqual(problems, [
      {
        table: 't',
        problem: 'null',
        subject: 't.a',
        count: 1,
        message: 't.a: 1 row NULL, where the column will refuse it',
      },
    ]);
  });
});
