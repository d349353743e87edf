import assert from 'node:assert/strict';
import { startMariadb, type TestServer } from '../../support/mariadb.ts';
import { hardPairs, hardPairsOfMariadb } from './hardPairs.ts';
import { assertOracle, freshDatabase, runAll } from './oracle.ts';

/** Pairs of schemas by hand: one for each part of the engine's vocabulary. `[what, from, to]`. */
const pairs: [string, string[], string[]][] = [
  ['a new table', [], ['CREATE TABLE t (id int PRIMARY KEY AUTO_INCREMENT, name varchar(20))']],
  [
    'columns added, dropped, changed and moved',
    ['CREATE TABLE t (a int, b int, c varchar(10), d text, e int)'],
    [
      "CREATE TABLE t (e int, b bigint NOT NULL DEFAULT 3 COMMENT 'it''s \\\\ a \\n', x int, c varchar(300) CHARACTER SET latin1, f datetime DEFAULT current_timestamp ON UPDATE current_timestamp, a int INVISIBLE)",
    ],
  ],
  [
    'all columns replaced',
    ['CREATE TABLE t (a int, b int)'],
    ["CREATE TABLE t (c int, d enum('x,''y','z'))"],
  ],
  [
    'indexes of every kind',
    [
      'CREATE TABLE t (id int PRIMARY KEY, a varchar(100) NOT NULL, b text, c int, g point NOT NULL, KEY k1 (a), UNIQUE KEY u1 (c), KEY old (a, c))',
    ],
    [
      "CREATE TABLE t (id int, a varchar(100) NOT NULL, b text, c int NOT NULL, g point NOT NULL, PRIMARY KEY (id, c), KEY k1 (a(10) DESC, c), UNIQUE KEY u1 (c), UNIQUE KEY u2 (a), FULLTEXT KEY ft (b), SPATIAL KEY sp (g), KEY renamed (a, c), KEY ig (c) COMMENT 'x' IGNORED, KEY h (c) USING HASH)",
    ],
  ],
  [
    'a primary key moves to another column, with the counter',
    ['CREATE TABLE t (a int AUTO_INCREMENT PRIMARY KEY, b int NOT NULL)'],
    ['CREATE TABLE t (a int NOT NULL, b int AUTO_INCREMENT PRIMARY KEY, KEY (a))'],
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
    'tables that refer to each other in a circle come and go',
    [
      'CREATE TABLE x (id int PRIMARY KEY, y int)',
      'CREATE TABLE y (id int PRIMARY KEY, x int, CONSTRAINT yx FOREIGN KEY (x) REFERENCES x (id))',
      'ALTER TABLE x ADD CONSTRAINT xy FOREIGN KEY (y) REFERENCES y (id)',
      'CREATE TABLE stays (id int PRIMARY KEY, x int, KEY (x), CONSTRAINT sx FOREIGN KEY (x) REFERENCES x (id))',
    ],
    [
      'CREATE TABLE v (id int PRIMARY KEY, w int)',
      'CREATE TABLE w (id int PRIMARY KEY, v int, CONSTRAINT wv FOREIGN KEY (v) REFERENCES v (id))',
      'ALTER TABLE v ADD CONSTRAINT vw FOREIGN KEY (w) REFERENCES w (id)',
      'CREATE TABLE stays (id int PRIMARY KEY, x int, KEY (x), self int, CONSTRAINT me FOREIGN KEY (self) REFERENCES stays (id))',
    ],
  ],
  [
    'checks, by name, without and of columns',
    ['CREATE TABLE t (a int CHECK (a > 0), b int, c int, CHECK (b > 1), CONSTRAINT k CHECK (c > 2))'],
    [
      "CREATE TABLE t (a int, b int CHECK (b <> 5), c varchar(20) DEFAULT 'x', CONSTRAINT k CHECK (c <> 'it''s'), CONSTRAINT k2 CHECK (a > b))",
    ],
  ],
  [
    'generated columns and defaults that are expressions',
    ['CREATE TABLE t (a int, v int AS (a + 1) VIRTUAL, s int AS (a * 2) STORED, d int DEFAULT 1)'],
    [
      "CREATE TABLE t (a int, v int AS (a + 2) VIRTUAL, s varchar(30) AS (concat('<', a, '>')) STORED, d int DEFAULT (1 + 2), u uuid DEFAULT uuid(), KEY (v))",
    ],
  ],
  [
    'table options, given and taken back',
    [
      "CREATE TABLE t (a int) COMMENT='it''s' ROW_FORMAT=COMPRESSED KEY_BLOCK_SIZE=8 STATS_PERSISTENT=1 CHECKSUM=1",
    ],
    ['CREATE TABLE t (a int) CHARACTER SET latin1 ROW_FORMAT=DYNAMIC MAX_ROWS=100'],
  ],
  [
    'the table’s character set changes, some columns follow',
    ['CREATE TABLE t (a varchar(10), b varchar(10), c varchar(10) COLLATE latin1_bin) CHARACTER SET latin1'],
    [
      'CREATE TABLE t (a varchar(10), b varchar(10) CHARACTER SET latin1, c varchar(10) CHARACTER SET latin1 COLLATE latin1_bin, n text) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci',
    ],
  ],
  [
    'partitions appear',
    ['CREATE TABLE t (id int, d date NOT NULL, PRIMARY KEY (id, d))'],
    [
      "CREATE TABLE t (id int, d date NOT NULL, x int, PRIMARY KEY (id, d)) PARTITION BY RANGE (year(d)) (PARTITION p0 VALUES LESS THAN (2000) COMMENT 'o', PARTITION p1 VALUES LESS THAN (2010))",
    ],
  ],
  [
    'a partition is appended, and a column too',
    [
      'CREATE TABLE t (id int PRIMARY KEY) PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN (20))',
    ],
    [
      'CREATE TABLE t (id int PRIMARY KEY, z int) PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN (20), PARTITION p2 VALUES LESS THAN MAXVALUE)',
    ],
  ],
  [
    'partitions of another kind, and none',
    [
      'CREATE TABLE t (id int PRIMARY KEY) PARTITION BY HASH (id) PARTITIONS 4',
      'CREATE TABLE u (id int PRIMARY KEY) PARTITION BY LIST (id) (PARTITION a VALUES IN (1,2), PARTITION b VALUES IN (3))',
    ],
    [
      'CREATE TABLE t (id int PRIMARY KEY) PARTITION BY KEY (id) PARTITIONS 2',
      'CREATE TABLE u (id int PRIMARY KEY)',
    ],
  ],
  [
    'views on views, on columns that come and go',
    [
      'CREATE TABLE t (a int, gone int)',
      'CREATE VIEW z AS SELECT a, gone FROM t',
      'CREATE VIEW m AS SELECT a FROM z',
      'CREATE VIEW bye AS SELECT gone FROM t',
    ],
    [
      'CREATE TABLE t (a int, fresh int)',
      'CREATE ALGORITHM=MERGE SQL SECURITY INVOKER VIEW z AS SELECT a, fresh FROM t WHERE a > 0 WITH LOCAL CHECK OPTION',
      'CREATE VIEW a_first AS SELECT fresh FROM z',
      'CREATE VIEW m AS SELECT a_first.fresh AS a FROM a_first',
    ],
  ],
  [
    'triggers change, move to other places, follow their tables',
    [
      'CREATE TABLE t (a int, b int)',
      'CREATE TABLE gone (a int)',
      'CREATE TRIGGER one BEFORE INSERT ON t FOR EACH ROW SET NEW.b = 1',
      'CREATE TRIGGER two BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 2',
      'CREATE TRIGGER three BEFORE INSERT ON t FOR EACH ROW FOLLOWS one SET NEW.a = 3',
      'CREATE TRIGGER upd AFTER UPDATE ON t FOR EACH ROW INSERT INTO gone VALUES (NEW.b)',
      'CREATE TRIGGER dies AFTER DELETE ON gone FOR EACH ROW INSERT INTO t VALUES (1, 2)',
    ],
    [
      'CREATE TABLE t (a int, c int)',
      'CREATE TABLE made (a int)',
      'CREATE TRIGGER two BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 2',
      'CREATE TRIGGER one BEFORE INSERT ON t FOR EACH ROW SET NEW.c = 1',
      'CREATE TRIGGER upd AFTER UPDATE ON t FOR EACH ROW BEGIN INSERT INTO made VALUES (NEW.c); END',
      'CREATE TRIGGER dies AFTER DELETE ON made FOR EACH ROW INSERT INTO t VALUES (1, 2)',
    ],
  ],
  [
    'routines and events, in sessions of their own',
    [
      "CREATE PROCEDURE p (IN x int) COMMENT 'old' SELECT x",
      'CREATE FUNCTION f (x int) RETURNS int DETERMINISTIC RETURN x + 1',
      "CREATE EVENT e ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01 00:00:00' COMMENT 'c' DO DELETE FROM t",
      "CREATE EVENT bye ON SCHEDULE EVERY 1 HOUR STARTS '2030-01-01 00:00:00' DO SELECT 1",
    ],
    [
      'CREATE PROCEDURE p (IN x int) BEGIN DECLARE y int; SET y = x; SELECT y; END',
      "SET sql_mode = 'ANSI_QUOTES,STRICT_ALL_TABLES'",
      "CREATE FUNCTION f (x int) RETURNS varchar(20) CHARSET latin1 DETERMINISTIC READS SQL DATA RETURN concat('a', x)",
      'CREATE PROCEDURE f () SELECT "x" FROM "t"',
      "SET sql_mode = ''",
      "SET time_zone = '+05:00'",
      "CREATE EVENT e ON SCHEDULE EVERY 2 DAY STARTS '2031-01-01 00:00:00' ON COMPLETION PRESERVE DISABLE DO BEGIN DELETE FROM t; END",
      "CREATE EVENT hi ON SCHEDULE AT '2035-01-01 00:00:00' DO SELECT 1",
    ],
  ],
  [
    'sequences, and defaults that use them',
    [
      'CREATE SEQUENCE s START WITH 5',
      'CREATE SEQUENCE gone',
      'CREATE TABLE u (id int DEFAULT nextval(gone))',
    ],
    [
      'CREATE SEQUENCE s START WITH 5 INCREMENT BY 3 CACHE 10 CYCLE',
      'CREATE SEQUENCE fresh',
      'CREATE TABLE t (id bigint DEFAULT nextval(fresh))',
      'CREATE TABLE u (id int DEFAULT 1)',
    ],
  ],
  [
    'system versioning',
    ['CREATE TABLE t (a int)', 'CREATE TABLE u (a int) WITH SYSTEM VERSIONING'],
    [
      'CREATE TABLE t (a int, b int) WITH SYSTEM VERSIONING',
      'CREATE TABLE u (a int, b int WITHOUT SYSTEM VERSIONING) WITH SYSTEM VERSIONING',
    ],
  ],
  [
    'application periods',
    ['CREATE TABLE t (a int, s date, e date)'],
    ['CREATE TABLE t (a int, s date, e date, PERIOD FOR p (s, e), UNIQUE KEY u (a, p WITHOUT OVERLAPS))'],
  ],
  [
    'hostile names',
    ['CREATE TABLE `a``b` (`x``,y` int, `order` int, `drop table t; --` text, KEY `k``` (`x``,y`))'],
    [
      "CREATE TABLE `a``b` (`x``,y` bigint, `(` varchar(5) DEFAULT '),`', `drop table t; --` text COMMENT 'KEY `x` (`y`)', KEY `k``` (`(`, `x``,y`))",
      'CREATE TABLE `Ünïcödé` (`ключ` int)',
    ],
  ],
];

describe('schema diff on MariaDB: the server’s own print is the oracle', () => {
  let server: TestServer;
  before(async () => {
    server = await startMariadb();
  });
  after(() => server?.stop());

  for (const [what, from, to] of [...pairs, ...hardPairs, ...hardPairsOfMariadb])
    it(`${what}, there and back from both sides`, async () => {
      const a = await freshDatabase(server, 'a');
      const b = await freshDatabase(server, 'b');
      try {
        await runAll(a, from);
        await runAll(b, to);
        await a.execute("SET sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'");
        const { diff } = await assertOracle(a, b);
        assert.ok(diff.changes.length > 0);
        await assertOracle(b, a);
      } finally {
        await a.close();
        await b.close();
      }
    });
});
