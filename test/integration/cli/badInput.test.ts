import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { systemProcesses } from '../../../server/platform/processes.ts';
import { cliProgram, openShop, runCli, type Shop } from '../../support/shop.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

interface Failed {
  error: { reason: string; message: string; items: string[] };
}

describe('wrong input', () => {
  let shop: Shop;
  before(async () => {
    shop = await openShop();
    await shop.run('base', 'build');
    await shop.git('switch', '--quiet', '-c', 'work');
  });
  after(() => shop.close());

  async function fails(reason: string, code: number, ...args: string[]): Promise<Failed['error']> {
    const result = await shop.attempt<Failed>(...args);
    assert.equal(result.value?.error?.reason, reason, result.stderr);
    assert.equal(result.code, code);
    assert.match(result.value.error.message, /^[A-Z/"].*\. .*\.$/s);
    assert.doesNotMatch(JSON.stringify(result), /reader-secret|deploy-secret|shop-secret/);
    return result.value.error;
  }

  /** Changes the configuration for one attempt. */
  async function configured(change: (text: string) => string, action: () => Promise<unknown>) {
    const file = path.join(shop.repository, 'greenroom.jsonc');
    const text = await readFile(file, 'utf8');
    await writeFile(file, change(text));
    try {
      await action();
    } finally {
      await writeFile(file, text);
    }
  }

  async function nothingLeft() {
    const projects = await readdir(path.join(shop.store, 'projects'));
    for (const project of projects) {
      const environments = await readdir(path.join(shop.store, 'projects', project, 'env')).catch(() => []);
      assert.deepEqual(environments, []);
    }
  }

  it('no repository', async () => {
    const elsewhere = await temporaryDirectory();
    try {
      const { code, value } = await runCli<Failed>(elsewhere.path, shop.variables, ['env', 'create']);
      assert.equal(code, 2);
      assert.equal(value.error.reason, 'no-repository');
    } finally {
      await elsewhere.remove();
    }
  });

  it('no configuration, and one that is not JSON, with its line', async () => {
    const file = path.join(shop.repository, 'greenroom.jsonc');
    await rename(file, `${file}.away`);
    try {
      await fails('configuration-missing', 2, 'diff');
    } finally {
      await rename(`${file}.away`, file);
    }
    await configured(
      text => text.replace('"files": {', '"files" {'),
      async () => {
        const { items } = await fails('configuration-invalid', 2, 'diff');
        assert.match(items[0] ?? '', /greenroom\.jsonc:4:\d+ /);
      },
    );
  });

  it('detached HEAD', async () => {
    await shop.git('switch', '--quiet', '--detach');
    try {
      await fails('detached-head', 1, 'env', 'create');
    } finally {
      await shop.git('switch', '--quiet', 'work');
    }
    await nothingLeft();
  });

  it('no database reachable, wrong password, missing database', async () => {
    await configured(
      text => text.replaceAll(`:${shop.server.port}/`, ':1/'),
      () => fails('database-unreachable', 1, 'base', 'build'),
    );
    const { code, value } = await runCli<Failed>(
      shop.repository,
      { ...shop.variables, SHOP_DB_PASSWORD: 'wrong-secret' },
      ['base', 'build', '--json'],
    );
    assert.equal(code, 1);
    assert.equal(value.error.reason, 'database-denied');
    assert.doesNotMatch(JSON.stringify(value), /wrong-secret/);
    await configured(
      text =>
        text.replace(
          '/shop",\n      "password": "${env:SHOP_DB',
          '/nothing",\n      "password": "${env:SHOP_DB',
        ),
      async () => {
        const failed = await shop.attempt<Failed>('base', 'build');
        assert.ok(['database-missing', 'database-denied'].includes(failed.value.error.reason), failed.stderr);
      },
    );
  });

  it('a secret that is not set is named, not guessed', async () => {
    const { SHOP_DB_PASSWORD: _, ...without } = shop.variables;
    const { code, value } = await runCli<Failed>(shop.repository, without, ['base', 'build']);
    assert.equal(code, 2);
    assert.match(value.error.message, /SHOP_DB_PASSWORD/);
  });

  it('production’s files missing', async () => {
    await configured(
      text => text.replace(shop.site, `${shop.site}-gone`),
      () => fails('files-missing', 1, 'env', 'create'),
    );
    await nothingLeft();
  });

  // Root reads everything: the suite of the ordinary user has this one.
  if (process.getuid?.() !== 0)
    it('production’s files not readable', async () => {
      await chmod(shop.site, 0o000);
      try {
        await fails('files-unreadable', 1, 'env', 'create');
      } finally {
        await chmod(shop.site, 0o755);
      }
      await nothingLeft();
    });

  it('the database server’s programs missing', async () => {
    const empty = path.join(shop.root, 'empty');
    await mkdir(empty);
    await configured(
      text => text.replace('"promoter":', `"binaries": ${JSON.stringify(empty)}, "promoter":`),
      () => fails('binary-missing', 1, 'base', 'build'),
    );
    await rm(empty, { recursive: true });
  });

  it('a column without a rule stops the build with a line to paste, which a command adds', async () => {
    await shop.server.execute('ALTER TABLE shop.customers ADD COLUMN nickname VARCHAR(40) NULL');
    try {
      const { items } = await fails('unclassified', 1, 'base', 'build');
      assert.match(items.join('\n'), /"customers\.nickname": .*,$/);
      await configured(
        text => text,
        async () => {
          const { written } = await shop.run<{ written: string }>('scrub', 'detect', '--write');
          assert.match(await readFile(written, 'utf8'), /"customers\.nickname": /);
          const { uncovered } = await shop.run<{ uncovered: number }>('scrub', 'detect');
          assert.equal(uncovered, 0);
        },
      );
    } finally {
      await shop.server.execute('ALTER TABLE shop.customers DROP COLUMN nickname');
    }
  });

  it('help and version of the program and of a command', async () => {
    for (const [words, said] of [
      [['--help'], /env create[\s\S]*Exit codes/],
      [['--version'], /^\d+\.\d+\.\d+\n$/],
      [['promote', '--help'], /^greenroom promote --plan DIGEST[\s\S]*Apply the plan/],
    ] as const) {
      const { stdout } = await systemProcesses.run(process.execPath, [cliProgram, ...words], { cwd: '/' });
      assert.match(stdout, said);
    }
  });

  it('unknown commands, options and promotions', async () => {
    await fails('usage', 2, 'frobnicate');
    await fails('usage', 2, 'env', 'create', '--nonsense');
    await fails('usage', 2, 'promote');
    await fails('promotion-missing', 2, 'undo', 'never-was');
  });

  it('branch names with slashes, spaces and other letters each get an environment of their own', async () => {
    for (const branch of ['feature/a/b', 'größe-日本', 'x'.repeat(120)]) {
      await shop.git('switch', '--quiet', '-c', branch);
      const first = await shop.run<{ id: string; created: boolean; branch: string }>('env', 'create');
      assert.equal(first.branch, branch);
      assert.equal(first.created, true);
      const again = await shop.run<{ id: string; created: boolean }>('env', 'create');
      assert.deepEqual({ id: again.id, created: again.created }, { id: first.id, created: false });
      await shop.run('env', 'destroy', '--now', '--even-if-changed');
    }
    await shop.git('switch', '--quiet', 'work');
    await nothingLeft();
  });
});
