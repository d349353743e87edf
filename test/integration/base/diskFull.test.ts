import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { buildBase } from '../../../server/base/build.ts';
import { listGenerations } from '../../../server/base/generations.ts';
import { refreshBase } from '../../../server/base/refresh.ts';
import {
  cloneState,
  createClone,
  destroyClone,
  startClone,
  stopClone,
} from '../../../server/database/clone.ts';
import { connect } from '../../../server/database/connection.ts';
import { type ProgressReport, unattended } from '../../../server/platform/progress.ts';
import { baseContext, lookIntoBase } from '../../support/base.ts';
import { startMariadb, type TestServer } from '../../support/mariadb.ts';
import { needs } from '../../support/requirements.ts';
import { xfsVolume } from '../../support/xfs.ts';

const rules = { 'big.email': 'email' as const, '*.*': { keep: 'test' } };

describe('a disk that fills up in the middle', function () {
  this.timeout(400_000);
  let server: TestServer;
  let volume: Awaited<ReturnType<typeof xfsVolume>>;

  before(async function () {
    needs(this, 'loop');
    server = await startMariadb();
    await server.execute(
      'CREATE DATABASE shop',
      'CREATE TABLE shop.big (id INT PRIMARY KEY, email VARCHAR(100), filler VARCHAR(1000), KEY (filler))',
      `INSERT INTO shop.big SELECT seq, CONCAT('p', seq, '@corp.test'), REPEAT(MD5(seq), 30) FROM shop.seq_1_to_9000`,
    );
    volume = await xfsVolume(1_900_000_000);
  });
  after(async () => {
    await server?.stop();
    await volume?.remove();
  });

  const ballast = () => path.join(volume.path, 'ballast');
  const context = (options: object = {}) =>
    baseContext(
      path.join(volume.path, 'store'),
      { socketPath: server.socketPath, user: 'root', database: 'shop' },
      { rules, ...options },
    );

  /** Somebody else takes all the room that is left, at the first report of a step. */
  function fillAt(step: RegExp): { progress(report: ProgressReport): void; filled(): boolean } {
    let filled = false;
    const progress = (report: ProgressReport) => {
      if (filled || !step.test(report.step)) return;
      filled = true;
      // Ends with an error when there is no more room: that is the point.
      const script = 'fallocate -l 4M "$0"; while fallocate -o $(stat -c %s "$0") -l 1M "$0"; do :; done';
      execFileSync('sh', ['-c', script, ballast()], { stdio: 'ignore' });
    };
    return { progress, filled: () => filled };
  }

  async function assertOnly(generations: number[]): Promise<void> {
    await rm(ballast());
    const { host, paths } = context();
    const present = (await listGenerations(host, paths)).map(({ generation }) => generation);
    assert.deepEqual(present, generations);
    const names = await readdir(paths.bases);
    assert.deepEqual(
      names.filter(name => !/^\d+(\.pins)?$/.test(name)),
      [],
    );
    for (const name of await readdir(host.paths.run)) assert.doesNotMatch(name, /\.s$/);
  }

  for (const step of [/^starting/, /^copying big/, /^proving/, /^sealing/])
    it(`is told of by a build, which leaves nothing: ${step.source}`, async () => {
      const { progress, filled } = fillAt(step);
      const limited = step.source.includes('copying') ? { maxReadRate: '4MB' } : {};
      await assert.rejects(buildBase(context(limited), { ...unattended, progress }), {
        reason: 'disk-full',
      });
      assert.ok(filled());
      await assertOnly([]);
    });

  it('leaves the generation before in place when a refresh meets it, and the next refresh does the work', async () => {
    assert.equal((await buildBase(context(), unattended)).generation, 1);
    await server.execute("UPDATE shop.big SET filler = 'new' WHERE id = 1");
    for (const step of [/^copying the last generation/, /^copying big/, /^proving/, /^sealing/]) {
      const { progress, filled } = fillAt(step);
      const limited = step.source.endsWith('big') ? { maxReadRate: '4MB' } : {};
      await assert.rejects(refreshBase(context(limited), { ...unattended, progress }), {
        reason: 'disk-full',
      });
      assert.ok(filled());
      await assertOnly([1]);
    }
    assert.equal((await refreshBase(context(), unattended)).generation, 2);
    const row = await lookIntoBase(context(), clone => clone.rows('SELECT filler FROM big WHERE id = 1'));
    assert.deepEqual(row, [['new']]);
  });

  it('is told of by a clone in the making, of which nothing stays', async () => {
    const { host, paths } = context();
    const [newest] = await listGenerations(host, paths);
    assert.ok(newest);
    const directory = path.join(paths.scratch, 'clone');
    const request = { source: newest.sealed, directory, port: 0, database: 'shop' };
    for (const step of [/^copying the database/, /^starting the database/]) {
      const { progress, filled } = fillAt(step);
      await assert.rejects(createClone(host, request, { ...unattended, progress }), { reason: 'disk-full' });
      assert.ok(filled());
      assert.equal(await cloneState(host, directory), 'missing');
      assert.deepEqual(await readdir(paths.scratch), []);
      await rm(ballast());
    }
  });

  it('lets a clone sleep, is told of by its wake, and costs it nothing', async () => {
    const { host, paths } = context();
    const [newest] = await listGenerations(host, paths);
    assert.ok(newest);
    const directory = path.join(paths.scratch, 'clone');
    const request = { source: newest.sealed, directory, port: 0, database: 'shop' };
    const clone = await createClone(host, request, unattended);
    try {
      const writer = await connect(host, clone.address);
      await writer.execute("UPDATE big SET filler = 'mine' WHERE id = 2");
      await writer.close();
      const { progress, filled } = fillAt(/./);
      progress({ step: 'now' });
      assert.ok(filled());
      await stopClone(host, directory);
      await assert.rejects(startClone(host, directory), { reason: 'disk-full' });
      assert.equal(await cloneState(host, directory), 'stopped');
      await rm(ballast());
      const reader = await connect(host, (await startClone(host, directory)).address);
      assert.deepEqual(await reader.rows('SELECT filler FROM big WHERE id = 2'), [['mine']]);
      await reader.close();
    } finally {
      await rm(ballast(), { force: true });
      await destroyClone(host, directory);
    }
  });
});
