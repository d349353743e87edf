import assert from 'node:assert/strict';
import { mkdir, realpath, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { linkMeaning } from '../../../server/files/linkTarget.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

describe('linkMeaning', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let root: string;
  beforeEach(async () => {
    directory = await temporaryDirectory();
    const base = await realpath(directory.path);
    root = path.join(base, 'site');
    await mkdir(path.join(root, 'app/deep'), { recursive: true });
    await mkdir(path.join(base, 'shared'));
    await writeFile(path.join(base, 'shared/file'), 'x');
    await symlink(root, path.join(base, 'alias'));
  });
  afterEach(() => directory.remove());

  const seen = () => ({ root, site: '/env/site' });
  const kind = async (link: string, target: string) => (await linkMeaning(seen(), link, target)).kind;

  it('tells links that stay inside from those that only come back', async () => {
    assert.equal(await kind('a', 'app/deep'), 'inside');
    assert.equal(await kind('app/a', '../index.php'), 'inside');
    // Where `x` is a link, the kernel turns back somewhere else than the text.
    assert.deepEqual(await linkMeaning(seen(), 'app/deep/a', '../../x/../app'), {
      kind: 'rewrite',
      to: '../../app',
    });
    assert.equal(await kind('a', './././app'), 'inside');
    assert.deepEqual(await linkMeaning(seen(), 'app/a', '../../site/app/deep'), {
      kind: 'rewrite',
      to: 'deep',
    });
    assert.deepEqual(await linkMeaning(seen(), 'a', root), { kind: 'rewrite', to: '.' });
    assert.deepEqual(await linkMeaning(seen(), 'app/a', `${root}/missing/x`), {
      kind: 'rewrite',
      to: '../missing/x',
    });
  });

  it('sees production behind another name of it', async () => {
    const alias = path.join(path.dirname(root), 'alias');
    assert.deepEqual(await linkMeaning(seen(), 'a', `${alias}/app`), { kind: 'rewrite', to: 'app' });
    assert.deepEqual(await linkMeaning(seen(), 'a', '../alias/app/new'), { kind: 'rewrite', to: 'app/new' });
  });

  it('leads into another tree that the environment has a view of, and back', async () => {
    const shared = { root: path.join(path.dirname(root), 'shared'), site: '/env/linked/1/site' };
    assert.deepEqual(await linkMeaning(seen(), 'app/a', '../../shared/file', [shared]), {
      kind: 'rewrite',
      to: '../../linked/1/site/file',
      into: shared,
    });
    assert.deepEqual(await linkMeaning(shared, 'deep/a', `${root}/app`, [seen()]), {
      kind: 'rewrite',
      to: '../../../../site/app',
      into: seen(),
    });
  });

  it('names what lies outside, and a neighbour whose name only begins alike', async () => {
    const shared = path.join(path.dirname(root), 'shared');
    assert.deepEqual(await linkMeaning(seen(), 'a', shared), {
      kind: 'escape',
      absolute: shared,
      is: 'directory',
    });
    assert.deepEqual(await linkMeaning(seen(), 'a', '../shared/file'), {
      kind: 'escape',
      absolute: path.join(shared, 'file'),
      is: 'file',
    });
    assert.equal(await kind('a', `${root}2/x`), 'escape');
    assert.deepEqual(await linkMeaning(seen(), 'a', `${shared}/not/yet`), {
      kind: 'escape',
      absolute: `${shared}/not/yet`,
      is: 'nothing',
    });
    assert.equal(await kind('a', '/dev/null'), 'outside');
    assert.equal(await kind('a', '/usr/share'), 'outside');
  });
});
