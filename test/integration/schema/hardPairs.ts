/** `[what, from, to]`: pairs that servers make hard, each one a fault once; in the vocabulary of both servers. */
export const hardPairs: [string, string[], string[]][] = [
  [
    'a computed column that is stored from now on, with what is computed from it and an index over it',
    [
      'CREATE TABLE t (id int PRIMARY KEY, a int, g int AS (a + 1) VIRTUAL, h int AS (g * 2) VIRTUAL, KEY kg (g, a), KEY kh (h))',
      'INSERT INTO t (id, a) VALUES (1, 5)',
    ],
    [
      'CREATE TABLE t (id int PRIMARY KEY, a int, g int AS (a + 1) STORED, h int AS (g * 2) VIRTUAL, KEY kg (g, a), KEY kh (h))',
    ],
  ],
  [
    'a plain column that is computed from now on',
    ['CREATE TABLE t (id int PRIMARY KEY, a int, v int)'],
    ['CREATE TABLE t (id int PRIMARY KEY, a int, v int AS (a + 1) VIRTUAL, KEY v (v))'],
  ],
  [
    'a foreign key’s name goes to another table',
    [
      'CREATE TABLE p (id int PRIMARY KEY)',
      'CREATE TABLE t (a int, KEY a (a))',
      'CREATE TABLE u (a int, KEY a (a), CONSTRAINT f FOREIGN KEY (a) REFERENCES p (id))',
      'CREATE TABLE gone (a int, KEY a (a), CONSTRAINT g FOREIGN KEY (a) REFERENCES p (id))',
    ],
    [
      'CREATE TABLE p (id int PRIMARY KEY)',
      'CREATE TABLE t (a int, KEY a (a), CONSTRAINT f FOREIGN KEY (a) REFERENCES p (id))',
      'CREATE TABLE u (a int, KEY a (a))',
      'CREATE TABLE fresh (a int, KEY a (a), CONSTRAINT g FOREIGN KEY (a) REFERENCES p (id))',
    ],
  ],
  [
    'a check’s name goes to another table',
    ['CREATE TABLE t (a int)', 'CREATE TABLE u (a int, CONSTRAINT ck CHECK (a > 0))'],
    ['CREATE TABLE t (a int, CONSTRAINT ck CHECK (a > 0))', 'CREATE TABLE u (a int)'],
  ],
  [
    'a view becomes a table, a table a view',
    [
      'CREATE TABLE t (a int)',
      'CREATE VIEW v AS SELECT a FROM t',
      'CREATE VIEW w AS SELECT a FROM v',
      'CREATE TABLE x (a int)',
    ],
    [
      'CREATE TABLE t (a int)',
      'CREATE TABLE v (a int)',
      'CREATE VIEW w AS SELECT a FROM v',
      'CREATE VIEW x AS SELECT a FROM t',
    ],
  ],
  [
    'names of columns spelled otherwise',
    ['CREATE TABLE t (Foo int, bar varchar(10), KEY k (bar))', "INSERT INTO t VALUES (1, 'x')"],
    ['CREATE TABLE t (foo bigint, BAR varchar(10), KEY k (BAR))'],
  ],
  [
    'several full text indexes at once',
    ['CREATE TABLE t (id int PRIMARY KEY, a text, b text, c text, FULLTEXT KEY fa (a))'],
    [
      'CREATE TABLE t (id bigint PRIMARY KEY, a text, b text, c text, FULLTEXT KEY fa (a, b), FULLTEXT KEY fb (b), FULLTEXT KEY fc (c))',
    ],
  ],
  [
    'the table’s collation and a column’s own change places',
    [
      'CREATE TABLE t (a varchar(20) COLLATE utf8mb4_bin, b varchar(20)) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci',
    ],
    [
      'CREATE TABLE t (a varchar(20), b varchar(20) COLLATE utf8mb4_bin) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin',
    ],
  ],
];

export const hardPairsOfMariadb: typeof hardPairs = [
  [
    'a sequence becomes a table, a table a sequence',
    ['CREATE SEQUENCE s', 'CREATE TABLE t (a int)'],
    ['CREATE TABLE s (a int)', 'CREATE SEQUENCE t'],
  ],
  [
    'packages of Oracle’s mode, with their bodies',
    ['CREATE TABLE t (a int)'],
    [
      'CREATE TABLE t (a int)',
      "SET sql_mode = 'ORACLE'",
      'CREATE PACKAGE pk AS FUNCTION f RETURN INT; END',
      'CREATE PACKAGE BODY pk AS FUNCTION f RETURN INT AS BEGIN RETURN 1; END; END',
      "SET sql_mode = 'STRICT_ALL_TABLES'",
    ],
  ],
];

export const hardPairsOfMysql: typeof hardPairs = [
  [
    'the reference system of a column under a spatial index',
    ['CREATE TABLE t (g geometry NOT NULL SRID 0, h point NOT NULL, SPATIAL KEY g (g))'],
    [
      'CREATE TABLE t (g point NOT NULL SRID 4326, h point NOT NULL SRID 4326, SPATIAL KEY g (g), SPATIAL KEY h (h))',
    ],
  ],
];
