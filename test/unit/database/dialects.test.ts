import assert from 'node:assert/strict';
import type { EngineBinaries } from '../../../server/database/binaries.ts';
import type { StartOptions } from '../../../server/database/dialects/dialect.ts';
import { dialects } from '../../../server/database/dialects/dialects.ts';
import { serverEnvironment } from '../../../server/database/dialects/shared.ts';
import { serverPlaces, socketPathFor } from '../../../server/database/serverFiles.ts';
import type { Flavour, ServerSettings } from '../../../server/database/serverInfo.ts';
import { temporaryDirectory, testHost } from '../../support/temporary.ts';

const places = serverPlaces('/store/clone', '/run/s');
const settings: ServerSettings = {
  lowerCaseTableNames: 1,
  pageSize: 8192,
  sqlMode: 'ANSI_QUOTES',
  characterSet: 'utf8mb4',
  collation: 'utf8mb4_bin',
  timeZone: '+02:00',
  explicitDefaultsForTimestamp: true,
  innodbStrictMode: true,
  groupConcatMaxLength: 2048,
};

function start(flavour: Flavour, options: Partial<StartOptions> = {}): string[] {
  const binaries: EngineBinaries = {
    flavour,
    version: [11, 0, 0],
    versionText: '',
    server: '/usr/sbin/server',
  };
  return dialects[flavour].startArguments(binaries, places, {
    mode: 'clone',
    port: 20_001,
    settings: undefined,
    initFile: undefined,
    ...options,
  });
}

describe('private servers', () => {
  for (const flavour of ['mariadb', 'mysql'] as const) {
    it(`${flavour}: reads no option file, listens on loopback only, and a clone cannot act on the world`, () => {
      const words = start(flavour);
      assert.equal(words[0], '--no-defaults');
      for (const word of [
        '--bind-address=127.0.0.1',
        '--skip-name-resolve',
        '--event-scheduler=OFF',
        '--local-infile=0',
        '--disable-log-bin',
      ])
        assert.ok(words.includes(word), word);
      const files = words.find(word => word.startsWith('--secure-file-priv='));
      assert.equal(
        files,
        flavour === 'mysql' ? '--secure-file-priv=NULL' : '--secure-file-priv=/store/clone/no-files',
      );
    });

    it(`${flavour}: without a port it has no network at all, and only loading takes local data`, () => {
      const words = start(flavour, { mode: 'load', port: 0, initFile: '/store/clone/init.sql' });
      assert.ok(words.includes('--skip-networking'));
      assert.ok(words.includes('--local-infile=1'));
      assert.ok(words.includes('--init-file=/store/clone/init.sql'));
      assert.ok(!words.some(word => word.startsWith('--port')));
    });

    it(`${flavour}: takes over what gives production’s statements their meaning`, () => {
      const words = start(flavour, { settings });
      for (const word of [
        '--lower-case-table-names=1',
        '--innodb-page-size=8192',
        '--sql-mode=ANSI_QUOTES',
        '--collation-server=utf8mb4_bin',
        '--default-time-zone=+02:00',
      ])
        assert.ok(words.includes(word), word);
    });
  }

  it('inherits no secrets; a named time zone goes to the C library', () => {
    const own = { PATH: '/bin', SHOP_DB_PASSWORD: 'hunter2', LISTEN_FDS: '1', TZ: 'UTC' };
    assert.deepEqual(serverEnvironment(own, { ...settings, timeZone: 'Europe/Berlin' }), {
      PATH: '/bin',
      TZ: 'Europe/Berlin',
    });
    assert.deepEqual(serverEnvironment(own, settings), { PATH: '/bin', TZ: 'UTC' });
    assert.deepEqual(serverEnvironment(own, undefined), { PATH: '/bin', TZ: 'UTC' });
  });

  it('sockets have short paths of their own, however deep the store lies', async () => {
    const directory = await temporaryDirectory();
    try {
      const deep = testHost(`${directory.path}/${'long/'.repeat(40)}`);
      const one = await socketPathFor(deep, '/store/one');
      const two = await socketPathFor(deep, '/store/two');
      assert.ok(Buffer.byteLength(one) <= 98, one);
      assert.notEqual(one, two);
      assert.equal(await socketPathFor(deep, '/store/../store/one'), one);
      const near = testHost(directory.path);
      assert.ok((await socketPathFor(near, '/store/one')).startsWith(near.paths.run));
    } finally {
      await directory.remove();
    }
  });
});
