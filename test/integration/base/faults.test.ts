import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Backend } from '../../../server/backend/backend.ts';
import { buildBase } from '../../../server/base/build.ts';
import { listGenerations, newestGeneration, removeLeftovers } from '../../../server/base/generations.ts';
import { refreshBase } from '../../../server/base/refresh.ts';
import { openProject } from '../../../server/config/project.ts';
import { findServer } from '../../../server/database/privateServer.ts';
import { systemClock } from '../../../server/platform/clock.ts';
import type { ProgressReport } from '../../../server/platform/progress.ts';
import { unattended } from '../../../server/platform/progress.ts';
import { baseContext, lookIntoBase } from '../../support/base.ts';
import type { BaseProgramInput } from '../../support/baseProgram.ts';
import { startMariadb, type TestServer } from '../../support/mariadb.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const rules = { 'big.email': 'email' as const, '*.*': { keep: 'test' } };
/** Slow enough to be interrupted in the middle of the rows, whatever the machine. */
const slow = { rules, maxReadRate: '1MB' };

describe('a base build that is interrupted', () => {
  let server: TestServer;
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;

  beforeEach(async function () {
    this.timeout(400_000);
    directory = await temporaryDirectory();
    server = await startMariadb();
    await server.execute(
      'CREATE DATABASE shop',
      'CREATE TABLE shop.big (id INT PRIMARY KEY, email VARCHAR(100), filler VARCHAR(1000))',
      `INSERT INTO shop.big SELECT seq, CONCAT('p', seq, '@corp.test'), REPEAT(MD5(seq), 30) FROM shop.seq_1_to_6000`,
      'CREATE TABLE shop.second (id INT PRIMARY KEY, filler VARCHAR(1000))',
      `INSERT INTO shop.second SELECT seq, REPEAT(MD5(seq), 30) FROM shop.seq_1_to_3000`,
      'CREATE TABLE shop.third (id INT PRIMARY KEY, filler VARCHAR(1000))',
      "INSERT INTO shop.third VALUES (1, 'x')",
    );
  });
  afterEach(async () => {
    await server.stop();
    await directory.remove();
  });

  const production = () => ({ socketPath: server.socketPath, user: 'root', database: 'shop' });
  const contextWith = (options: object) => baseContext(directory.path, production(), options);

  async function assertNothingLeft(numbers: number[]): Promise<void> {
    const { host, paths } = contextWith({ rules });
    assert.deepEqual(
      (await listGenerations(host, paths)).map(({ generation }) => generation),
      numbers,
    );
    const names = await readdir(paths.bases);
    assert.deepEqual(
      names.filter(name => !/^\d+(\.pins)?$/.test(name)),
      [],
    );
    for (const name of await readdir(host.paths.run).catch(() => [])) assert.doesNotMatch(name, /\.s$/);
  }

  /** Runs `action` once, at the first report of a step. */
  function at(step: RegExp, action: () => void): (report: ProgressReport) => void {
    let done = false;
    return report => {
      if (done || !step.test(report.step)) return;
      done = true;
      action();
    };
  }

  for (const [stage, step] of [
    ['reading the schema', /^reading the schema/],
    ['the server starts', /^starting/],
    ['rows are copied', /^copying big/],
    ['the proof', /^proving/],
    ['sealing', /^sealing/],
  ] as const)
    it(`leaves nothing when it is cancelled: ${stage}`, async () => {
      const abort = new AbortController();
      const context = contextWith(step.source.includes('copying') ? slow : { rules });
      const progress = at(step, () => abort.abort());
      await assert.rejects(buildBase(context, { progress, signal: abort.signal }), { reason: 'cancelled' });
      await assertNothingLeft([]).catch(error => {
        if (error.code !== 'ENOENT') throw error;
      });
    });

  /** Runs a build or refresh in a process of its own that is killed at the first report of a step. */
  async function killAt(step: RegExp, input: Pick<BaseProgramInput, 'do' | 'options'>): Promise<void> {
    const program = path.resolve(import.meta.dirname, '../../support/baseProgram.ts');
    const argument: BaseProgramInput = {
      root: directory.path,
      production: production(),
      dieAt: step.source,
      ...input,
    };
    const child = spawn(process.execPath, [program, JSON.stringify(argument)], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    await once(child, 'exit');
    assert.equal(child.signalCode, 'SIGKILL');
  }

  for (const step of [/^starting/, /^copying big/, /^sealing/])
    it(`is cleaned up by the next start after kill -9: ${step.source}`, async () => {
      const context = contextWith({ rules });
      const { host, paths } = context;
      await buildBase(context, unattended);
      await killAt(step, { do: 'build', options: step.source.includes('copying') ? slow : { rules } });
      const [newest] = await listGenerations(host, paths);
      assert.equal(newest?.generation, 1);
      assert.deepEqual(await removeLeftovers(host, paths, context.projectId), ['draft-2']);
      await assertNothingLeft([1]);
      assert.equal((await buildBase(context, unattended)).generation, 2);
    });

  it('is cleaned up, its server included, by the next backend that opens the project', async () => {
    const repository = path.join(directory.path, 'repository');
    await mkdir(repository);
    execFileSync('git', ['init', '-q', repository]);
    const url = `mysql://root@localhost/shop?socketPath=${server.socketPath}`;
    const config = { production: { files: { root: directory.path }, database: { url } } };
    await writeFile(path.join(repository, 'greenroom.jsonc'), JSON.stringify(config));
    const { host } = contextWith({ rules });
    const { id } = await openProject(host, repository, undefined);
    await killAt(/^copying big/, { do: 'build', options: { ...slow, projectId: id } });
    const { paths } = contextWith({ projectId: id });
    const left = await findServer(host, path.join(paths.bases, 'draft-1'));
    assert.ok(left, 'the private server outlives the build');
    const backend = new Backend(host, { keeper: '', cli: '' }, { warmsSpares: false });
    await backend.project(repository);
    assert.deepEqual(await readdir(paths.bases), []);
    assert.equal(await host.processes.isAlive(left.process), false);
  });

  it('goes by no clock that may jump', async () => {
    let jump = 0;
    const left: number[] = [];
    const jumping = (options: object) => {
      const context = contextWith(options);
      const clock = { ...systemClock, now: () => Date.now() + jump };
      return { ...context, host: { ...context.host, clock } };
    };
    const progress = ({ secondsLeft }: ProgressReport) => {
      // An hour back, a year ahead, at every report.
      jump = jump < 0 ? 31_536_000_000 : -3_600_000;
      if (secondsLeft !== undefined) left.push(secondsLeft);
    };
    const built = await buildBase(jumping({ rules, maxReadRate: '8MB' }), { ...unattended, progress });
    await server.execute('UPDATE shop.big SET filler = 1 WHERE id = 1');
    const refreshed = await refreshBase(jumping({ rules }), { ...unattended, progress });
    assert.deepEqual([built.generation, refreshed.generation], [1, 2]);
    // Tables that were filled just before the snapshot are copied too: their update times cannot tell.
    assert.ok(built.tablesCopied === 3 && refreshed.tablesCopied >= 1, String(refreshed.tablesCopied));
    for (const seconds of [built.seconds, refreshed.seconds, ...left])
      assert.ok(seconds >= 0 && seconds < 3600, String(seconds));
    await assertNothingLeft([2]);
  });

  it('keeps the generation before when a refresh is killed', async () => {
    const context = contextWith({ rules });
    await buildBase(context, unattended);
    await server.execute('UPDATE shop.big SET filler = 1 WHERE id = 1');
    await killAt(/^copying big/, { do: 'refresh', options: slow });
    assert.equal((await refreshBase(context, unattended)).generation, 2);
    await lookIntoBase(context, async clone => {
      assert.deepEqual(await clone.rows('SELECT filler FROM big WHERE id = 1'), [['1']]);
    });
    await assertNothingLeft([2]);
  });

  it('says that production was lost, and leaves nothing', async () => {
    const progress = at(/^copying big/, () => server.child.kill('SIGKILL'));
    await assert.rejects(buildBase(contextWith(slow), { ...unattended, progress }), {
      reason: 'database-unreachable',
    });
    await assertNothingLeft([]);
  });

  it('says that production was lost in the middle of a refresh, and keeps the generation before', async () => {
    await buildBase(contextWith({ rules }), unattended);
    await server.execute('UPDATE shop.big SET filler = 1 WHERE id = 1');
    const progress = at(/^copying big/, () => server.child.kill('SIGKILL'));
    await assert.rejects(refreshBase(contextWith(slow), { ...unattended, progress }), {
      reason: 'database-unreachable',
    });
    await assertNothingLeft([1]);
    await lookIntoBase(contextWith({ rules }), async clone => {
      assert.deepEqual(await clone.rows('SELECT LENGTH(filler) FROM big WHERE id = 1'), [[960]]);
    });
  });

  it('fails and leaves nothing when its own server is killed', async () => {
    const context = contextWith(slow);
    const draft = path.join(context.paths.bases, 'draft-1');
    const progress = at(/^copying big/, () => {
      void findServer(context.host, draft).then(own => own && process.kill(own.process.pid, 'SIGKILL'));
    });
    await assert.rejects(buildBase(context, { ...unattended, progress }), { reason: 'database-unreachable' });
    await assertNothingLeft([]);
  });

  it('does not begin while another one runs', async () => {
    const context = contextWith({ rules });
    const results = await Promise.allSettled([
      buildBase(context, unattended),
      buildBase(context, unattended),
    ]);
    const failed = results.filter(result => result.status === 'rejected');
    assert.equal(failed.length, 1);
    assert.equal(failed[0]?.reason.reason, 'locked');
    await assertNothingLeft([1]);
  });

  /** Runs DDL in production while the build's own thread stands still: no further table is begun meanwhile. */
  function alter(sql: string): void {
    execFileSync('mariadb', [
      '--no-defaults',
      `--socket=${server.socketPath}`,
      '--user=root',
      'shop',
      '-e',
      sql,
    ]);
  }

  it('notices DDL on a table that is still to be read', async () => {
    const progress = at(/^copying (big|second)/, () =>
      alter('ALTER TABLE third MODIFY filler VARCHAR(900), FORCE'),
    );
    await assert.rejects(buildBase(contextWith(slow), { ...unattended, progress }), {
      reason: 'production-moved',
      subject: 'third',
    });
    await assertNothingLeft([]);
  });

  it('notices DDL in the middle of a refresh, which keeps the generation before and is done by the next', async () => {
    const context = contextWith({ rules });
    await buildBase(context, unattended);
    await server.execute(
      'UPDATE shop.big SET filler = 1 WHERE id = 1',
      'UPDATE shop.second SET filler = 2 WHERE id = 1',
      "UPDATE shop.third SET filler = 'three'",
    );
    const progress = at(/^copying (big|second)/, () =>
      alter('ALTER TABLE third MODIFY filler VARCHAR(900), FORCE'),
    );
    await assert.rejects(refreshBase(contextWith(slow), { ...unattended, progress }), {
      reason: 'production-moved',
      subject: 'third',
    });
    await assertNothingLeft([1]);
    assert.equal((await refreshBase(context, unattended)).generation, 2);
    await lookIntoBase(context, async clone => {
      assert.deepEqual(await clone.rows('SELECT filler FROM third'), [['three']]);
      assert.deepEqual(
        await clone.rows(
          "SELECT CHARACTER_MAXIMUM_LENGTH FROM information_schema.COLUMNS WHERE TABLE_NAME = 'third' AND COLUMN_NAME = 'filler'",
        ),
        [[900]],
      );
    });
  });

  it('is of its snapshot, and says so, when DDL comes to a table that has been read', async () => {
    const context = contextWith({ rules });
    const progress = at(/^copied big/, () => alter('CREATE TABLE late (id INT)'));
    const { warnings } = await buildBase(context, { ...unattended, progress });
    assert.ok(warnings.some(line => line.includes('changed while it was copied')));
    const newest = await newestGeneration(context.host, context.paths);
    assert.equal(newest?.manifest.tables['late'], undefined);
  });
});
