import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rename } from 'node:fs/promises';
import path from 'node:path';
import {
  type CloneRequest,
  cloneState,
  createClone,
  destroyClone,
  type SealedData,
  startClone,
  stopClone,
} from '../../../server/database/clone.ts';
import { connect } from '../../../server/database/connection.ts';
import { type Doorkeeper, keepDoor } from '../../../server/database/doorkeeper.ts';
import type { RunningServer } from '../../../server/database/privateServer.ts';
import { hasReason } from '../../../server/platform/errors.ts';
import type { Host } from '../../../server/platform/host.ts';
import { isPortFree, pickPort } from '../../../server/platform/ports.ts';
import { unattended } from '../../../server/platform/progress.ts';
import type { CloneProgram } from '../../support/cloneProgram.ts';
import { makeSealed } from '../../support/sealed.ts';
import { temporaryDirectory, testHost } from '../../support/temporary.ts';
import { until } from '../../support/until.ts';

const program = path.resolve(import.meta.dirname, '../../support/cloneProgram.ts');

describe('the door of a sleeping clone', () => {
  let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
  let host: Host & { lines: string[] };
  let source: SealedData;
  let request: CloneRequest;
  let clone: RunningServer;
  let door: Doorkeeper | undefined;

  const ask = async (address: Parameters<typeof connect>[1]) => {
    const connection = await connect(host, address);
    try {
      return await connection.rows('SELECT a FROM t');
    } finally {
      await connection.close();
    }
  };
  const overTcp = () => {
    const { socketPath: _, ...address } = clone.address;
    return address;
  };

  before(async () => {
    temporary = await temporaryDirectory();
    host = testHost(path.join(temporary.path, 'store'));
    source = await makeSealed(host, path.join(temporary.path, 'base'), {
      statements: ['CREATE TABLE t (a INT PRIMARY KEY) ENGINE=InnoDB', 'INSERT INTO t VALUES (1)'],
    });
  });
  beforeEach(async () => {
    request = {
      source,
      directory: path.join(temporary.path, 'clone'),
      port: await pickPort(new Set()),
      database: source.database,
    };
    clone = await createClone(host, request, unattended);
    await stopClone(host, request.directory);
  });
  afterEach(async () => {
    await door?.close();
    door = undefined;
    await destroyClone(host, request.directory);
  });
  after(() => temporary?.remove());

  it('keeps the first clients waiting, wakes the server, and lets them through', async () => {
    door = await keepDoor(host, request.directory);
    assert.equal(await cloneState(host, request.directory), 'stopped');
    assert.deepEqual(await ask(overTcp()), [[1]]);
    const server = await door.ended;
    assert.equal(server?.port, request.port);
    assert.equal(await cloneState(host, request.directory), 'running');
    await door.close();
    assert.deepEqual(await ask(overTcp()), [[1]], 'later clients need no doorkeeper');
    assert.deepEqual(await ask(clone.address), [[1]]);
  });

  it('keeps all connections of a pool waiting, not only the first', async () => {
    door = await keepDoor(host, request.directory);
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask(overTcp())));
    for (const answer of answers) assert.deepEqual(answer, [[1]]);
  });

  it('guards the socket as well', async () => {
    door = await keepDoor(host, request.directory);
    assert.deepEqual(await ask(clone.address), [[1]]);
    assert.ok(await door.ended);
  });

  it('is no obstacle to a wake by hand', async () => {
    door = await keepDoor(host, request.directory);
    const server = await startClone(host, request.directory);
    assert.deepEqual(server.address, clone.address);
    assert.deepEqual(await ask(server.address), [[1]]);
    assert.ok(await door.ended);
  });

  it('is not opened for a clone that is awake, missing, or whose port another program has', async () => {
    door = await keepDoor(host, request.directory);
    await assert.rejects(keepDoor(host, request.directory), error => hasReason(error, 'environment-busy'));
    await door.close();
    await startClone(host, request.directory);
    await assert.rejects(keepDoor(host, request.directory), error => hasReason(error, 'environment-busy'));
    await assert.rejects(keepDoor(host, `${request.directory}-absent`), error =>
      hasReason(error, 'environment-missing'),
    );
  });

  it('closes when the clone is destroyed, and the port is free', async () => {
    door = await keepDoor(host, request.directory);
    await destroyClone(host, request.directory);
    assert.equal(await door.ended, undefined);
    await until(() => isPortFree(request.port), 'the port is free');
  });

  it('cuts off who waits when the server does not start, and tries again for the next', async () => {
    door = await keepDoor(host, request.directory);
    const data = path.join(request.directory, 'data');
    await rename(path.join(data, 'ibdata1'), path.join(data, 'aside'));
    await assert.rejects(ask(overTcp()), error => hasReason(error, 'database-unreachable'));
    assert.ok(host.lines.some(line => line.startsWith('error a client could not wake its database')));
    await rename(path.join(data, 'aside'), path.join(data, 'ibdata1'));
    for (let attempt = 0; ; attempt++) {
      const answer = await ask(overTcp()).catch((error: unknown) => {
        if (attempt > 300 || !hasReason(error, 'database-unreachable')) throw error;
      });
      if (answer) break;
      await new Promise(resolve => setTimeout(resolve, 50));
    }
    assert.ok(await door.ended);
  });

  it('a killed doorkeeper leaves the clone asleep, and anyone can wake it', async () => {
    const child = spawn(
      process.execPath,
      [
        program,
        host.paths.root,
        JSON.stringify({ action: 'guard', moment: 'never', request } satisfies CloneProgram),
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    await once(child.stdout, 'data');
    assert.equal(await isPortFree(request.port), false);
    child.kill('SIGKILL');
    await once(child, 'exit');
    assert.equal(await cloneState(host, request.directory), 'stopped');
    const server = await startClone(host, request.directory);
    assert.deepEqual(await ask(server.address), [[1]]);
  });
});
