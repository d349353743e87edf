import assert from 'node:assert/strict';
import { readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { type EngineBinaries, findBinaries } from '../../../server/database/binaries.ts';
import { connect, errnoOf } from '../../../server/database/connection.ts';
import {
  findServer,
  initializeServer,
  type RunningServer,
  startServer,
  stopServer,
} from '../../../server/database/privateServer.ts';
import { sealServer } from '../../../server/database/seal.ts';
import { writeJsonAtomic } from '../../../server/platform/atomicFile.ts';
import { hasReason } from '../../../server/platform/errors.ts';
import type { Host } from '../../../server/platform/host.ts';
import { pickPort } from '../../../server/platform/ports.ts';
import { systemProcesses } from '../../../server/platform/processes.ts';
import { temporaryDirectory, testHost } from '../../support/temporary.ts';

describe('a private server', () => {
  let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
  let host: Host;
  let binaries: EngineBinaries;
  let directory: string;
  const started: RunningServer[] = [];

  const load = async (port = 0): Promise<RunningServer> => {
    const server = await startServer(host, binaries, directory, { mode: 'load', port });
    started.push(server);
    return server;
  };

  before(async () => {
    temporary = await temporaryDirectory();
    host = testHost(path.join(temporary.path, 'store'));
    binaries = await findBinaries(host, 'mariadb');
    // Deep and with a space: sockets have to lie elsewhere.
    directory = path.join(temporary.path, 'a store', 'deep/'.repeat(20), 'base');
    await initializeServer(host, binaries, directory);
  });
  afterEach(async () => {
    for (const server of started.splice(0)) await stopServer(host, server, { clean: false });
  });
  after(() => temporary?.remove());

  it('is found where the configuration says, or with a clear sentence', async () => {
    assert.equal(
      (await findBinaries(host, 'mariadb', path.dirname(binaries.server))).server,
      binaries.server,
    );
    await assert.rejects(findBinaries(host, 'mariadb', temporary.path), error =>
      hasReason(error, 'binary-missing'),
    );
    await assert.rejects(findBinaries(host, 'mysql', path.dirname(binaries.server)), error =>
      hasReason(error, 'binary-missing'),
    );
  });

  it('lets in the loader alone, with a password that no process list and no file of its own shows', async () => {
    const seen: string[] = [];
    const watching = testHost(host.paths.root, {
      processes: {
        ...systemProcesses,
        detach(command, args, options) {
          seen.push(command, ...args, ...Object.values(options.env ?? {}).map(String));
          return systemProcesses.detach(command, args, options);
        },
      },
    });
    const server = await startServer(watching, binaries, directory, { mode: 'load', port: 0 });
    started.push(server);
    const { password = '' } = server.address;
    assert.ok(password.length >= 32);
    assert.ok(seen.length > 10 && seen.every(word => !word.includes(password)));
    assert.ok(!(await readdir(directory)).includes('init.sql'));
    const record = path.join(directory, 'running.json');
    assert.equal((await stat(record)).mode & 0o077, 0);
    const connection = await connect(host, server.address);
    const accounts = await connection.rows("SELECT User FROM mysql.user WHERE User <> 'mariadb.sys'");
    assert.deepEqual(accounts.flat().sort(), ['greenroom', 'greenroom_loader']);
    await connection.close();
    await assert.rejects(connect(host, { socketPath: server.socketPath, user: 'root' }), error =>
      hasReason(error, 'database-denied'),
    );
  });

  it('is found again by another backend, and by nobody when it is not ours', async () => {
    const server = await load();
    const found = await findServer(testHost(host.paths.root), directory);
    assert.deepEqual(found, server);
    await assert.rejects(load(), error => hasReason(error, 'locked'));
    // The same pid with another start time is another process; this test's own is no server.
    const record = path.join(directory, 'running.json');
    const original = JSON.parse(await readFile(record, 'utf8'));
    await writeJsonAtomic(record, { ...original, process: { ...original.process, startedAt: 'long ago' } });
    assert.equal(await findServer(host, directory), undefined);
    const self = await host.processes.identify(process.pid);
    await writeJsonAtomic(record, { ...original, process: self });
    assert.equal(await findServer(host, directory), undefined);
    assert.ok(self);
    await stopServer(host, { ...server, process: self }, { clean: false });
    assert.ok(await host.processes.isAlive(server.process), 'nothing was signalled');
  });

  it('is found by another name of its directory', async () => {
    const server = await load();
    const alias = path.join(temporary.path, 'alias');
    await symlink(directory, alias);
    assert.deepEqual((await findServer(host, alias))?.process, server.process);
  });

  it('is found though its starter died before noting it', async () => {
    const server = await load();
    const { address, socketPath, mode, port, process: identity } = server;
    const dead = { pid: identity.pid, startedAt: 'long ago' };
    await writeJsonAtomic(path.join(directory, 'running.json'), {
      state: 'starting',
      by: dead,
      mode,
      port,
      socketPath,
      user: address.user,
      password: address.password,
    });
    assert.deepEqual((await findServer(host, directory))?.process, identity);
  });

  it('recovers what was committed after a kill, and loses nothing in a clean stop', async () => {
    let server = await startServer(host, binaries, directory, { mode: 'clone', port: 0, init: [] });
    started.push(server);
    let connection = await connect(host, server.address);
    await connection.execute('CREATE DATABASE IF NOT EXISTS kept');
    await connection.execute('CREATE TABLE kept.t (a INT PRIMARY KEY) ENGINE=InnoDB');
    await connection.execute('INSERT INTO kept.t VALUES (1)');
    await connection.close();
    await host.processes.kill(server.process, 'SIGKILL');
    assert.equal(await stopServer(host, server, { clean: false }), false);
    server = await load();
    connection = await connect(host, server.address);
    assert.deepEqual(await connection.rows('SELECT a FROM kept.t'), [[1]]);
    await connection.execute('INSERT INTO kept.t VALUES (2)');
    await connection.close();
    assert.equal(await stopServer(host, server, { clean: true }), true);
    assert.equal(await findServer(host, directory), undefined);
    server = await load();
    connection = await connect(host, server.address);
    assert.deepEqual(await connection.rows('SELECT a FROM kept.t'), [[1], [2]]);
    await connection.close();
  });

  it('says that its port is taken, and by then nothing of it runs', async () => {
    const port = await pickPort(new Set());
    const other = createServer();
    await new Promise<void>(resolve => other.listen(port, '127.0.0.1', resolve));
    try {
      await assert.rejects(
        load(port),
        error => hasReason(error, 'process-failed') && /in use|used/.test(error.message),
      );
      assert.equal(await findServer(host, directory), undefined);
    } finally {
      other.close();
    }
  });

  it('listens on loopback only, when it listens at all', async () => {
    const port = await pickPort(new Set());
    const server = await load(port);
    const connection = await connect(host, server.address);
    assert.deepEqual(await connection.rows('SELECT @@bind_address, @@port, @@skip_name_resolve'), [
      ['127.0.0.1', port, 1],
    ]);
    await connection.close();
  });

  it('tells what the server said when it cannot start', async () => {
    const broken = path.join(temporary.path, 'broken');
    await initializeServer(host, binaries, broken);
    await writeFile(path.join(broken, 'data', 'ibdata1'), 'not a tablespace');
    await assert.rejects(
      startServer(host, binaries, broken, { mode: 'clone', port: 0 }),
      error => hasReason(error, 'process-failed') && error.items.some(line => /ibdata1|InnoDB/.test(line)),
    );
    assert.ok(!(await readdir(broken)).some(name => name === 'running.json' || name === 'init.sql'));
  });

  it('stops a start that is cancelled', async () => {
    const controller = new AbortController();
    const host2 = testHost(host.paths.root, {
      processes: {
        ...systemProcesses,
        async detach(...parameters) {
          const result = await systemProcesses.detach(...parameters);
          controller.abort();
          return result;
        },
      },
    });
    await assert.rejects(
      startServer(host2, binaries, directory, { mode: 'load', port: 0, signal: controller.signal }),
      error => hasReason(error, 'cancelled'),
    );
    assert.equal(await findServer(host, directory), undefined);
  });

  it('sealing shuts down completely and leaves a small log; later starts need no recovery', async () => {
    const server = await load();
    await sealServer(host, binaries, server);
    assert.equal(await findServer(host, directory), undefined);
    assert.equal((await stat(path.join(directory, 'data', 'ib_logfile0'))).size, 8 * 1024 * 1024);
    await startServer(host, binaries, directory, { mode: 'clone', port: 0 }).then(again =>
      started.push(again),
    );
    const log = await readFile(path.join(directory, 'server.log'), 'utf8');
    assert.ok(!/crash recovery|Resizing/i.test(log), log);
  });

  it('a server that died in mid-load cannot be sealed unnoticed', async () => {
    const server = await load();
    await host.processes.kill(server.process, 'SIGKILL');
    await assert.rejects(sealServer(host, binaries, server), error => hasReason(error, 'process-failed'));
  });

  it('may not do in a clone what reaches the world', async () => {
    const server = await startServer(host, binaries, directory, { mode: 'clone', port: 0 });
    started.push(server);
    const connection = await connect(host, server.address);
    // Even an account with all rights: these are off in the server itself.
    assert.deepEqual(await connection.rows('SELECT @@event_scheduler, @@local_infile'), [['OFF', 0]]);
    await assert.rejects(
      connection.execute("SELECT 1 INTO OUTFILE '/tmp/greenroom-escape'"),
      error => errnoOf(error) === 1290,
    );
    assert.deepEqual(await connection.rows("SELECT LOAD_FILE('/etc/passwd')"), [[null]]);
    const engines = await connection.rows(
      "SELECT ENGINE FROM information_schema.ENGINES WHERE SUPPORT <> 'NO'",
    );
    const names = engines.flat().map(name => String(name).toUpperCase());
    for (const reaching of ['FEDERATED', 'CONNECT', 'SPIDER', 'S3'])
      assert.ok(!names.includes(reaching), reaching);
    await connection.close();
  });
});
