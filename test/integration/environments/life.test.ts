import assert from 'node:assert/strict';
import { copyFile, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createConnection } from 'mysql2/promise';
import { systemProcesses } from '../../../server/platform/processes.ts';
import { eventually } from '../../support/eventually.ts';
import { cliProgram, openShop, type Shop } from '../../support/shop.ts';
import { stopStore } from '../../support/stopStore.ts';
import { treeDigest } from '../../support/treeDigest.ts';

interface Access {
  host: string;
  port: number;
  user: string;
  password: string;
  name: string;
  socket: string;
}
interface Created {
  id: string;
  branch: string;
  site: string;
  created: boolean;
  database: Access;
}
interface View {
  id: string;
  branch: string;
  state: { state: string };
  site: string;
  bytes: number;
}

async function customers(database: Access): Promise<number> {
  const { host, port, user, password, name } = database;
  const session = await createConnection({ host, port, user, password, database: name });
  try {
    const [rows] = await session.query('SELECT COUNT(*) AS n FROM customers');
    return (rows as { n: number }[])[0]?.n ?? -1;
  } finally {
    await session.end();
  }
}

const sandboxKey = 'sk_test_0nlyInTheForkedFile';

describe('the life of an environment', () => {
  let shop: Shop;
  before(async () => {
    shop = await openShop({
      configure: text =>
        text.replace(
          /"reroute": \{/,
          '"reroute": { "sandbox": { "STRIPE_SECRET_KEY": "${env:STRIPE_TEST_KEY}" },',
        ),
    });
    shop.variables['STRIPE_TEST_KEY'] = sandboxKey;
    await shop.run('base', 'build');
  });
  after(() => shop.close());
  afterEach(async () => {
    const { environments } = await shop.run<{ environments: View[] }>('env', 'list');
    for (const { id } of environments) await shop.run('env', 'destroy', id, '--now', '--even-if-changed');
    await shop.git('switch', '--quiet', '--force', 'main');
  });

  const branch = async (name: string) => {
    await shop.git('switch', '--quiet', '-C', name, 'main');
    return shop.run<Created>('env', 'create');
  };

  it('knows production’s files before the first environment asks', async () => {
    const known = await readdir(path.join(shop.store, 'sites'));
    assert.ok(
      known.some(name => /^[0-9a-f]{16}-\d+\.json$/.test(name)),
      'where its links are',
    );
    assert.ok(
      known.some(name => /\.index$/.test(name)),
      'what it has otherwise than the repository',
    );
  });

  it('two branches have two environments that know nothing of each other, and production knows of neither', async () => {
    const production = await treeDigest(shop.site);
    const one = await branch('one');
    await writeFile(path.join(one.site, 'index.php'), 'one');
    const two = await branch('two');
    assert.notEqual(one.id, two.id);
    assert.notEqual(await readFile(path.join(two.site, 'index.php'), 'utf8'), 'one');
    const session = await createConnection({
      host: '127.0.0.1',
      port: one.database.port,
      user: one.database.user,
      password: one.database.password,
      database: 'shop',
    });
    await session.query('DELETE FROM order_items');
    await session.query('DELETE FROM orders');
    await session.query('DELETE FROM customers');
    await session.end();
    assert.equal(await customers(one.database), 0);
    assert.equal(await customers(two.database), 60);
    assert.equal(await treeDigest(shop.site), production);
    const [{ n } = { n: 0 }] = await shop.server.query<{ n: number }>(
      'SELECT COUNT(*) AS n FROM shop.customers',
    );
    assert.equal(n, 60);
  });

  it('a second create of the same branch opens the one that is there, also two at once', async () => {
    await shop.git('switch', '--quiet', '-C', 'same', 'main');
    const made = await Promise.all([shop.run<Created>('env', 'create'), shop.run<Created>('env', 'create')]);
    assert.equal(new Set(made.map(({ id }) => id)).size, 1);
    assert.equal(made.filter(({ created }) => created).length, 1);
  });

  it('brings changed, new and deleted files of the branch into the site', async () => {
    await shop.git('switch', '--quiet', '-C', 'files', 'main');
    await writeFile(path.join(shop.repository, 'new file.php'), 'new');
    await writeFile(path.join(shop.repository, 'checkout.php'), 'changed');
    await shop.git('rm', '--quiet', 'assets/shop.css');
    await shop.git('add', '--all');
    await shop.git('commit', '--quiet', '-m', 'files');
    const { site } = await shop.run<Created>('env', 'create');
    assert.equal(await readFile(path.join(site, 'new file.php'), 'utf8'), 'new');
    assert.equal(await readFile(path.join(site, 'checkout.php'), 'utf8'), 'changed');
    await assert.rejects(readFile(path.join(site, 'assets/shop.css')), { code: 'ENOENT' });
    assert.match(await readFile(path.join(site, 'uploads/logo.svg'), 'utf8'), /<svg/);
  });

  it('takes the files of the branch it is for, wherever that is checked out, and of no other', async () => {
    await shop.git('switch', '--quiet', '-C', 'elsewhere', 'main');
    await shop.git('switch', '--quiet', '-C', 'mine', 'main');
    await writeFile(path.join(shop.repository, 'mine.php'), 'of another branch');
    const made = await shop.run<Created & { warnings: string[] }>('env', 'create', '--branch', 'elsewhere');
    await assert.rejects(readFile(path.join(made.site, 'mine.php')), { code: 'ENOENT' });
    assert.match(made.warnings.join(), /elsewhere is not checked out in .*: its files come when it is/);
    const worktree = `${shop.repository}-elsewhere`;
    await shop.git('worktree', 'add', '--quiet', worktree, 'elsewhere');
    try {
      await writeFile(path.join(worktree, 'there.php'), 'there');
      await shop.run('env', 'create', '--branch', 'elsewhere');
      assert.equal(await readFile(path.join(made.site, 'there.php'), 'utf8'), 'there');
      await assert.rejects(readFile(path.join(made.site, 'mine.php')), { code: 'ENOENT' });
    } finally {
      await shop.git('worktree', 'remove', '--force', worktree);
      await rm(path.join(shop.repository, 'mine.php'));
    }
  });

  it('says that a file it forked is tracked by git, and with a plan that the branch changed it', async () => {
    await shop.git('switch', '--quiet', '-C', 'tracked', 'main');
    await writeFile(path.join(shop.repository, 'config.js'), "exports.db_password = 'l3ft-In-Code';\n");
    await shop.git('add', '--force', 'config.js');
    await shop.git('commit', '--quiet', '-m', 'settings');
    const made = await shop.run<Created & { warnings: string[] }>('env', 'create');
    assert.doesNotMatch(await readFile(path.join(made.site, 'config.js'), 'utf8'), /l3ft/);
    const said = made.warnings.filter(text => text.includes('is tracked by git and was forked'));
    assert.deepEqual(
      said.map(text => text.split(' ')[0]),
      ['config.js'],
    );
    const told = async (...options: string[]) => {
      const { files, findings } = await shop.run<{
        files: { path: string }[];
        findings: { guard: string; subject: string; severity: string }[];
      }>('diff', ...options);
      assert.deepEqual(files, []);
      return findings.map(({ guard, subject, severity }) => `${guard} ${subject} ${severity}`);
    };
    assert.deepEqual(await told(), ['forked-file config.js info']);
    // As soon as production has it, too, there is nothing to tell.
    await copyFile(path.join(shop.repository, 'config.js'), path.join(shop.site, 'config.js'));
    assert.deepEqual(await told(), []);
    await rm(path.join(shop.site, 'config.js'));
    // The branch’s own worktree is the one that counts.
    await shop.git('switch', '--quiet', 'main');
    const other = path.join(shop.root, 'other');
    await shop.git('worktree', 'add', '--quiet', other, 'tracked');
    try {
      assert.deepEqual(await told('--branch', 'tracked'), ['forked-file config.js info']);
    } finally {
      await shop.git('worktree', 'remove', '--force', other);
    }
  });

  it('puts a sandbox value into the forked file, and nowhere else', async () => {
    const { site, id } = await branch('sandboxed');
    assert.match(await readFile(path.join(site, '.env'), 'utf8'), new RegExp(sandboxKey));
    assert.doesNotMatch(JSON.stringify(await shop.run('env', 'show', id)), new RegExp(sandboxKey));
    const { stdout } = await systemProcesses.run('grep', ['-rlF', sandboxKey, shop.store, shop.repository], {
      accept: [0, 1, 2],
    });
    const holding = stdout.trim().split('\n');
    assert.ok(holding.length > 0);
    for (const file of holding) assert.match(file, /\/overlay\/(site|upper)\/\.env$/);
    // In a directory that nobody else may enter.
    assert.equal((await stat(path.dirname(site))).mode & 0o077, 0);
  });

  it('is there again after a reboot, with what a link of production leads to, and writes through to neither', async () => {
    const shared = path.join(shop.root, 'shared');
    await mkdir(shared);
    await writeFile(path.join(shared, 'photo'), 'production’s');
    await symlink(shared, path.join(shop.site, 'gallery'));
    try {
      const trees = () => Promise.all([shop.site, shared].map(treeDigest));
      const before = await trees();
      const { site, warnings } = (await branch('rebooted')) as Created & { warnings: string[] };
      assert.match(warnings.join(), /gallery leads out of the site, to .*shared: it is read from there/);
      assert.equal(await readFile(path.join(site, 'gallery/photo'), 'utf8'), 'production’s');
      await writeFile(path.join(site, 'gallery/photo'), 'mine');
      await writeFile(path.join(site, 'index.php'), 'mine');
      // What a reboot takes: every process, every mount.
      await stopStore(shop.store);
      await assert.rejects(readFile(path.join(site, 'index.php')), { code: 'ENOENT' });
      await shop.run('env', 'show');
      assert.equal(await readFile(path.join(site, 'gallery/photo'), 'utf8'), 'mine');
      assert.equal(await readFile(path.join(site, 'index.php'), 'utf8'), 'mine');
      const { files } = await shop.run<{ files: { path: string }[] }>('diff');
      assert.deepEqual(
        files.map(file => file.path),
        ['index.php'],
      );
      assert.deepEqual(await trees(), before);
    } finally {
      await rm(path.join(shop.site, 'gallery'));
      await rm(shared, { recursive: true });
    }
  });

  it('sleeps, and wakes at the first connection to its own port', async () => {
    const { database, id } = await branch('sleepy');
    await shop.run('env', 'sleep');
    const asleep = await shop.run<View>('env', 'show', id);
    assert.equal(asleep.state.state, 'asleep');
    assert.equal(await customers(database), 60);
    const awake = await shop.run<View>('env', 'show', id);
    assert.equal(awake.state.state, 'ready');
  });

  it('is restored within its day with everything that was in it', async () => {
    const { site, database, id } = await branch('regret');
    await writeFile(path.join(site, 'note.txt'), 'mine');
    const session = await createConnection({
      host: '127.0.0.1',
      port: database.port,
      user: database.user,
      password: database.password,
      database: 'shop',
    });
    await session.query("UPDATE settings SET value = 'Mine' WHERE name = 'site_name'");
    await session.end();
    const kept = await shop.attempt<{ error: { reason: string } }>('env', 'destroy');
    assert.equal(kept.code, 3, 'a file that is in neither production nor git must be asked about');
    await shop.run('env', 'destroy', '--even-if-changed');
    assert.equal((await shop.run<View>('env', 'show', id).catch(() => undefined))?.state.state, 'expired');
    await shop.run('env', 'restore', id);
    assert.equal(await readFile(path.join(site, 'note.txt'), 'utf8'), 'mine');
    assert.equal(await customers(database), 60);
    // The client asks for nothing: whose database it opens is the environment's affair.
    const query = 'SELECT CURRENT_USER(), DATABASE(), COUNT(*) FROM customers';
    const { stdout } = await systemProcesses.run(
      process.execPath,
      [cliProgram, 'env', 'exec', '--', 'mariadb', '-N', '-e', query],
      { cwd: shop.repository, env: { ...process.env, ...shop.variables } },
    );
    assert.match(stdout, /^greenroom@\S+\tshop\t60$/m);
  });

  it('a warm spare is handed over, and the next one is made', async () => {
    const file = path.join(shop.repository, 'greenroom.jsonc');
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace('"spares": 0', '"spares": 1'));
    try {
      await shop.run('spares');
      const { timings } = (await branch('spared')) as Created & { timings: Record<string, number> };
      assert.equal(timings['database'], undefined, 'no clone had to be made');
      await eventually(async () => {
        const [project = ''] = await readdir(path.join(shop.store, 'projects'));
        const names = await readdir(path.join(shop.store, 'projects', project, 'env'));
        assert.equal(names.length, 2);
      });
    } finally {
      await shop.git('checkout', '--quiet', '--', 'greenroom.jsonc');
      await shop.run('spares');
    }
  });
});
