import assert from 'node:assert/strict';
import { atLeast, parseVersion, readServerInfo } from '../../../server/database/serverInfo.ts';
import { hasReason } from '../../../server/platform/errors.ts';

function info(variables: Record<string, string>) {
  return readServerInfo(new Map(Object.entries(variables)), 'u@h:3306');
}

describe('what a server is', () => {
  it('tells the families apart by what they have, not by what they call themselves', () => {
    assert.equal(info({ version: '10.11.6-log', aria_block_size: '8192' }).flavour, 'mariadb');
    assert.equal(
      info({ version: '5.5.5-10.11.6-MariaDB-log'.slice(6), aria_block_size: '8192' }).flavour,
      'mariadb',
    );
    assert.equal(info({ version: '8.0.36-28 Percona' }).flavour, 'mysql');
  });

  it('refuses servers that are too old, naming what it needs', () => {
    for (const variables of [
      { version: '5.7.44-log' },
      { version: '10.5.23-MariaDB', aria_block_size: '8192' },
      { version: 'unknown' },
    ] as Record<string, string>[])
      assert.throws(
        () => info(variables),
        error => hasReason(error, 'unsupported'),
      );
  });

  it('knows what each can do', () => {
    const mysql = info({ version: '8.0.15' });
    assert.equal(mysql.capabilities.checkConstraints, false);
    assert.equal(mysql.capabilities.renameUnderLock, true);
    assert.equal(mysql.capabilities.nativeJson, true);
    const mariadb = info({ version: '10.6.16-MariaDB', aria_block_size: '8192', log_bin: 'ON' });
    assert.equal(mariadb.capabilities.sequences, true);
    assert.equal(mariadb.capabilities.descendingIndexes, false);
    assert.equal(mariadb.binaryLog, true);
  });

  it('reads and compares versions', () => {
    assert.deepEqual(parseVersion('mariadbd  Ver 10.11.6-MariaDB-0+deb12u1'), [10, 11, 6]);
    assert.equal(parseVersion('none'), undefined);
    assert.equal(atLeast([8, 0, 30], [8, 0, 30]), true);
    assert.equal(atLeast([8, 0, 4], [8, 0, 30]), false);
    assert.equal(atLeast([11, 0, 0], [10, 99, 99]), true);
  });
});
