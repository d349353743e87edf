import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { freeBytes, volumeMark } from '../../../server/platform/diskSpace.ts';
import { hasReason } from '../../../server/platform/errors.ts';
import { unattended } from '../../../server/platform/progress.ts';
import { fstabLine } from '../../../server/platform/storeImage.ts';
import { initStore, remountStore, storeState, storeVolume } from '../../../server/platform/storeVolume.ts';
import { temporaryDirectory, testHost } from '../../support/temporary.ts';

describe('the store', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  beforeEach(async () => {
    directory = await temporaryDirectory();
  });
  afterEach(() => directory.remove());

  it('writes a line for fstab that survives spaces, and lets its user mount it and run scripts on it', () => {
    const line = fstabLine({ image: '/home/a b/v.img', volume: '/home/a b/v' });
    const [image, volume, type, options = ''] = line.split(' ');
    assert.deepEqual([image, volume, type], ['/home/a\\040b/v.img', '/home/a\\040b/v', 'xfs']);
    const words = options.split(',');
    for (const word of ['loop', 'user', 'noauto', 'nofail', 'nosuid', 'nodev'])
      assert.ok(words.includes(word), word);
    assert.ok(words.indexOf('exec') > words.indexOf('user'), '"user" implies noexec unless exec follows');
  });

  it('is plain until it is made otherwise', async () => {
    const host = testHost(directory.path);
    assert.equal(await storeVolume(directory.path), directory.path);
    const state = await storeState(host);
    assert.equal(state.kind, 'plain');
    await remountStore(host);
  });

  for (const size of ['12', '5 apples', '-3GB', '1MB', ''])
    it(`refuses the size "${size}"`, async () => {
      await assert.rejects(initStore(testHost(directory.path), { size }, unattended), error =>
        hasReason(error, 'usage'),
      );
    });

  it('does not leave environments behind on the old file system', async function () {
    const host = testHost(directory.path);
    const state = await storeState(host);
    // A file system that can share blocks needs no image.
    if (state.kind === 'plain' && state.reflink) return this.skip();
    await mkdir(path.join(directory.path, 'projects', 'p', 'env', 'e1'), { recursive: true });
    await assert.rejects(initStore(host, {}, unattended), error => hasReason(error, 'environment-busy'));
  });

  it('settings that are not ours are an error, not a plain store', async () => {
    await writeFile(path.join(directory.path, 'store.json'), '{"format":1}');
    await assert.rejects(storeVolume(directory.path), error => hasReason(error, 'journal-damaged'));
  });

  it('free space is that of the file system, a directory’s own mark means nothing', async () => {
    await writeFile(path.join(directory.path, volumeMark), '/nonexistent/image');
    assert.ok((await freeBytes(directory.path)) > 0);
  });
});
