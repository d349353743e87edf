import assert from 'node:assert/strict';
import path from 'node:path';
import { buildBase } from '../../../server/base/build.ts';
import { newestGeneration } from '../../../server/base/generations.ts';
import { refreshBase } from '../../../server/base/refresh.ts';
import { findBinaries } from '../../../server/database/binaries.ts';
import { type Connection, connect } from '../../../server/database/connection.ts';
import {
  initializeServer,
  type RunningServer,
  startServer,
  stopServer,
} from '../../../server/database/privateServer.ts';
import { unattended } from '../../../server/platform/progress.ts';
import { baseContext, lookIntoBase } from '../../support/base.ts';
import { mysqlDirectory, needsMysql } from '../../support/mysql.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

describe('a base of a MySQL database', function () {
  // Making the server's directory on a fresh machine is a download.
  this.timeout(600_000);
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let production: RunningServer;
  let session: Connection;
  let context: ReturnType<typeof baseContext>;

  before(async function () {
    await needsMysql(this);
    const binaries = await mysqlDirectory();
    directory = await temporaryDirectory();
    const root = path.join(directory.path, 'store');
    const options = { rules: { 'people.email': 'email' as const, '*.*': { keep: 'test' } }, binaries };
    const { host } = baseContext(root, { user: '' }, options);
    const place = path.join(directory.path, 'production');
    const engine = await findBinaries(host, 'mysql', binaries);
    await initializeServer(host, engine, place);
    production = await startServer(host, engine, place, { mode: 'load', port: 0 });
    session = await connect(host, production.address);
    for (const statement of statements) await session.execute(statement);
    context = baseContext(
      root,
      { socketPath: production.socketPath, user: 'reader', password: 'secret-r', database: 'shop' },
      options,
    );
    await buildBase(context, unattended);
  });
  after(async () => {
    session?.destroy();
    if (production && context) await stopServer(context.host, production, { clean: false });
    await directory?.remove();
  });

  const tables = ['people', 'types', 'parts', 'computed', 'child'];
  const kept = tables.filter(table => table !== 'people');

  async function checksum(connection: Connection, table: string): Promise<unknown> {
    return (await connection.rows(`CHECKSUM TABLE shop.${table}`))[0]?.[1];
  }

  it('has every kept row byte for byte, and every definition', async () => {
    await lookIntoBase(context, async clone => {
      for (const table of kept)
        assert.equal(await checksum(clone, table), await checksum(session, table), table);
      for (const table of tables)
        assert.deepEqual(
          await clone.rows(`SHOW CREATE TABLE shop.${table}`),
          await session.rows(`SHOW CREATE TABLE shop.${table}`),
        );
      assert.deepEqual(await clone.rows('SELECT n, twice(2) FROM v'), [[2, 4]]);
    });
  });

  it('has scrubbed what the rules name', async () => {
    await lookIntoBase(context, async clone => {
      const emails = (await clone.rows('SELECT email FROM people')).map(([email]) => String(email));
      assert.equal(emails.length, 2);
      assert.ok(emails.every(email => /@/.test(email) && !email.includes('@corp.test')));
    });
  });

  it('is refreshed table by table where the account may not see the log', async () => {
    await session.execute('INSERT INTO shop.child VALUES (3, 1)');
    const result = await refreshBase(context, unattended);
    assert.equal(result.generation, 2);
    const manifest = (await newestGeneration(context.host, context.paths))?.manifest;
    assert.equal(manifest?.changeDetection, 'table-checks');
    assert.ok(manifest?.tablesCopied.includes('child'));
    await lookIntoBase(context, async clone => {
      assert.deepEqual(await clone.rows('SELECT COUNT(*) FROM child'), [[2]]);
    });
  });
});

const statements = [
  'CREATE DATABASE shop CHARACTER SET latin1',
  'USE shop',
  "SET SESSION sql_mode = ''",
  'CREATE TABLE people (id INT PRIMARY KEY, email VARCHAR(100) CHARACTER SET utf8mb4, UNIQUE (email))',
  "INSERT INTO people VALUES (1, 'a@corp.test'), (2, 'b@corp.test')",
  `CREATE TABLE types (id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, j JSON, g GEOMETRY SRID 4326, b BIT(20), e ENUM('a','b'),
     s SET('x','y'), f FLOAT, d DECIMAL(40, 10), da DATE, ti TIME(3), ts TIMESTAMP(6) NULL, bl LONGBLOB, te TEXT CHARACTER SET utf8mb4,
     la VARCHAR(20) CHARACTER SET latin1, gb VARCHAR(20) CHARACTER SET gb18030, u16 VARCHAR(20) CHARACTER SET utf16, ff INT INVISIBLE DEFAULT 3)`,
  `INSERT INTO types VALUES (1, '{"a": [1.50, "😀", null, 12345678901234567890]}', ST_GeomFromText('POINT(1 2)', 4326), b'10101', 'b',
     'x,y', 0.1, 1.5, '0000-00-00', '-800:00:00.123', '2021-03-28 02:30:00.5', 0x00090A5C0D1A27, 'x\\ty\\n\\\\😀', 'ü€', '中', '𝕏')`,
  'INSERT INTO types (id) VALUES (18446744073709551614)',
  'CREATE TABLE parts (id INT, y INT, PRIMARY KEY (id, y)) PARTITION BY RANGE (y) (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN MAXVALUE)',
  'INSERT INTO parts VALUES (1, 1), (2, 20)',
  'CREATE TABLE computed (a INT, v INT AS (a + 1), s INT AS (a * 2) STORED, CHECK (a < 100), KEY fi ((a * 3)), KEY de (a DESC))',
  'INSERT INTO computed (a) VALUES (1), (2)',
  'CREATE TABLE child (id INT PRIMARY KEY, p INT, FOREIGN KEY (p) REFERENCES people (id))',
  'INSERT INTO child VALUES (1, 1)',
  "CREATE USER other@localhost IDENTIFIED BY 'other-secret'",
  'GRANT ALL ON *.* TO other@localhost',
  'CREATE DEFINER = other@localhost FUNCTION twice(n INT) RETURNS INT DETERMINISTIC RETURN n * 2',
  'CREATE DEFINER = other@localhost VIEW v AS SELECT COUNT(*) AS n FROM computed',
  'CREATE DEFINER = other@localhost TRIGGER t BEFORE INSERT ON child FOR EACH ROW SET NEW.p = COALESCE(NEW.p, 1)',
  "CREATE USER reader@localhost IDENTIFIED BY 'secret-r'",
  'GRANT SELECT, SHOW VIEW, TRIGGER, EVENT ON shop.* TO reader@localhost',
  'GRANT SHOW_ROUTINE ON *.* TO reader@localhost',
];
