import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, chown, copyFile, lstat, mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { needs } from '../../support/requirements.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { treeDigest } from '../../support/treeDigest.ts';

/** `nobody` and the group of the same name: a user who owns nothing here. */
const user = 65_534;
const webServer = 33;

describe('overlay of an ordinary user over production of somebody else', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let production: string;
  let home: string;
  let node: string;

  before(async function () {
    needs(this, 'linux', 'root', 'program:fuse-overlayfs');
    directory = await temporaryDirectory();
    // The checkout and its Node may be out of the other user's reach.
    await chmod(directory.path, 0o755);
    node = path.join(directory.path, 'node');
    await copyFile(process.execPath, node);
    await chmod(node, 0o755);
    await build({
      entryPoints: [path.resolve(import.meta.dirname, '../../support/siteProgram.ts')],
      outfile: path.join(directory.path, 'program.mjs'),
      bundle: true,
      platform: 'node',
      format: 'esm',
      logLevel: 'silent',
      banner: {
        js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
      },
    });
    production = path.join(directory.path, 'production');
    await mkdir(path.join(production, 'app'), { recursive: true });
    await mkdir(path.join(production, 'closed'));
    await mkdir(path.join(directory.path, 'library'));
    const files = {
      'index.php': 'index\n',
      'app/old': 'old',
      secret: 'secret',
      'closed/x': 'x',
      '../library/file': 'lib',
    };
    for (const [name, content] of Object.entries(files))
      await writeFile(path.join(production, name), content);
    await symlink(path.join(directory.path, 'library'), path.join(production, 'shared'));
    for (const name of ['.', 'index.php', 'app', 'app/old', 'secret', 'closed', 'closed/x'])
      await chown(path.join(production, name), webServer, webServer);
    for (const [name, mode] of Object.entries({ secret: 0o600, closed: 0o700, 'index.php': 0o644 }))
      await chmod(path.join(production, name), mode);
    home = path.join(directory.path, 'home');
    await mkdir(home);
    await chown(home, user, user);
  });
  after(() => directory?.remove());

  const run = async (driver: string) => {
    const digest = () =>
      Promise.all(['production', 'library'].map(tree => treeDigest(path.join(directory.path, tree))));
    const before = await digest();
    const { stdout } = await promisify(execFile)(
      node,
      [path.join(directory.path, 'program.mjs'), production, path.join(home, driver), driver],
      { uid: user, gid: user, cwd: home, env: { PATH: process.env['PATH'], HOME: home } },
    );
    assert.deepEqual(await digest(), before);
    await assert.rejects(lstat(path.join(home, driver)), { code: 'ENOENT' });
    return JSON.parse(stdout);
  };

  it('works with fuse-overlayfs: everything is theirs to change, what they cannot read is named', async () => {
    const result = await run('fuse-overlayfs');
    assert.equal(result.driver, 'fuse-overlayfs');
    assert.deepEqual(result.outcomes, {
      read: 'done',
      'read secret': 'EACCES',
      'append to another’s file': 'done',
      'write in another’s directory': 'done',
      // A limit of fuse-overlayfs itself: it has to open what it hides.
      'replace secret': 'EACCES',
      remove: 'done',
      'write through a link': 'done',
    });
    assert.deepEqual(result.changes, ['added app/new', 'deleted app/old', 'modified index.php']);
    const warnings = result.warnings.join('\n');
    assert.match(warnings, /^secret cannot be read by this user$/m);
    assert.match(warnings, /^closed cannot be read by this user$/m);
    assert.match(warnings, /shared leads out of the site, to .*library: it is read from there/);
    assert.equal(result.again, 'index\nmine\n');
  });

  it('works with a copy: what they cannot read is left out and named', async () => {
    const result = await run('copy');
    assert.equal(result.driver, 'copy');
    assert.equal(result.outcomes['append to another’s file'], 'done');
    assert.equal(result.outcomes['read secret'], 'ENOENT');
    assert.ok(result.warnings.some((text: string) => text.startsWith('secret: cannot be read here')));
    assert.equal(result.again, 'index\nmine\n');
  });
});
