import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { Readable } from 'node:stream';
import { type Connection, connect, errnoOf } from '../../../server/database/connection.ts';
import { quoteName, quoteString } from '../../../server/database/quote.ts';
import { hasReason } from '../../../server/platform/errors.ts';
import type { Host } from '../../../server/platform/host.ts';
import { startMariadb, type TestServer } from '../../support/mariadb.ts';
import { temporaryDirectory, testHost } from '../../support/temporary.ts';

describe('a database session', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let server: TestServer;
  let host: Host & { lines: string[] };
  let connection: Connection;
  const address = (user = 'root') => ({ host: '127.0.0.1', port: server.port, user, database: 'shop' });

  before(async () => {
    directory = await temporaryDirectory();
    host = testHost(directory.path);
    server = await startMariadb(['--local-infile=1', '--sql-mode=ANSI_QUOTES,NO_BACKSLASH_ESCAPES']);
    await server.execute(
      'CREATE DATABASE shop CHARACTER SET utf8mb4',
      'CREATE DATABASE secret',
      "CREATE USER reader@'127.0.0.1' IDENTIFIED BY 'hunter2-secret'",
      "GRANT SELECT ON shop.* TO reader@'127.0.0.1'",
      'CREATE TABLE shop.t (a INT PRIMARY KEY, b TEXT)',
    );
  });
  after(async () => {
    await server?.stop();
    await directory?.remove();
  });
  beforeEach(async () => {
    connection = await connect(host, { socketPath: server.socketPath, user: 'root', database: 'shop' });
    await connection.execute('TRUNCATE t');
  });
  afterEach(() => connection?.destroy());

  it('asks the server what it is', () => {
    assert.equal(connection.server.flavour, 'mariadb');
    assert.equal(connection.server.settings.sqlMode, 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES');
    assert.ok(connection.threadId > 0);
  });

  it('returns values without loss', async () => {
    const [row] = await connection.query(
      `SELECT CAST(18446744073709551615 AS UNSIGNED) AS big, 9007199254740991 AS safe, -5 AS small, 1.10 AS amount,
        CAST('2024-02-30' AS CHAR) AS text, TIMESTAMP '2024-01-02 03:04:05.678' AS stamp, x'00ff' AS bytes, b'101' AS bits,
        POINT(1, 2) AS place, JSON_OBJECT('n', 12345678901234567890) AS document, '😀é' AS emoji, NULL AS nothing`,
    );
    assert.ok(row);
    assert.equal(row['big'], 18_446_744_073_709_551_615n);
    assert.equal(row['safe'], 9_007_199_254_740_991);
    assert.equal(row['small'], -5);
    assert.equal(row['amount'], '1.10');
    assert.equal(row['stamp'], '2024-01-02 03:04:05.678');
    assert.deepEqual(row['bytes'], Buffer.from([0, 255]));
    assert.deepEqual(row['bits'], Buffer.from([5]));
    assert.ok(Buffer.isBuffer(row['place']));
    assert.equal(row['document'], '{"n": 12345678901234567890}');
    assert.equal(row['emoji'], '😀é');
    assert.equal(row['nothing'], null);
  });

  it('keeps zero dates and columns of one name apart', async () => {
    assert.deepEqual(await connection.rows("SELECT CAST('0000-00-00' AS DATE) AS x, 1 AS x, 2 AS x"), [
      ['0000-00-00', 1, 2],
    ]);
  });

  it('binds hostile values and quotes hostile names, though the server’s own mode has no backslash escapes', async () => {
    const values = ["'", '\\', "\\' OR 1=1 -- ", '"; DROP TABLE t; --', '\0\x1a\n', '😀'];
    for (const value of values) {
      const [row] = await connection.query('SELECT ? AS bound', [value]);
      assert.equal(row?.['bound'], value);
      const [literal] = await connection.query(`SELECT ${quoteString(value)} AS quoted`);
      assert.equal(literal?.['quoted'], value);
    }
    const [object] = await connection.query('SELECT ? AS bound', [{ toString: () => 'text' }]);
    assert.equal(object?.['bound'], 'text');
    for (const name of ['a`b', 'drop table t; --', 'o\'clock "x"', 'ünïcödé']) {
      await connection.execute(`CREATE TABLE ${quoteName(name)} (${quoteName(name)} INT)`);
      assert.deepEqual(await connection.query(`SELECT * FROM ${quoteName(name)}`), []);
      await connection.execute(`DROP TABLE ${quoteName(name)}`);
    }
  });

  it('counts what it wrote and what was doubtful', async () => {
    assert.deepEqual(await connection.execute("INSERT INTO t VALUES (1, 'a'), (2, 'b')"), {
      affectedRows: 2,
      warnings: 0,
    });
    assert.equal((await connection.execute('DROP TABLE IF EXISTS absent')).warnings, 1);
    await assert.rejects(
      connection.execute("INSERT INTO t VALUES ('x', 'c')"),
      error => errnoOf(error) === 1366,
    );
  });

  it('read-only means that the server refuses', async () => {
    const reader = await connect(host, address('root'), { readOnly: true });
    await assert.rejects(reader.execute('INSERT INTO t VALUES (9, NULL)'), error => errnoOf(error) === 1792);
    await reader.close();
  });

  it('names what went wrong, and never the password', async () => {
    const attempts = [
      [{ ...address('reader'), password: 'wrong-password' }, 'database-denied'],
      [{ ...address('reader'), password: 'hunter2-secret', database: 'secret' }, 'database-denied'],
      [{ ...address(), database: 'absent' }, 'database-missing'],
      [{ host: '127.0.0.1', port: 1, user: 'root', password: 'hunter2-secret' }, 'database-unreachable'],
      [{ socketPath: '/nonexistent.sock', user: 'root' }, 'database-unreachable'],
      [{ host: 'no-such-host.invalid', user: 'root' }, 'database-unreachable'],
    ] as const;
    for (const [wrong, reason] of attempts)
      await assert.rejects(connect(host, wrong), (error: unknown) => {
        assert.ok(hasReason(error, reason), String(error));
        assert.ok(!`${error.message}${error.detail}${error.subject}`.includes('hunter2'));
        return true;
      });
    host.log.info('connecting with hunter2-secret');
    assert.ok(host.lines.every(line => !line.includes('hunter2')));
  });

  it('gives up on a server that accepts but says nothing', async () => {
    const silent = createServer();
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as { port: number };
    await assert.rejects(
      connect(host, { host: '127.0.0.1', port, user: 'root' }, { timeoutMs: 200 }),
      error => hasReason(error, 'database-unreachable'),
    );
    silent.close();
  });

  it('streams rows as bytes, with back-pressure', async () => {
    const rows = connection.raw(
      "SELECT seq, NULL, CONCAT('row ', seq, REPEAT('x', 1000)) FROM seq_1_to_20000",
    );
    let count = 0;
    let longest = 0;
    for await (const [number, nothing, text] of rows) {
      count++;
      assert.ok(Buffer.isBuffer(number) && Buffer.isBuffer(text));
      assert.equal(number.toString(), String(count));
      assert.equal(nothing, null);
      assert.ok(text.toString().startsWith(`row ${count}x`));
      longest = Math.max(longest, rows.readableLength);
      if (count % 5000 === 0) await new Promise(resolve => setImmediate(resolve));
    }
    assert.equal(count, 20_000);
    assert.ok(longest < 5000, `${longest} rows were waiting`);
    assert.deepEqual(await connection.query('SELECT 1 AS one'), [{ one: 1 }]);
  });

  it('a connection lost in mid-stream is an error, not an end', async () => {
    await assert.rejects(
      async () => {
        for await (const row of connection.raw('SELECT REPEAT(1, 10000) FROM seq_1_to_100000')) {
          assert.ok(row);
          await server.execute(`KILL ${connection.threadId}`).catch(error => {
            if (error.errno !== 1094) throw error;
          });
        }
      },
      error => hasReason(error, 'database-unreachable'),
    );
    await assert.rejects(connection.query('SELECT 1'), error => hasReason(error, 'database-unreachable'));
  });

  it('aborting ends what runs', async () => {
    const controller = new AbortController();
    const cancelled = await connect(host, address(), { signal: controller.signal });
    const running = cancelled.query('SELECT SLEEP(1000)');
    controller.abort();
    await assert.rejects(running, error => hasReason(error, 'cancelled'));
    await assert.rejects(connect(host, address(), { signal: controller.signal }), error =>
      hasReason(error, 'cancelled'),
    );
  });

  it('loads from its stream only, whatever file the statement names', async () => {
    const sql = "LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE t CHARACTER SET utf8mb4";
    const done = await connection.loadData(
      sql,
      Readable.from([Buffer.from('1\tone\n2\t'), Buffer.from('zw😀\n')]),
    );
    assert.equal(done.affectedRows, 2);
    assert.deepEqual(await connection.rows('SELECT * FROM t ORDER BY a'), [
      [1, 'one'],
      [2, 'zw😀'],
    ]);
    assert.equal((await connection.loadData(sql, Readable.from(['3\ttext\n']))).affectedRows, 1);
    assert.equal((await connection.loadData(sql, Readable.from([]))).affectedRows, 0);
  });

  it('a stream that fails leaves nothing of the statement', async () => {
    async function* broken() {
      yield Buffer.from('10\ta\n11\tb\n');
      throw new Error('the scrubber failed');
    }
    await assert.rejects(
      connection.loadData(
        "LOAD DATA LOCAL INFILE 'x' INTO TABLE t",
        Readable.from(broken(), { objectMode: false }),
      ),
      error =>
        error instanceof Error &&
        error.cause instanceof Error &&
        error.cause.message === 'the scrubber failed',
    );
    // The server undoes the cut statement in its own time.
    const look = await connect(host, address());
    await look.execute('LOCK TABLES t WRITE');
    assert.deepEqual(await look.rows('SELECT * FROM t'), []);
    await look.close();
  });

  it('what did not fit shows as warnings: LOCAL makes the server skip or bend such rows instead of failing', async () => {
    const rows = Readable.from([Buffer.from('1\ta\n1\tb\nx\ty\n')]);
    const done = await connection.loadData("LOAD DATA LOCAL INFILE 'x' INTO TABLE t", rows);
    assert.ok(done.warnings > 0);
  });
});
