import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { activeConnections, IdleWatch } from '../../../server/database/activity.ts';
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
import { hasReason } from '../../../server/platform/errors.ts';
import type { Host } from '../../../server/platform/host.ts';
import { pickPort } from '../../../server/platform/ports.ts';
import { systemProcesses } from '../../../server/platform/processes.ts';
import { unattended } from '../../../server/platform/progress.ts';
import { makeSealed } from '../../support/sealed.ts';
import { temporaryDirectory, testHost } from '../../support/temporary.ts';
import { until } from '../../support/until.ts';

const database = 'sh_p`s "1"';

describe('a clone', () => {
  let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
  let host: Host & { lines: string[] };
  let source: SealedData;
  let request: CloneRequest;
  let number = 0;

  const rowsOf = async (address: Parameters<typeof connect>[1], sql: string) => {
    const connection = await connect(host, address);
    try {
      return await connection.rows(sql);
    } finally {
      await connection.close();
    }
  };

  before(async () => {
    temporary = await temporaryDirectory();
    host = testHost(path.join(temporary.path, 'store'));
    source = await makeSealed(host, path.join(temporary.path, 'base'), {
      database,
      statements: ['CREATE TABLE t (a INT PRIMARY KEY) ENGINE=InnoDB', 'INSERT INTO t VALUES (1), (2)'],
    });
  });
  beforeEach(async () => {
    request = {
      source,
      directory: path.join(temporary.path, `clone ${++number}`),
      port: await pickPort(new Set()),
      database,
    };
  });
  afterEach(() => destroyClone(host, request.directory));
  after(() => temporary?.remove());

  it('answers with the base’s data on its own port and socket, and writes only to itself', async () => {
    const before = await fingerprint(source.directory);
    const clone = await createClone(host, request, unattended);
    assert.equal(clone.port, request.port);
    assert.ok(clone.timings.total > 0);
    const { socketPath: _, ...overTcp } = clone.address;
    assert.deepEqual(await rowsOf(overTcp, 'SELECT a FROM t ORDER BY a'), [[1], [2]]);
    const connection = await connect(host, clone.address);
    await connection.execute('INSERT INTO t VALUES (3)');
    await connection.execute('CREATE TABLE mine (x INT)');
    await connection.close();
    assert.equal(await fingerprint(source.directory), before);
    assert.equal(await cloneState(host, request.directory), 'running');
  });

  it('has its own password, which stands in no log, and the loader’s place is taken', async () => {
    const clone = await createClone(host, request, unattended);
    const other = {
      ...request,
      directory: `${request.directory} b`,
      port: await pickPort(new Set([request.port])),
    };
    const second = await createClone(host, other, unattended);
    try {
      assert.notEqual(clone.address.password, second.address.password);
      await assert.rejects(
        connect(host, { ...second.address, password: clone.address.password ?? '' }),
        error => hasReason(error, 'database-denied'),
      );
      assert.ok(host.lines.every(line => !line.includes(clone.address.password ?? '?')));
      for (const file of ['clone.json', 'running.json'])
        assert.equal((await stat(path.join(request.directory, file))).mode & 0o077, 0, file);
      for (const name of await readdir(request.directory))
        if (name.startsWith('server.log')) {
          const log = await readFile(path.join(request.directory, name), 'utf8');
          assert.ok(!log.includes(clone.address.password ?? '?'));
        }
    } finally {
      await destroyClone(host, other.directory);
    }
  });

  it('may do everything in its database and scratch ones beside it, and nothing to the server or other files', async () => {
    const clone = await createClone(host, request, unattended);
    const connection = await connect(host, clone.address);
    for (const statement of [
      'CREATE VIEW v AS SELECT * FROM t',
      'CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW SET NEW.a = NEW.a',
      'CREATE FUNCTION f() RETURNS INT RETURN 1',
      'CREATE EVENT e ON SCHEDULE EVERY 1 SECOND DO INSERT INTO t VALUES (99)',
      'CREATE DATABASE `sh_p``s "1"_test`',
      'CREATE DATABASE greenroom_scratch',
      'LOCK TABLES t WRITE',
      'UNLOCK TABLES',
    ])
      await connection.execute(statement);
    for (const statement of [
      'SET GLOBAL local_infile = 1',
      'SET GLOBAL event_scheduler = ON',
      "SELECT 1 INTO OUTFILE '/tmp/greenroom-escape'",
      "INSTALL SONAME 'ha_federatedx'",
      "CHANGE MASTER TO MASTER_HOST = '192.0.2.1'",
      'CREATE DATABASE elsewhere',
      'CREATE DATABASE `shXp``s "1"_test`',
      'SELECT * FROM mysql.global_priv',
      'CREATE USER x',
      'SHUTDOWN',
    ])
      await assert.rejects(connection.execute(statement), error => {
        assert.ok(hasReason(error, 'database-denied') || errnoOf(error) === 1290, `${statement}: ${error}`);
        return true;
      });
    await connection.close();
  });

  it('sleeps and wakes with the same port, password and data', async () => {
    const clone = await createClone(host, request, unattended);
    const connection = await connect(host, clone.address);
    await connection.execute('INSERT INTO t VALUES (7)');
    await connection.close();
    await stopClone(host, request.directory);
    assert.equal(await cloneState(host, request.directory), 'stopped');
    assert.equal(await host.processes.isAlive(clone.process), false);
    await stopClone(host, request.directory);
    const [one, two] = await Promise.all([
      startClone(host, request.directory),
      startClone(host, request.directory),
    ]);
    assert.deepEqual(one, two);
    assert.deepEqual(one.address, clone.address);
    assert.deepEqual(await rowsOf(one.address, 'SELECT COUNT(*) FROM t'), [[3]]);
  });

  it('comes back after its server was killed', async () => {
    const clone = await createClone(host, request, unattended);
    const connection = await connect(host, clone.address);
    await connection.execute('INSERT INTO t VALUES (7)');
    await host.processes.kill(clone.process, 'SIGKILL');
    await assert.rejects(connection.query('SELECT SLEEP(60)'), error =>
      hasReason(error, 'database-unreachable'),
    );
    connection.destroy();
    assert.equal(await cloneState(host, request.directory), 'stopped');
    const again = await startClone(host, request.directory);
    assert.deepEqual(await rowsOf(again.address, 'SELECT COUNT(*) FROM t'), [[3]]);
  });

  it('is gone without a trace when it is destroyed, twice if need be', async () => {
    const clone = await createClone(host, request, unattended);
    await destroyClone(host, request.directory);
    await destroyClone(host, request.directory);
    assert.equal(await cloneState(host, request.directory), 'missing');
    assert.equal(await host.processes.isAlive(clone.process), false);
    await assert.rejects(stat(request.directory), { code: 'ENOENT' });
    await assert.rejects(stat(clone.socketPath), { code: 'ENOENT' });
    await assert.rejects(startClone(host, request.directory), error =>
      hasReason(error, 'environment-missing'),
    );
  });

  it('two that make the same one: one does, the other hears that it is there', async () => {
    const results = await Promise.allSettled([1, 2].map(() => createClone(host, request, unattended)));
    const failed = results.filter(result => result.status === 'rejected');
    assert.equal(failed.length, 1);
    assert.ok(hasReason(failed[0]?.reason, 'environment-busy'));
    assert.equal(await cloneState(host, request.directory), 'running');
  });

  it('leaves nothing when its port is taken, when it is cancelled, or when its source is damaged', async () => {
    const clone = await createClone(host, request, unattended);
    const taken = { ...request, directory: `${request.directory} b`, port: clone.port };
    await assert.rejects(createClone(host, taken, unattended), error => hasReason(error, 'process-failed'));
    const controller = new AbortController();
    const cancelled = { ...request, directory: `${request.directory} c`, port: 0 };
    const operation = {
      signal: controller.signal,
      progress: ({ step }: { step: string }) => {
        if (step === 'starting the database') controller.abort();
      },
    };
    await assert.rejects(createClone(host, cancelled, operation), error => hasReason(error, 'cancelled'));
    const damaged = { ...source, directory: path.join(temporary.path, 'damaged') };
    const broken = { ...request, source: damaged, directory: `${request.directory} d`, port: 0 };
    await assert.rejects(createClone(host, broken, unattended));
    for (const { directory } of [taken, cancelled, broken])
      await assert.rejects(stat(directory), { code: 'ENOENT' }, directory);
  });

  it('a server that is killed while it starts is a failed start, and the next one works', async () => {
    const killing = testHost(host.paths.root, {
      processes: {
        ...systemProcesses,
        async detach(...parameters) {
          const started = await systemProcesses.detach(...parameters);
          await systemProcesses.kill(started.identity, 'SIGKILL');
          return started;
        },
      },
    });
    await assert.rejects(createClone(killing, request, unattended), error =>
      hasReason(error, 'process-failed'),
    );
    assert.equal(await cloneState(host, request.directory), 'missing');
    await assert.rejects(stat(request.directory), { code: 'ENOENT' });
    await createClone(host, request, unattended);
    await stopClone(host, request.directory);
    await assert.rejects(startClone(killing, request.directory), error => hasReason(error, 'process-failed'));
    assert.equal(await cloneState(host, request.directory), 'stopped');
    const server = await startClone(host, request.directory);
    assert.deepEqual(await rowsOf(server.address, 'SELECT COUNT(*) FROM t'), [[2]]);
  });

  it('finds the server’s programs anew when they have moved', async () => {
    await createClone(host, request, unattended);
    await stopClone(host, request.directory);
    const file = path.join(request.directory, 'server.json');
    const record = JSON.parse(await readFile(file, 'utf8'));
    await writeFile(
      file,
      JSON.stringify({ ...record, binaries: { ...record.binaries, server: '/gone/mariadbd' } }),
    );
    const server = await startClone(host, request.directory);
    assert.deepEqual(await rowsOf(server.address, 'SELECT 1'), [[1]]);
  });

  it('a record that is not ours is an error, and nothing is removed for it', async () => {
    await createClone(host, request, unattended);
    const file = path.join(request.directory, 'clone.json');
    const original = await readFile(file, 'utf8');
    await writeFile(file, '{"format": 9}');
    await assert.rejects(cloneState(host, request.directory), error => hasReason(error, 'journal-damaged'));
    await assert.rejects(destroyClone(host, request.directory), error => hasReason(error, 'journal-damaged'));
    assert.ok(await stat(path.join(request.directory, 'data')));
    await writeFile(file, original);
  });

  it('knows who is connected, and since when nobody is', async () => {
    let now = 0;
    const slow = { ...host, clock: { ...host.clock, elapsed: () => now } };
    const clone = await createClone(host, request, unattended);
    const watch = new IdleWatch(slow, request.directory);
    assert.equal(await watch.look(), 0);
    now = 1000;
    assert.equal(await watch.look(), 1000);
    const connection = await connect(host, clone.address);
    assert.equal(await activeConnections(host, request.directory), 1);
    now = 2000;
    assert.equal(await watch.look(), 0);
    await connection.close();
    await rowsOf(clone.address, 'SELECT 1');
    now = 3000;
    assert.equal(await watch.look(), 0, 'somebody was there between the looks');
    // Other windows look as well; that keeps nobody awake.
    await until(async () => (await activeConnections(host, request.directory)) === 0);
    const other = new IdleWatch(slow, request.directory);
    assert.equal(await other.look(), 0);
    now = 4000;
    assert.equal(await other.look(), 1000);
    assert.equal(await watch.look(), 1000);
    await stopClone(host, request.directory);
    assert.equal(await watch.look(), undefined);
    assert.equal(await activeConnections(host, request.directory), 0);
  });
});

/** Names, sizes, times and content of all files. */
async function fingerprint(directory: string): Promise<string> {
  const hash = createHash('sha256');
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter(entry => entry.isFile()).map(entry => path.join(entry.parentPath, entry.name));
  for (const file of files.sort()) {
    const { size, mtimeMs } = await stat(file);
    hash.update(`${file} ${size} ${mtimeMs}`).update(await readFile(file));
  }
  return hash.digest('hex');
}
