import assert from 'node:assert/strict';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { findBinaries } from '../../../server/database/binaries.ts';
import { GreenroomError } from '../../../server/platform/errors.ts';
import { temporaryDirectory, testHost } from '../../support/temporary.ts';

describe('finding a server’s programs', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  beforeEach(async () => {
    directory = await temporaryDirectory();
  });
  afterEach(() => directory.remove());

  const program = async (name: string, says: string, code = 0) => {
    const file = path.join(directory.path, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, `#!/bin/sh\necho '${says}'\nexit ${code}\n`);
    await chmod(file, 0o755);
    return file;
  };
  const refusal = async (flavour: 'mariadb' | 'mysql') => {
    try {
      await findBinaries(testHost(directory.path), flavour, directory.path);
    } catch (error) {
      assert.ok(error instanceof GreenroomError && error.reason === 'binary-missing', String(error));
      return error.items.join('\n');
    }
    throw new Error('it found one');
  };

  it('knows the families by what their programs say, not by the file’s name', async () => {
    const server = await program('sbin/mysqld', 'mysqld  Ver 10.11.6-MariaDB for Linux on x86_64');
    await program('sbin/mariadb-install-db', '');
    const found = await findBinaries(testHost(directory.path), 'mariadb', directory.path);
    assert.equal(found.server, server);
    assert.deepEqual(found.version, [10, 11, 6]);
    assert.match(await refusal('mysql'), /is MariaDB 10\.11\.6/);
  });

  it('reads MySQL’s and its relatives’ versions', async () => {
    await program('bin/mysqld', '/usr/sbin/mysqld  Ver 8.0.36-28 for Linux on x86_64 (Percona Server)');
    const found = await findBinaries(testHost(directory.path), 'mysql', directory.path);
    assert.deepEqual(found.version, [8, 0, 36]);
    assert.equal(found.versionText, '8.0.36-28');
  });

  it('names what it passed over and why', async () => {
    await program('mysqld', 'mysqld  Ver 5.7.44 for Linux');
    assert.match(await refusal('mysql'), /mysqld: is too old: 5\.7\.44/);
    await program('mysqld', 'Segmentation fault', 139);
    assert.match(await refusal('mysql'), /does not tell its version/);
    await program('mariadbd', 'mariadbd  Ver 11.4.2-MariaDB for Linux');
    assert.match(await refusal('mariadb'), /mariadb-install-db/);
  });

  it('looks nowhere else when a directory is configured, and takes the root of an unpacked archive', async () => {
    assert.equal(await refusal('mariadb'), '');
    await program('bin/mariadbd', 'mariadbd  Ver 11.4.2-MariaDB for Linux');
    await program('scripts/mariadb-install-db', '');
    const found = await findBinaries(testHost(directory.path), 'mariadb', directory.path);
    assert.equal(found.baseDirectory, directory.path);
    assert.equal(found.installer, path.join(directory.path, 'scripts/mariadb-install-db'));
  });

  it('finds what is on PATH before the usual places', async () => {
    const server = await program('mysqld', 'mysqld  Ver 8.4.0 for Linux on x86_64');
    const host = testHost(directory.path, { environment: { PATH: `relative:${directory.path}` } });
    assert.equal((await findBinaries(host, 'mysql')).server, server);
  });
});
