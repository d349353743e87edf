import assert from 'node:assert/strict';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { activeConnections } from '../../../server/database/activity.ts';
import {
  type CloneRequest,
  cloneState,
  createClone,
  destroyClone,
  type SealedData,
  startClone,
  stopClone,
} from '../../../server/database/clone.ts';
import { connect, errnoOf } from '../../../server/database/connection.ts';
import { keepDoor } from '../../../server/database/doorkeeper.ts';
import { findServer, stopServer } from '../../../server/database/privateServer.ts';
import { hasReason } from '../../../server/platform/errors.ts';
import type { Host } from '../../../server/platform/host.ts';
import { pickPort } from '../../../server/platform/ports.ts';
import { unattended } from '../../../server/platform/progress.ts';
import { mysqlDirectory, needsMysql } from '../../support/mysql.ts';
import { makeSealed } from '../../support/sealed.ts';
import { temporaryDirectory, testHost } from '../../support/temporary.ts';

describe('MySQL as the engine', function () {
  // Making the server's directory on a fresh machine is a download.
  this.timeout(600_000);
  let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
  let host: Host;
  let source: SealedData;
  let request: CloneRequest;

  before(async function () {
    await needsMysql(this);
    const binariesDirectory = await mysqlDirectory();
    temporary = await temporaryDirectory();
    host = testHost(path.join(temporary.path, 'store'));
    source = await makeSealed(host, path.join(temporary.path, 'a base'), {
      flavour: 'mysql',
      binariesDirectory,
      database: 'sh_op',
      statements: [
        'CREATE TABLE t (a INT PRIMARY KEY, j JSON, g GEOMETRY, CHECK (a > 0), KEY e ((a * 2)))',
        `INSERT INTO t VALUES (1, '{"n": 1.50}', POINT(1, 2))`,
        "CREATE DEFINER = 'greenroom'@'%' VIEW v AS SELECT a FROM t",
      ],
    });
  });
  beforeEach(async () => {
    request = {
      source,
      directory: path.join(temporary.path, 'a clone'),
      port: await pickPort(new Set()),
      database: 'sh_op',
    };
  });
  afterEach(async () => {
    if (request) await destroyClone(host, request.directory);
  });
  after(() => temporary?.remove());

  it('sealed data is complete, and no server of the base runs on', async () => {
    assert.equal(source.flavour, 'mysql');
    assert.equal(await findServer(host, source.directory), undefined);
    assert.ok((await stat(path.join(source.directory, 'data', 'ibdata1'))).size > 0);
  });

  it('a clone answers over TCP and socket, sleeps, wakes and goes', async () => {
    const clone = await createClone(host, request, unattended);
    const { socketPath, ...overTcp } = clone.address;
    for (const address of [clone.address, overTcp]) {
      const connection = await connect(host, address);
      assert.equal(connection.server.flavour, 'mysql');
      assert.equal(connection.server.capabilities.nativeJson, true);
      const [row] = await connection.query('SELECT t.*, v.a AS seen FROM t JOIN v USING (a)');
      assert.equal(row?.['j'], '{"n": 1.50}'.replace('1.50', '1.5'));
      assert.ok(Buffer.isBuffer(row?.['g']));
      assert.equal(row?.['seen'], 1);
      await connection.execute('INSERT INTO t (a) VALUES (?)', [address === overTcp ? 3 : 2]);
      await connection.close();
    }
    await stopClone(host, request.directory);
    assert.equal(await cloneState(host, request.directory), 'stopped');
    const woken = await startClone(host, request.directory);
    assert.deepEqual(woken.address, clone.address);
    const connection = await connect(host, woken.address);
    assert.deepEqual(await connection.rows('SELECT COUNT(*) FROM t'), [[3]]);
    await connection.close();
    await destroyClone(host, request.directory);
    assert.equal(await cloneState(host, request.directory), 'missing');
    await assert.rejects(stat(socketPath ?? ''), { code: 'ENOENT' });
  });

  it('a clone can act on nothing but its databases', async () => {
    const clone = await createClone(host, request, unattended);
    const connection = await connect(host, clone.address);
    await connection.execute('CREATE EVENT e ON SCHEDULE EVERY 1 SECOND DO INSERT INTO t (a) VALUES (99)');
    await connection.execute('CREATE DATABASE sh_op_test');
    for (const statement of [
      'SET GLOBAL local_infile = 1',
      'SET GLOBAL event_scheduler = ON',
      "SELECT 1 INTO OUTFILE '/tmp/greenroom-escape'",
      "INSTALL PLUGIN x SONAME 'ha_federated.so'",
      "CHANGE REPLICATION SOURCE TO SOURCE_HOST = '192.0.2.1'",
      'CREATE DATABASE elsewhere',
      'CREATE DATABASE shXop_test',
      'SELECT * FROM mysql.user',
      'CREATE USER x',
      'SHUTDOWN',
    ])
      await assert.rejects(connection.execute(statement), error => {
        assert.ok(hasReason(error, 'database-denied') || errnoOf(error) === 1290, `${statement}: ${error}`);
        return true;
      });
    assert.deepEqual(
      await connection.rows("SELECT LOAD_FILE('/etc/passwd'), @@event_scheduler, @@local_infile"),
      [[null, 'OFF', 0]],
    );
    await connection.close();
  });

  it('comes back after a kill, with what was committed', async () => {
    const clone = await createClone(host, request, unattended);
    const connection = await connect(host, clone.address);
    await connection.execute('INSERT INTO t (a) VALUES (2)');
    await host.processes.kill(clone.process, 'SIGKILL');
    await assert.rejects(connection.query('SELECT SLEEP(60)'), error =>
      hasReason(error, 'database-unreachable'),
    );
    connection.destroy();
    const again = await startClone(host, request.directory);
    const look = await connect(host, again.address);
    assert.deepEqual(await look.rows('SELECT COUNT(*) FROM t'), [[2]]);
    assert.equal(await activeConnections(host, request.directory), 1);
    await look.close();
  });

  it('leaves nothing behind in a clean stop that the next start throws away, and all of it after a kill', async () => {
    const data = path.join(request.directory, 'data');
    const remade = async () => {
      const files = await readdir(data, { recursive: true });
      return files.filter(file => /\.dblwr$|_tmp$/.test(file));
    };
    const clone = await createClone(host, request, unattended);
    // Written before the server answers: from then on it can repair a page that a crash cut in half.
    assert.ok((await remade()).some(file => file.endsWith('.dblwr')));
    await stopClone(host, request.directory);
    assert.deepEqual(await remade(), []);
    const woken = await startClone(host, request.directory);
    const connection = await connect(host, woken.address);
    await connection.execute('INSERT INTO t (a) VALUES (2)');
    assert.ok((await remade()).some(file => file.endsWith('.dblwr')));
    await host.processes.kill(woken.process, 'SIGKILL');
    connection.destroy();
    await stopServer(host, woken, { clean: true });
    assert.ok((await remade()).some(file => file.endsWith('.dblwr')));
    const look = await connect(host, (await startClone(host, request.directory)).address);
    assert.deepEqual(await look.rows('SELECT a FROM t ORDER BY a'), [[1], [2]]);
    assert.deepEqual(await look.rows('CHECK TABLE t'), [['sh_op.t', 'check', 'status', 'OK']]);
    await look.close();
    assert.notEqual(clone.process.pid, woken.process.pid);
  });

  it('keeps what repairs pages when its server is killed in the middle of its shutdown', async () => {
    const clone = await createClone(host, request, unattended);
    const connection = await connect(host, clone.address);
    await connection.execute('INSERT INTO t (a) VALUES (5)');
    await connection.close();
    const { processes } = host;
    const cruel: Host['processes'] = {
      ...processes,
      async kill(identity, signal) {
        await processes.kill(identity, signal);
        await processes.kill(identity, 'SIGKILL');
      },
    };
    await stopClone({ ...host, processes: cruel }, request.directory);
    const files = await readdir(path.join(request.directory, 'data'));
    assert.ok(files.some(file => file.endsWith('.dblwr')));
    const look = await connect(host, (await startClone(host, request.directory)).address);
    assert.deepEqual(await look.rows('SELECT a FROM t ORDER BY a'), [[1], [5]]);
    await look.close();
  });

  it('talks encrypted where the address asks for it, and checks the certificate where it asks for that', async () => {
    const clone = await createClone(host, request, unattended);
    const { socketPath: _, ...overTcp } = clone.address;
    const connection = await connect(host, { ...overTcp, tls: 'required' });
    const [cipher] = await connection.rows("SHOW SESSION STATUS LIKE 'Ssl_cipher'");
    assert.notEqual(cipher?.[1], '');
    await connection.close();
    await assert.rejects(connect(host, { ...overTcp, tls: 'verified' }), error => {
      assert.ok(hasReason(error, 'database-unreachable'), String(error));
      return true;
    });
  });

  it('wakes on the first connection', async () => {
    const clone = await createClone(host, request, unattended);
    await stopClone(host, request.directory);
    const door = await keepDoor(host, request.directory);
    const { socketPath: _, ...overTcp } = clone.address;
    const connection = await connect(host, overTcp, { timeoutMs: 60_000 });
    assert.deepEqual(await connection.rows('SELECT a FROM t'), [[1]]);
    await connection.close();
    assert.ok(await door.ended);
    await door.close();
  });
});
