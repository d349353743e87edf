import assert from 'node:assert/strict';
import path from 'node:path';
import { findBinaries } from '../../../server/database/binaries.ts';
import {
  initializeServer,
  type RunningServer,
  startServer,
  stopServer,
} from '../../../server/database/privateServer.ts';
import type { Host } from '../../../server/platform/host.ts';
import { mysqlDirectory, needsMysql } from '../../support/mysql.ts';
import { temporaryDirectory, testHost } from '../../support/temporary.ts';
import { generatedPairs } from './generatedPairs.ts';
import { hardPairs, hardPairsOfMysql } from './hardPairs.ts';
import { historyCases } from './historyCases.ts';
import { assertOracle, freshDatabase, runAll } from './oracle.ts';

/** `[what, from, to]` in MySQL's vocabulary. */
const pairs: [string, string[], string[]][] = [
  [
    'columns added, dropped, changed and moved',
    ['CREATE TABLE t (a int, b int, c varchar(10), d text, e int)'],
    [
      "CREATE TABLE t (e int, b bigint NOT NULL DEFAULT 3 COMMENT 'it''s \\\\ a \\n', x int, c varchar(300) CHARACTER SET latin1, f datetime DEFAULT current_timestamp ON UPDATE current_timestamp, a int INVISIBLE, j json DEFAULT (json_array()), p point SRID 4326, u int unsigned zerofill)",
    ],
  ],
  [
    'an explicit character set that is the table’s own',
    ['CREATE TABLE t (a varchar(10), b varchar(10) CHARACTER SET utf8mb4)'],
    ['CREATE TABLE t (a varchar(10) CHARACTER SET utf8mb4, b varchar(10))'],
  ],
  [
    'indexes of every kind',
    [
      'CREATE TABLE t (id int PRIMARY KEY, a varchar(100), b text, c int, g point NOT NULL SRID 0, KEY k1 (a), UNIQUE KEY u1 (c), KEY old (a, c), KEY f (c))',
    ],
    [
      "CREATE TABLE t (id int, a varchar(100), b text, c int NOT NULL, g point NOT NULL SRID 0, PRIMARY KEY (id, c), KEY k1 (a(10) DESC, c), UNIQUE KEY u1 (c), FULLTEXT KEY ft (b) WITH PARSER ngram, SPATIAL KEY sp (g), KEY renamed (a, c), KEY ig (c) COMMENT 'x' INVISIBLE, KEY fn ((c * 2), (lower(a)) DESC), KEY f (c) INVISIBLE)",
    ],
  ],
  [
    'foreign keys: types of both ends change, one goes, one comes',
    [
      'CREATE TABLE p (id int PRIMARY KEY, k int, UNIQUE KEY (k))',
      'CREATE TABLE c (id int PRIMARY KEY, pid int, q int, CONSTRAINT f1 FOREIGN KEY (pid) REFERENCES p (id) ON DELETE CASCADE, CONSTRAINT f2 FOREIGN KEY (q) REFERENCES p (k))',
    ],
    [
      'CREATE TABLE p (id bigint unsigned PRIMARY KEY, k int, UNIQUE KEY (k))',
      'CREATE TABLE c (id int PRIMARY KEY, pid bigint unsigned, q int, CONSTRAINT f1 FOREIGN KEY (pid) REFERENCES p (id) ON DELETE SET NULL, KEY f2 (q), CONSTRAINT f3 FOREIGN KEY (q) REFERENCES p (k) ON UPDATE NO ACTION)',
    ],
  ],
  [
    'checks: enforced or not',
    ['CREATE TABLE t (a int, b int, CONSTRAINT k CHECK (a > 2), CONSTRAINT n CHECK (b > 2), CHECK (a < b))'],
    [
      "CREATE TABLE t (a int, b int, c varchar(9), CONSTRAINT k CHECK (a > 3), CONSTRAINT n CHECK (b > 2) NOT ENFORCED, CONSTRAINT s CHECK (c <> 'it''s'))",
    ],
  ],
  [
    'generated columns and defaults that are expressions',
    ['CREATE TABLE t (a int, v int AS (a + 1) VIRTUAL, s int AS (a * 2) STORED, d int DEFAULT 1)'],
    [
      "CREATE TABLE t (a int, v int AS (a + 2) VIRTUAL, s varchar(30) AS (concat('<', a, '>')) STORED NOT NULL, d int DEFAULT (1 + 2), u varchar(9) DEFAULT (concat(_utf8mb4'a', 'b')), KEY (v))",
    ],
  ],
  [
    'table options and partitions',
    [
      "CREATE TABLE t (id int PRIMARY KEY) COMMENT='it''s' ROW_FORMAT=COMPRESSED KEY_BLOCK_SIZE=8 STATS_PERSISTENT=1",
      'CREATE TABLE r (id int PRIMARY KEY) PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (10))',
    ],
    [
      'CREATE TABLE t (id int PRIMARY KEY) CHARACTER SET latin1 ROW_FORMAT=DYNAMIC PARTITION BY HASH (id) PARTITIONS 3',
      'CREATE TABLE r (id int PRIMARY KEY, x int) PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN MAXVALUE)',
    ],
  ],
  [
    'views, triggers, routines, events',
    [
      'CREATE TABLE t (a int, gone int)',
      'CREATE VIEW z AS SELECT a, gone FROM t',
      'CREATE TRIGGER one BEFORE INSERT ON t FOR EACH ROW SET NEW.gone = 1',
      'CREATE TRIGGER two BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 2',
      "CREATE PROCEDURE p (IN x int) COMMENT 'old' SELECT x",
      'CREATE FUNCTION f (x int) RETURNS int DETERMINISTIC RETURN x + 1',
      "CREATE EVENT e ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01 00:00:00' COMMENT 'c' DO DELETE FROM t",
    ],
    [
      'CREATE TABLE t (a int, fresh int)',
      'CREATE ALGORITHM=MERGE SQL SECURITY INVOKER VIEW z AS SELECT a, fresh FROM t WHERE a > 0 WITH LOCAL CHECK OPTION',
      'CREATE VIEW a1 AS SELECT fresh FROM z',
      'CREATE TRIGGER two BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 2',
      'CREATE TRIGGER one BEFORE INSERT ON t FOR EACH ROW BEGIN SET NEW.fresh = 1; END',
      'CREATE PROCEDURE p (IN x int) BEGIN DECLARE y int; SET y = x; SELECT y; END',
      "CREATE FUNCTION f (x int) RETURNS varchar(20) DETERMINISTIC RETURN concat('a', x)",
      "CREATE EVENT e ON SCHEDULE EVERY 2 DAY STARTS '2031-01-01 00:00:00' ON COMPLETION PRESERVE DISABLE DO BEGIN DELETE FROM t; END",
    ],
  ],
];

describe('schema diff on MySQL: the server’s own print is the oracle', function () {
  // Making the server's directory on a fresh machine is a download.
  this.timeout(600_000);
  let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
  let host: Host;
  let server: RunningServer;

  before(async function () {
    await needsMysql(this);
    temporary = await temporaryDirectory();
    host = testHost(path.join(temporary.path, 'store'));
    const binaries = await findBinaries(host, 'mysql', await mysqlDirectory());
    const directory = path.join(temporary.path, 'm');
    await initializeServer(host, binaries, directory);
    server = await startServer(host, binaries, directory, { mode: 'load', port: 0 });
  });
  after(async () => {
    if (server) await stopServer(host, server, { clean: false });
    await temporary?.remove();
  });

  generatedPairs(() => server.address, 'mysql');
  historyCases(() => server.address);

  for (const [what, from, to] of [...pairs, ...hardPairs, ...hardPairsOfMysql])
    it(`${what}, there and back from both sides`, async () => {
      const a = await freshDatabase(server.address, 'a');
      const b = await freshDatabase(server.address, 'b');
      try {
        await runAll(a, from);
        await runAll(b, to);
        const { diff } = await assertOracle(a, b);
        assert.ok(diff.changes.length > 0);
        await assertOracle(b, a);
      } finally {
        await a.close();
        await b.close();
      }
    });
});
