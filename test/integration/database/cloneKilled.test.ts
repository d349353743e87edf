import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, stat } from 'node:fs/promises';
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
import { findProcessServing } from '../../../server/database/processSearch.ts';
import type { Host } from '../../../server/platform/host.ts';
import { pickPort } from '../../../server/platform/ports.ts';
import { unattended } from '../../../server/platform/progress.ts';
import type { CloneProgram } from '../../support/cloneProgram.ts';
import { makeSealed } from '../../support/sealed.ts';
import { temporaryDirectory, testHost } from '../../support/temporary.ts';

const program = path.resolve(import.meta.dirname, '../../support/cloneProgram.ts');

describe('a backend killed in the middle of a clone', () => {
  let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
  let host: Host;
  let source: SealedData;
  let request: CloneRequest;

  const killedAt = async (action: CloneProgram['action'], moment: string) => {
    const child = spawn(
      process.execPath,
      [program, host.paths.root, JSON.stringify({ action, moment, request } satisfies CloneProgram)],
      { stdio: ['ignore', 'inherit', 'inherit'] },
    );
    const [, signal] = await once(child, 'exit');
    assert.equal(signal, 'SIGKILL', 'the moment never came');
  };
  const rows = async () => {
    const server = await startClone(host, request.directory);
    const connection = await connect(host, server.address);
    try {
      return await connection.rows('SELECT a FROM t');
    } finally {
      await connection.close();
    }
  };

  before(async () => {
    temporary = await temporaryDirectory();
    host = testHost(path.join(temporary.path, 'store'));
    source = await makeSealed(host, path.join(temporary.path, 'base'), {
      statements: ['CREATE TABLE t (a INT PRIMARY KEY) ENGINE=InnoDB', 'INSERT INTO t VALUES (1)'],
    });
    request = {
      source,
      directory: path.join(temporary.path, 'clone'),
      port: await pickPort(new Set()),
      database: source.database,
    };
  });
  afterEach(async () => {
    await destroyClone(host, request.directory);
    assert.equal(await findProcessServing(host, path.join(request.directory, 'data')), undefined);
  });
  after(() => temporary?.remove());

  for (const moment of [
    'copying the database',
    'starting the database',
    'before the server is started',
    'after the server is started',
  ])
    it(`create, ${moment}: the half-made clone counts as missing, and the next create makes a whole one`, async () => {
      await killedAt('create', moment);
      assert.equal(await cloneState(host, request.directory), 'missing');
      await createClone(host, request, unattended);
      assert.deepEqual(await rows(), [[1]]);
      assert.ok(
        !(await readdir(request.directory)).includes('init.sql'),
        'no file with the password is left',
      );
    });

  it('create, with the server left running: destroying finds and ends it', async () => {
    await killedAt('create', 'after the server is started');
    await destroyClone(host, request.directory);
    assert.equal(await findProcessServing(host, path.join(request.directory, 'data')), undefined);
    await assert.rejects(stat(request.directory), { code: 'ENOENT' });
  });

  for (const moment of ['before the server is started', 'after the server is started'])
    it(`wake, ${moment}: the next wake is answered`, async () => {
      await createClone(host, request, unattended);
      await stopClone(host, request.directory);
      await killedAt('wake', moment);
      assert.deepEqual(await rows(), [[1]]);
      assert.equal(await cloneState(host, request.directory), 'running');
    });

  for (const moment of ['before the server is signalled', 'after the server is signalled'])
    it(`sleep, ${moment}: asleep or awake, it is whole`, async () => {
      await createClone(host, request, unattended);
      await killedAt('sleep', moment);
      assert.ok(['running', 'stopped'].includes(await cloneState(host, request.directory)));
      await stopClone(host, request.directory);
      assert.equal(await cloneState(host, request.directory), 'stopped');
      assert.deepEqual(await rows(), [[1]]);
    });

  for (const moment of ['before the server is signalled', 'after the server is signalled'])
    it(`destroy, ${moment}: it counts as missing, and is removed by whoever comes next`, async () => {
      await createClone(host, request, unattended);
      await killedAt('destroy', moment);
      assert.equal(await cloneState(host, request.directory), 'missing');
      await destroyClone(host, request.directory);
      await assert.rejects(stat(request.directory), { code: 'ENOENT' });
    });

  it('while its maker lives, a clone is being created, and a second maker waits for the lock', async () => {
    let seen: string | undefined;
    const operation = {
      ...unattended,
      progress: ({ step }: { step: string }) => {
        if (step === 'starting the database') seen = step;
      },
    };
    const making = createClone(host, request, operation);
    const states = new Set<string>();
    while (seen === undefined) {
      states.add(await cloneState(host, request.directory));
      await new Promise(resolve => setImmediate(resolve));
    }
    await making;
    for (const state of states) assert.ok(['missing', 'creating', 'running'].includes(state), state);
    assert.ok(!(await readFile(path.join(request.directory, 'clone.json'), 'utf8')).includes('"creating"'));
  });
});
