import assert from 'node:assert/strict';
import { copyFile, mkdir, readFile, rm, stat, statfs, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createClone, destroyClone } from '../../../server/database/clone.ts';
import { connect } from '../../../server/database/connection.ts';
import { freeBytes, requireFreeBytes } from '../../../server/platform/diskSpace.ts';
import { hasReason } from '../../../server/platform/errors.ts';
import type { Host } from '../../../server/platform/host.ts';
import { storePaths } from '../../../server/platform/paths.ts';
import { pickPort } from '../../../server/platform/ports.ts';
import { unattended } from '../../../server/platform/progress.ts';
import { copyTree, reflinkSupported } from '../../../server/platform/reflink.ts';
import { isMounted, unmountImage } from '../../../server/platform/storeImage.ts';
import {
  growWhenFull,
  initStore,
  remountStore,
  storeProbe,
  storeState,
  storeVolume,
} from '../../../server/platform/storeVolume.ts';
import { needs } from '../../support/requirements.ts';
import { makeSealed } from '../../support/sealed.ts';
import { temporaryDirectory, testHost } from '../../support/temporary.ts';

describe('a store in an image', function () {
  this.timeout(400_000);
  let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
  let root: string;
  let volume: string;
  let host: Host & { lines: string[] };

  before(function () {
    needs(this, 'loop');
  });
  beforeEach(async function () {
    temporary = await temporaryDirectory();
    root = path.join(temporary.path, 'a store');
    volume = path.join(root, 'volume');
    host = testHost(root);
    await mkdir(root);
    // Where files can share blocks already, there is nothing to make.
    if (await reflinkSupported(root)) this.skip();
  });
  afterEach(async () => {
    if (temporary === undefined) return;
    await unmountImage(host, volume);
    await temporary.remove();
  });

  it('is sparse, shares blocks, and belongs to its user', async () => {
    assert.match((await storeProbe(host)).advice ?? '', /store init/);
    const made = await initStore(host, { size: '1GB' }, unattended);
    assert.equal(made.volume, volume);
    assert.ok(made.bytes > 800_000_000);
    const image = await stat(path.join(root, 'volume.img'));
    assert.equal(image.size, 1_000_000_000);
    assert.ok(image.blocks * 512 < 150_000_000, 'it takes no room before it is used');
    assert.equal(image.mode & 0o077, 0);
    const { uid, mode } = await stat(volume);
    assert.equal(uid, process.getuid?.());
    assert.equal(mode & 0o077, 0);
    assert.equal(await storeVolume(root), volume);
    assert.equal(await reflinkSupported(volume), true);
    const probe = await storeProbe(host);
    assert.equal(probe.ok, true);
    assert.equal(probe.advice, undefined);
  });

  it('copies share blocks until they are written', async () => {
    await initStore(host, { size: '1GB' }, unattended);
    const from = path.join(volume, 'from');
    await mkdir(from);
    await writeFile(path.join(from, 'big'), Buffer.alloc(100_000_000, 1));
    await writeFile(path.join(from, 'small'), 'x');
    const before = await used(volume);
    const copied = await copyTree(from, path.join(volume, 'to'), { reflink: 'require' }, unattended);
    assert.deepEqual(copied, { files: 2, bytes: 100_000_001, reflinked: true });
    assert.ok((await used(volume)) - before < 10_000_000);
    assert.equal((await readFile(path.join(volume, 'to', 'big'))).compare(Buffer.alloc(100_000_000, 1)), 0);
  });

  it('is mounted again after a reboot, and says so until it is', async () => {
    await initStore(host, { size: '400MB' }, unattended);
    await writeFile(path.join(volume, 'mine'), 'kept');
    await unmountImage(host, volume);
    assert.equal((await storeProbe(host)).ok, false);
    assert.deepEqual((await storeState(host)).kind, 'image');
    await Promise.all([remountStore(host), remountStore(testHost(root))]);
    assert.equal(await isMounted(volume), true);
    assert.equal(await readFile(path.join(volume, 'mine'), 'utf8'), 'kept');
    await remountStore(host);
  });

  it('grows when it is asked to, and by itself when it fills; it never shrinks', async () => {
    const small = await initStore(host, { size: '400MB' }, unattended);
    assert.equal(await growWhenFull(host), false);
    const large = await initStore(host, { size: '600MB' }, unattended);
    assert.ok(large.bytes > small.bytes + 150_000_000);
    await assert.rejects(initStore(host, { size: '500MB' }, unattended), error => hasReason(error, 'usage'));
    const { bavail, bsize } = await statfs(volume);
    await writeFile(path.join(volume, 'filling'), Buffer.alloc(bavail * bsize - 20_000_000, 1));
    await remountStore(host);
    const state = await storeState(host);
    assert.ok(
      state.kind === 'image' && state.mounted && state.bytes > large.bytes + 150_000_000,
      JSON.stringify(state),
    );
    assert.deepEqual(host.lines, []);
  });

  it('is by default as large as the disk below, and no heavier for it', async () => {
    const { bytes } = await initStore(host, {}, unattended);
    const below = await statfs(root);
    assert.ok(bytes > below.blocks * below.bsize * 0.95, String(bytes));
    const { blocks } = await stat(path.join(root, 'volume.img'));
    assert.ok(blocks * 512 < 400_000_000 + bytes / 1000, `${blocks * 512} bytes`);
    assert.ok((await freeBytes(volume)) <= below.bavail * below.bsize + 1_000_000_000);
  });

  it('says with which command it can grow, before it is full and when something does not fit', async () => {
    await initStore(host, { size: '400MB' }, unattended);
    assert.equal((await storeProbe(host)).advice, undefined);
    const { bavail, bsize } = await statfs(volume);
    await writeFile(path.join(volume, 'filling'), Buffer.alloc(bavail * bsize - 10_000_000, 1));
    const probe = await storeProbe(host);
    assert.match(probe.advice ?? '', /filling up/);
    await assert.rejects(requireFreeBytes(volume, 3_000_000_000, 'a base'), error => {
      assert.ok(hasReason(error, 'disk-full'));
      assert.match(error.next ?? '', /"greenroom store init --size [4-9]GB"/);
      return true;
    });
  });

  it('goes on where a killed attempt stopped', async () => {
    await writeFile(path.join(root, 'volume.img.draft'), 'half an image');
    await initStore(host, { size: '400MB' }, unattended);
    await writeFile(path.join(volume, 'mine'), 'kept');
    // Killed after the mount, before the settings were written.
    await rm(storePaths(root).settings);
    assert.equal(await storeVolume(root), root);
    await initStore(host, { size: '400MB' }, unattended);
    assert.equal(await readFile(path.join(volume, 'mine'), 'utf8'), 'kept');
    assert.equal(await storeVolume(root), volume);
  });

  it('takes the generations along', async () => {
    const generation = path.join('projects', 'p1', 'base', '1');
    await mkdir(path.join(root, generation, 'data'), { recursive: true });
    await writeFile(path.join(root, generation, 'data', 'ibdata1'), 'pages');
    await initStore(host, { size: '400MB' }, unattended);
    assert.equal(await readFile(path.join(volume, generation, 'data', 'ibdata1'), 'utf8'), 'pages');
    await assert.rejects(stat(path.join(root, generation)), { code: 'ENOENT' });
  });

  it('knows that the disk below may be fuller than the image', async () => {
    const tight = path.join(temporary.path, 'tight');
    await mkdir(tight);
    await host.processes.run('mount', ['-t', 'tmpfs', '-o', 'size=120m', 'tmpfs', tight]);
    try {
      const inner = testHost(path.join(tight, 'store'));
      await mkdir(inner.paths.root);
      await assert.rejects(initStore(inner, { size: '500MB' }, unattended), error =>
        hasReason(error, 'disk-full'),
      );
      await initStore(host, { size: '500MB' }, unattended);
      await copyFile(path.join(volume, '.greenroom-image'), path.join(temporary.path, 'mark'));
      await writeFile(path.join(volume, '.greenroom-image'), `${tight}/volume.img\n`);
      assert.ok((await freeBytes(volume)) <= 130_000_000);
    } finally {
      await host.processes.run('umount', [tight]);
    }
  });

  it('holds clones that take no room: under 30 MB each, started', async () => {
    await initStore(host, { size: '2GB' }, unattended);
    const inside = testHost(root, { paths: storePaths(root, volume) });
    const source = await makeSealed(inside, path.join(volume, 'base'), {
      statements: [
        'CREATE TABLE t (a INT PRIMARY KEY, b VARCHAR(1000)) ENGINE=InnoDB',
        "INSERT INTO t SELECT seq, REPEAT('x', 900) FROM seq_1_to_100000",
      ],
    });
    const before = await used(volume);
    const directory = path.join(volume, 'clone');
    const clone = await createClone(
      inside,
      { source, directory, port: await pickPort(new Set()), database: source.database },
      unattended,
    );
    try {
      assert.equal(clone.reflinked, true);
      const connection = await connect(inside, clone.address);
      assert.deepEqual(await connection.rows('SELECT COUNT(*) FROM t'), [[100_000]]);
      await connection.close();
      assert.ok((await used(volume)) - before < 30_000_000, `${(await used(volume)) - before} bytes`);
    } finally {
      await destroyClone(inside, directory);
    }
  });

  it('a clone that would not fit is refused before anything is written', async () => {
    const source = await makeSealed(host, path.join(root, 'base'));
    const tight = path.join(temporary.path, 'tight');
    await mkdir(tight);
    await host.processes.run('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', tight]);
    try {
      const directory = path.join(tight, 'clone');
      const request = { source, directory, port: 0, database: source.database };
      await assert.rejects(createClone(host, request, unattended), error => {
        assert.ok(hasReason(error, 'disk-full') && /MB are free/.test(error.detail ?? ''), String(error));
        return true;
      });
      await assert.rejects(stat(directory), { code: 'ENOENT' });
      // Room for the copy, but not for what a running server writes.
      await host.processes.run('mount', ['-o', 'remount,size=64m', tight]);
      await assert.rejects(createClone(host, request, unattended), error => hasReason(error, 'disk-full'));
      await assert.rejects(stat(directory), { code: 'ENOENT' });
    } finally {
      await host.processes.run('umount', [tight]);
    }
  });
});

async function used(directory: string): Promise<number> {
  const { blocks, bfree, bsize } = await statfs(directory);
  return (blocks - bfree) * bsize;
}
