import assert from 'node:assert/strict';
import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { hasReason } from '../../../server/platform/errors.ts';
import { exportKey, importKey, keyId, loadScrubKey, rotateKey } from '../../../server/scrub/key.ts';
import { createValueTransform } from '../../../server/scrub/scrubber.ts';
import { temporaryDirectory, testHost } from '../../support/temporary.ts';

describe('the project’s scrub key', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  beforeEach(async () => {
    directory = await temporaryDirectory();
  });
  afterEach(() => directory.remove());

  const fileOf = async () => {
    const keys = path.join(directory.path, 'keys');
    const [name = ''] = await readdir(keys);
    return path.join(keys, name);
  };

  it('is made once, however many ask at the same time, and read only by its owner', async () => {
    const host = testHost(directory.path);
    const keys = await Promise.all(Array.from({ length: 8 }, () => loadScrubKey(host, 'shop')));
    assert.equal(new Set(keys.map(({ id }) => id)).size, 1);
    assert.equal((await stat(await fileOf())).mode & 0o777, 0o600);
    assert.deepEqual(await loadScrubKey(testHost(directory.path), 'shop'), keys[0]);
  });

  it('is another one for another project', async () => {
    const host = testHost(directory.path);
    assert.notEqual((await loadScrubKey(host, 'a')).id, (await loadScrubKey(host, 'b')).id);
  });

  it('is refused when others can read it', async () => {
    const host = testHost(directory.path);
    await loadScrubKey(host, 'shop');
    await chmod(await fileOf(), 0o644);
    await assert.rejects(loadScrubKey(host, 'shop'), error => hasReason(error, 'permission'));
  });

  it('is refused when its file is damaged, and not replaced by a new one', async () => {
    const host = testHost(directory.path);
    await loadScrubKey(host, 'shop');
    const file = await fileOf();
    const content = await readFile(file, 'utf8');
    await writeFile(file, content.slice(0, 40), { mode: 0o600 });
    await assert.rejects(loadScrubKey(host, 'shop'), error => hasReason(error, 'journal-damaged'));
    assert.equal(await readFile(file, 'utf8'), content.slice(0, 40));
  });

  it('gives a team the same replacements', async () => {
    const mine = testHost(directory.path);
    const theirs = testHost(path.join(directory.path, 'theirs'));
    const key = await loadScrubKey(mine, 'shop');
    await loadScrubKey(theirs, 'shop');
    const imported = await importKey(theirs, 'shop', `${await exportKey(mine, 'shop')}\n`);
    assert.equal(imported.id, key.id);
    const value = Buffer.from('anna@firma.de');
    assert.deepEqual(
      createValueTransform('email', {}, imported)(value, []),
      createValueTransform('email', {}, key)(value, []),
    );
  });

  it('is not taken from a text that was cut or mistyped', async () => {
    const host = testHost(directory.path);
    const key = await loadScrubKey(host, 'shop');
    const text = await exportKey(host, 'shop');
    const typo = `${text.slice(0, 30)}${text[30] === 'A' ? 'B' : 'A'}${text.slice(31)}`;
    for (const wrong of ['', text.slice(0, -1), typo, text.replace('key-1', 'key-2')])
      await assert.rejects(importKey(host, 'shop', wrong), error =>
        hasReason(error, 'configuration-invalid'),
      );
    assert.equal((await loadScrubKey(host, 'shop')).id, key.id);
  });

  it('is replaced by rotation: nothing maps as before, and the old key is remembered by its id alone', async () => {
    const host = testHost(directory.path);
    const old = await loadScrubKey(host, 'shop');
    const next = await rotateKey(host, 'shop');
    assert.notEqual(next.id, old.id);
    const content = await readFile(await fileOf(), 'utf8');
    assert.ok(content.includes(old.id));
    assert.ok(!content.includes(Buffer.from(old.bytes).toString('base64url')));
    assert.equal(keyId(next.bytes), next.id);
  });

  it('is in no log line', async () => {
    const host = testHost(directory.path);
    const { bytes } = await loadScrubKey(host, 'shop');
    host.log.info('key', { key: Buffer.from(bytes).toString('base64url') });
    assert.ok(!host.lines.join().includes(Buffer.from(bytes).toString('base64url')));
  });
});
