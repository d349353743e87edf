import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { configSchema } from '../../../server/config/schema.ts';
import { largeFiles } from '../../../server/promotion/guards/largeFiles.ts';
import type { FileChange } from '../../../server/protocol/plan.ts';
import { testHost } from '../../support/temporary.ts';

const config = configSchema.parse({
  production: { files: { root: '/x' }, database: { url: 'mysql://x@y/z' } },
});

async function check(
  files: { path: string; bytes?: number; head?: string; change?: FileChange['change'] }[],
) {
  const heads = new Map(files.map(({ path: name, head }) => [name, head ?? '']));
  const changes = files.map(
    ({ path: name, bytes = 100, change = 'added' }): FileChange => ({
      path: name,
      change,
      bytes,
      binary: false,
      type: 'file',
    }),
  );
  return await largeFiles.check(
    { files: changes, schema: [] },
    {
      host: testHost('/nowhere'),
      config,
      production: undefined,
      head: async (name, bytes) => Buffer.from(heads.get(name) ?? '', 'latin1').subarray(0, bytes),
    },
  );
}

describe('guard large-files', () => {
  it('pauses for big files, archives, backups and dumps, each named', async () => {
    const found = await check([
      { path: 'video.mp4', bytes: 1_000_001 },
      { path: 'site.tar.gz' },
      { path: 'plugins.zip' },
      { path: 'index.php.bak' },
      { path: 'wp-config.php~' },
      { path: 'config_backup_20260101.php' },
      { path: 'backup.sql.gz' },
      { path: 'data.sql', head: '-- MariaDB dump 10.19  Distrib 10.11' },
      { path: 'shop.db', head: 'SQLite format 3\0' },
    ]);
    assert.equal(found.length, 9, found.map(({ message }) => message).join('\n'));
    assert.ok(found.every(({ severity }) => severity === 'review'));
    assert.match(found[0]?.message ?? '', /video\.mp4.*1\.0 MB/);
  });

  it('tells a directory of tools once, with what is in it', async () => {
    const found = await check([
      { path: 'theme/node_modules/a/index.js', bytes: 400_000 },
      { path: 'theme/node_modules/b.js', bytes: 2_000_000 },
      { path: '.git/config' },
    ]);
    assert.deepEqual(
      found.map(({ subject }) => subject),
      ['theme/node_modules', '.git'],
    );
    assert.match(found[0]?.message ?? '', /2 files, 2\.4 MB/);
  });

  it('says nothing about deletions and ordinary names that only look alike', async () => {
    const ordinary = [
      { path: 'big.iso', bytes: 9e9, change: 'deleted' as const },
      { path: 'exactly.bin', bytes: 1_000_000 },
      { path: 'migrations/0001_init.sql', head: 'CREATE TABLE a (id int);' },
      { path: 'src/Backup/BackupService.php' },
      { path: 'lib/Archive.php' },
      { path: 'docs/dump-format.md' },
      { path: 'js/unzip.js' },
      { path: 'vendor/autoload.php' },
      { path: '.gitignore' },
      { path: 'old/index.php' },
      { path: 'images/original.jpg', bytes: 400_000 },
      { path: 'node_modules.md' },
    ];
    assert.deepEqual(await check(ordinary), []);
  });

  it('fires on few of the commits of a real history', async function () {
    this.timeout(400_000);
    // Every change of this repository's own history, as it would have been promoted, commit by commit.
    const root = path.resolve(import.meta.dirname, '../../..');
    const log = execFileSync(
      'git',
      ['-C', root, 'log', '--no-merges', '--diff-filter=AM', '--numstat', '--format=commit %H', '-n', '500'],
      { encoding: 'utf8', maxBuffer: 1 << 28 },
    );
    let commits = 0;
    let fired = 0;
    let files = 0;
    for (const part of log.split(/^commit /m).slice(1)) {
      const names = part
        .split('\n')
        .slice(1)
        .flatMap(line => line.split('\t')[2] ?? [])
        .filter(name => name !== '' && !name.includes('=>'));
      commits++;
      files += names.length;
      const found = await check(names.map(name => ({ path: name })));
      if (found.length > 0) fired++;
    }
    // A shallow clone still has its one commit, with every file of the tree.
    assert.ok(commits > 0 && files > 100, `${commits} commits, ${files} files`);
    assert.ok(fired / commits <= 0.05, `${fired} of ${commits} commits with ${files} files`);
  });
});
