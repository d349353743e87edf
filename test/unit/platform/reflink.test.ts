import assert from 'node:assert/strict';
import { chmod, link, mkdir, readFile, readlink, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { hasReason } from '../../../server/platform/errors.ts';
import { unattended } from '../../../server/platform/progress.ts';
import { copyTree, reflinkSupported } from '../../../server/platform/reflink.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

describe('copying trees', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let from: string;
  let to: string;

  beforeEach(async () => {
    directory = await temporaryDirectory();
    from = path.join(directory.path, 'from');
    to = path.join(directory.path, 'to');
    await mkdir(path.join(from, 'sub', 'deep'), { recursive: true });
    await writeFile(path.join(from, 'a'), 'alpha');
    await writeFile(path.join(from, 'sub', 'b'), Buffer.alloc(100_000, 7));
    await writeFile(path.join(from, 'sub', 'deep', 'ibtmp1'), 'skip me');
    await writeFile(path.join(from, ' odd\nname é'), '');
    await chmod(path.join(from, 'a'), 0o640);
    await chmod(path.join(from, 'sub'), 0o750);
    await link(path.join(from, 'a'), path.join(from, 'hard'));
    await symlink('../outside', path.join(from, 'soft'));
  });
  afterEach(() => directory.remove());

  it('keeps bytes, modes, links and odd names, and leaves out what it is told to', async () => {
    const copied = await copyTree(
      from,
      to,
      { reflink: 'prefer', skip: relative => path.basename(relative) === 'ibtmp1' },
      unattended,
    );
    assert.equal(copied.files, 4);
    assert.equal(await readFile(path.join(to, 'a'), 'utf8'), 'alpha');
    assert.deepEqual(await readFile(path.join(to, 'sub', 'b')), Buffer.alloc(100_000, 7));
    assert.equal(await readFile(path.join(to, ' odd\nname é'), 'utf8'), '');
    assert.equal(await readlink(path.join(to, 'soft')), '../outside');
    const [a, hard, sub] = await Promise.all(['a', 'hard', 'sub'].map(name => stat(path.join(to, name))));
    assert.equal(a?.ino, hard?.ino);
    assert.equal((a?.mode ?? 0) & 0o777, 0o640);
    assert.equal((sub?.mode ?? 0) & 0o777, 0o750);
    await assert.rejects(stat(path.join(to, 'sub', 'deep', 'ibtmp1')), { code: 'ENOENT' });
    assert.equal(copied.reflinked, await reflinkSupported(directory.path));
  });

  it('does not pretend to share blocks', async () => {
    const supported = await reflinkSupported(directory.path);
    const attempt = copyTree(from, to, { reflink: 'require' }, unattended);
    if (supported) assert.equal((await attempt).reflinked, true);
    else await assert.rejects(attempt, error => hasReason(error, 'unsupported'));
  });

  it('never writes over what is there', async () => {
    await mkdir(to);
    await writeFile(path.join(to, 'a'), 'mine');
    await assert.rejects(copyTree(from, to, { reflink: 'never' }, unattended), { code: 'EEXIST' });
    assert.equal(await readFile(path.join(to, 'a'), 'utf8'), 'mine');
  });

  it('stops when it is cancelled', async () => {
    const controller = new AbortController();
    controller.abort();
    await assert.rejects(
      copyTree(from, to, { reflink: 'never' }, { progress: () => undefined, signal: controller.signal }),
      error => hasReason(error, 'cancelled'),
    );
  });
});
