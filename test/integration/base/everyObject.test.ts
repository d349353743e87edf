import assert from 'node:assert/strict';
import { buildBase } from '../../../server/base/build.ts';
import { newestGeneration, readGenerationSchema } from '../../../server/base/generations.ts';
import type { Connection } from '../../../server/database/connection.ts';
import { qualify, quoteName } from '../../../server/database/quote.ts';
import { unattended } from '../../../server/platform/progress.ts';
import { baseContext, lookIntoBase } from '../../support/base.ts';
import { startMariadb, type TestServer } from '../../support/mariadb.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

/** One production with every kind of object and column that MariaDB has, built once, looked at from many sides. */
describe('a base of everything that a MariaDB database can hold', () => {
  const database = 'sh`op ☕';
  const hostile = 'ta`ble "x" \'y\' ☕';
  let server: TestServer;
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let context: ReturnType<typeof baseContext>;
  let warnings: string[];

  before(async function () {
    this.timeout(400_000);
    server = await startMariadb(['--sql-mode=', '--max-allowed-packet=1G', '--log-bin=on', '--server-id=1']);
    directory = await temporaryDirectory();
    const session = await server.connection();
    try {
      for (const statement of production()) await session.query(statement);
    } finally {
      await session.end();
    }
    context = baseContext(
      directory.path,
      { socketPath: server.socketPath, user: 'root', database },
      { rules: { '*.*': { keep: 'a test of copying' } } },
    );
    warnings = (await buildBase(context, unattended)).warnings;
  });
  after(async () => {
    await server.stop();
    await directory.remove();
  });

  function production(): string[] {
    const wide = Array.from({ length: 1000 }, (_, index) => `c${index} TINYINT DEFAULT ${index % 100}`).join(
      ', ',
    );
    return [
      `CREATE DATABASE ${quoteName(database)} CHARACTER SET latin1 COLLATE latin1_german1_ci`,
      `USE ${quoteName(database)}`,
      'SET NAMES utf8mb4, time_zone = "+00:00"',
      `CREATE TABLE types (
         id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
         t TINYINT, tu TINYINT(3) UNSIGNED ZEROFILL, s SMALLINT, m MEDIUMINT, i INT, b BIGINT, bu BIGINT UNSIGNED,
         de DECIMAL(65,30), f FLOAT, d DOUBLE, bit1 BIT(1), bit64 BIT(64), y YEAR, da DATE, ti TIME(6), dt DATETIME(6),
         ts TIMESTAMP(6) NULL, ch CHAR(10), vc VARCHAR(200) CHARACTER SET utf8mb4, la VARCHAR(50) CHARACTER SET latin1,
         u16 VARCHAR(50) CHARACTER SET utf16, sj VARCHAR(50) CHARACTER SET sjis, gb TEXT CHARACTER SET gbk,
         bi BINARY(8), vb VARBINARY(300), tb TINYBLOB, bl BLOB, mb MEDIUMBLOB, lb LONGBLOB, tt TINYTEXT, tx TEXT, mt MEDIUMTEXT,
         lt LONGTEXT CHARACTER SET utf8mb4, en ENUM('a','b\\'c','ü') CHARACTER SET utf8mb4, se SET('x','y','z'),
         js JSON, ge GEOMETRY, pt POINT, po POLYGON, ip INET6, uu UUID
       ) ENGINE=InnoDB DEFAULT CHARSET=latin1`,
      `INSERT INTO types VALUES (1, -128, 7, -32768, -8388608, -2147483648, -9223372036854775808, 18446744073709551615,
         12345678901234567890123456789012345.123456789012345678901234567890, 0.1, 0.1, b'1', b'${'10'.repeat(32)}', 2155,
         '0000-00-00', '-838:59:59.999999', '9999-12-31 23:59:59.999999', '2021-03-28 02:30:00.123456', 'pad', 'emoji 😀 tab\\tnl\\nback\\\\nul\\0end',
         'Käse €', 'ユニ', '表示', '中文', 0x0001020000000000, 0x00090A5C0D1A27, '', 0x5C4E, 0x0A, 0xFF, '', '\\\\N', 'mt', '𝕏', 'ü', 'x,z',
         '{"a": [1, 2, "😀"]}', ST_GeomFromText('POINT(1 2)'), ST_GeomFromText('POINT(3.5 -4)'),
         ST_GeomFromText('POLYGON((0 0,1 0,1 1,0 0))'), '2001:db8::1', '123e4567-e89b-12d3-a456-426655440000')`,
      `INSERT INTO types (id, da, dt, en, f, d) VALUES (0x7fffffffffffffff, '2020-02-31', '2020-00-00', '', 16777217, 1e308)`,
      `INSERT INTO types (id, da, f, d, la) VALUES (5, '0000-00-00', 3.4028234e38, -2.2250738585072014e-308, 0x80819D)`,
      `CREATE TABLE ${quoteName(hostile)} (${quoteName('co`l ☕')} VARCHAR(20) CHARACTER SET utf8mb4, ${quoteName('a b')} INT, KEY ${quoteName('k`1')} (${quoteName('a b')}))`,
      `INSERT INTO ${quoteName(hostile)} VALUES ('one', 1), ('one', 1), (NULL, NULL)`,
      `CREATE TABLE wide (${wide})`,
      'INSERT INTO wide () VALUES (), ()',
      `CREATE TABLE generated (a INT, v INT AS (a + 1) VIRTUAL, s INT AS (a * 2) STORED, hidden INT INVISIBLE DEFAULT 9, n INT DEFAULT (1 + 1), CHECK (a < 1000), KEY (v), UNIQUE (s))`,
      'INSERT INTO generated (a, hidden) VALUES (1, 5), (2, 6)',
      'CREATE TABLE only_generated (a INT AS (1) VIRTUAL)',
      'INSERT INTO only_generated () VALUES (), (), ()',
      'CREATE TABLE parent (id INT PRIMARY KEY, code CHAR(3) UNIQUE) ENGINE=InnoDB',
      'CREATE TABLE child (id INT PRIMARY KEY, p INT, code CHAR(3), CONSTRAINT fk_p FOREIGN KEY (p) REFERENCES parent (id) ON DELETE CASCADE, CONSTRAINT fk_c FOREIGN KEY (code) REFERENCES parent (code) ON UPDATE SET NULL) ENGINE=InnoDB',
      'CREATE TABLE own (id INT PRIMARY KEY, up INT, FOREIGN KEY (up) REFERENCES own (id)) ENGINE=InnoDB',
      "INSERT INTO parent VALUES (1, 'abc'), (2, 'def')",
      "INSERT INTO child VALUES (10, 1, 'abc'), (11, NULL, NULL)",
      'INSERT INTO own VALUES (2, NULL), (1, 2)',
      `CREATE TABLE parts (id INT, d DATE NOT NULL, v VARCHAR(10), PRIMARY KEY (id, d)) PARTITION BY RANGE (YEAR(d)) (PARTITION p0 VALUES LESS THAN (2000), PARTITION p1 VALUES LESS THAN (2020), PARTITION pm VALUES LESS THAN MAXVALUE)`,
      "INSERT INTO parts VALUES (1, '1999-01-01', 'a'), (2, '2010-01-01', 'b'), (3, '2024-01-01', 'c')",
      'CREATE TABLE hashed (id INT PRIMARY KEY) PARTITION BY HASH (id) PARTITIONS 3',
      'INSERT INTO hashed VALUES (1), (2), (3), (4)',
      'CREATE TABLE versioned (id INT PRIMARY KEY, v INT) WITH SYSTEM VERSIONING',
      'INSERT INTO versioned VALUES (1, 1)',
      'UPDATE versioned SET v = 2',
      'UPDATE versioned SET v = 3',
      `CREATE TABLE texts (id INT PRIMARY KEY, body TEXT, FULLTEXT KEY ft (body), place POINT NOT NULL, SPATIAL KEY sp (place)) ENGINE=InnoDB CHARSET=utf8mb4 COMMENT='it''s \\\\ a "comment"'`,
      "INSERT INTO texts VALUES (1, 'hello world', POINT(1, 1))",
      'CREATE TABLE old (a INT, b VARCHAR(10)) ENGINE=MyISAM',
      "INSERT INTO old VALUES (1, 'x')",
      'CREATE TABLE aria (a INT) ENGINE=Aria',
      'INSERT INTO aria VALUES (7)',
      `CREATE TABLE big_row (${Array.from({ length: 197 }, (_, i) => `c${i} CHAR(40)`).join(', ')}) CHARSET=latin1 ROW_FORMAT=DYNAMIC`,
      `INSERT INTO big_row VALUES (${Array.from({ length: 197 }, () => "REPEAT('z', 40)").join(', ')})`,
      'CREATE TABLE empty_one (id INT AUTO_INCREMENT PRIMARY KEY) AUTO_INCREMENT = 4711',
      'CREATE TABLE exhausted (id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY) AUTO_INCREMENT = 18446744073709551615',
      'CREATE TABLE counted_parts (id INT AUTO_INCREMENT PRIMARY KEY) AUTO_INCREMENT = 815 PARTITION BY HASH (id) PARTITIONS 3',
      'CREATE TABLE zero_id (id INT AUTO_INCREMENT PRIMARY KEY)',
      "SET SESSION sql_mode = 'NO_AUTO_VALUE_ON_ZERO'",
      'INSERT INTO zero_id VALUES (0), (3)',
      "SET SESSION sql_mode = ''",
      'CREATE TABLE `_greenroom_kept` (a INT)',
      'CREATE SEQUENCE numbers START WITH 100 INCREMENT BY 10 CACHE 5',
      'SELECT NEXTVAL(numbers)',
      'CREATE VIEW a_last AS SELECT * FROM b_middle',
    ].flatMap(statement =>
      statement.startsWith('CREATE VIEW')
        ? [
            'CREATE VIEW c_first AS SELECT id, code FROM parent',
            'CREATE VIEW b_middle AS SELECT id FROM c_first',
            statement,
            'CREATE TABLE gone (a INT)',
            'CREATE VIEW broken AS SELECT * FROM gone',
            'DROP TABLE gone',
            "CREATE USER 'somebody'@'10.1.2.3'",
            "GRANT ALL ON *.* TO 'somebody'@'10.1.2.3'",
            "CREATE DEFINER='somebody'@'10.1.2.3' FUNCTION twice(n INT) RETURNS INT DETERMINISTIC SQL SECURITY DEFINER RETURN n * 2",
            "CREATE DEFINER='somebody'@'10.1.2.3' PROCEDURE add_parent(x INT) BEGIN INSERT INTO parent VALUES (x, NULL); END",
            "CREATE DEFINER='somebody'@'10.1.2.3' TRIGGER parent_bi BEFORE INSERT ON parent FOR EACH ROW SET NEW.code = COALESCE(NEW.code, 'trg')",
            'CREATE VIEW with_function AS SELECT twice(id) AS double_id FROM parent',
            "CREATE DEFINER='somebody'@'10.1.2.3' EVENT nightly ON SCHEDULE EVERY 1 SECOND DO INSERT INTO old VALUES (9, 'event')",
          ]
        : [statement],
    );
  }

  async function checksums(query: (sql: string) => Promise<string>): Promise<Record<string, string>> {
    const tables = [
      'types',
      hostile,
      'wide',
      'generated',
      'parent',
      'child',
      'own',
      'parts',
      'hashed',
      'versioned',
      'texts',
      'old',
      'aria',
      'big_row',
      'empty_one',
      'exhausted',
      'counted_parts',
      'zero_id',
      'only_generated',
    ];
    const sums: Record<string, string> = {};
    for (const table of tables)
      sums[table] = await query(`CHECKSUM TABLE ${qualify(database, table)} EXTENDED`);
    return sums;
  }

  const one = async (clone: Connection, sql: string) => (await clone.rows(sql))[0];

  it('has every row as production has it, byte for byte', async () => {
    const expected = await checksums(async sql =>
      String((await server.query<{ Checksum: number }>(sql))[0]?.Checksum),
    );
    await lookIntoBase(context, async clone => {
      const found = await checksums(async sql => String((await one(clone, sql))?.[1]));
      assert.deepEqual(found, expected);
    });
  });

  it('has the history of versioned tables, counters and sequences', async () => {
    await lookIntoBase(context, async clone => {
      assert.deepEqual(await clone.rows('SELECT v FROM versioned FOR SYSTEM_TIME ALL ORDER BY v'), [
        [1],
        [2],
        [3],
      ]);
      await clone.execute('INSERT INTO empty_one () VALUES ()');
      assert.deepEqual(await one(clone, 'SELECT id FROM empty_one'), [4711]);
      await clone.execute('INSERT INTO counted_parts () VALUES ()');
      assert.deepEqual(await one(clone, 'SELECT id FROM counted_parts'), [815]);
      const [counter] = await clone.rows("SHOW TABLE STATUS LIKE 'exhausted'");
      assert.ok(counter?.includes(18446744073709551615n), 'beyond what a number holds exactly');
      assert.deepEqual(await one(clone, 'SELECT NEXTVAL(numbers)'), [
        Number(
          (
            await server.query<{ n: number }>(
              `SELECT next_not_cached_value AS n FROM ${qualify(database, 'numbers')}`,
            )
          )[0]?.n,
        ),
      ]);
    });
  });

  it('has the same definitions, and none of our own tables', async () => {
    const schema = await newestGeneration(context.host, context.paths).then(generation => {
      assert.ok(generation);
      return readGenerationSchema(generation);
    });
    assert.equal(schema.tables['_greenroom_kept'], undefined);
    await lookIntoBase(context, async clone => {
      for (const table of Object.keys(schema.tables)) {
        const [row] = await server.query<Record<string, string>>(
          `SHOW CREATE TABLE ${qualify(database, table)}`,
        );
        const copy = await one(clone, `SHOW CREATE TABLE ${quoteName(table)}`);
        assert.equal(copy?.[1], row?.['Create Table']);
      }
    });
    assert.deepEqual(Object.keys(schema.events), ['nightly']);
  });

  it('runs views, routines and triggers as the clone’s own account', async () => {
    await lookIntoBase(context, async clone => {
      assert.deepEqual(await clone.rows('SELECT id FROM a_last ORDER BY id'), [[1], [2]]);
      assert.deepEqual(await clone.rows('SELECT double_id FROM with_function ORDER BY 1'), [[2], [4]]);
      await clone.execute('CALL add_parent(3)');
      assert.deepEqual(await one(clone, 'SELECT code FROM parent WHERE id = 3'), ['trg']);
      assert.deepEqual(await one(clone, 'SELECT COUNT(*) FROM old'), [1]);
      await assert.rejects(clone.execute('INSERT INTO child VALUES (12, 99, NULL)'));
      await clone.execute('DELETE FROM parent WHERE id = 1');
      assert.deepEqual(await one(clone, 'SELECT COUNT(*) FROM child'), [1]);
    });
  });

  it('says what it left out', () => {
    assert.ok(warnings.some(line => line.includes('broken')));
    assert.deepEqual(
      warnings.filter(line => line.includes('stored differently')),
      [],
    );
  });

  it('notes what it is and how it was read', async () => {
    const manifest = (await newestGeneration(context.host, context.paths))?.manifest;
    assert.equal(manifest?.origin, 'build');
    assert.equal(manifest?.source.consistency, 'binlog-snapshot');
    assert.match(manifest?.source.position?.file ?? '', /^on\.\d+$/);
    assert.equal(manifest?.tables['types']?.rows, 3);
    assert.deepEqual(manifest?.source.outsideSnapshot.sort(), ['aria', 'old']);
  });
});
