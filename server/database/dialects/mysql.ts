import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../../platform/errors.ts';
import { atLeast } from '../serverInfo.ts';
import type { Dialect } from './dialect.ts';
import { sharedArguments, userArguments } from './shared.ts';

/** All of the file is read into memory at each start: for 32 pages at once it has 10 MB, for the default of 128 it has 17. */
const smallDoublewrite = '--loose-innodb-doublewrite-pages=32';

/** MySQL ≥ 8.0. */
export const mysqlDialect: Dialect = {
  flavour: 'mysql',

  async initialise(host, binaries, places, settings, signal) {
    await host.processes.run(
      binaries.server,
      [
        '--no-defaults',
        '--initialize-insecure',
        ...userArguments(),
        ...(binaries.baseDirectory === undefined ? [] : [`--basedir=${binaries.baseDirectory}`]),
        `--datadir=${places.data}`,
        `--tmpdir=${places.temporary}`,
        '--secure-file-priv=NULL',
        '--loose-mysqlx=0',
        smallDoublewrite,
        // Both, page size and case of names, can only be chosen here.
        ...(settings === undefined
          ? []
          : [
              `--innodb-page-size=${settings.pageSize}`,
              `--lower-case-table-names=${settings.lowerCaseTableNames}`,
            ]),
      ],
      { cwd: '/', ...(signal && { signal }) },
    );
  },

  startArguments(binaries, places, options) {
    const load = options.mode === 'load';
    const { version } = binaries;
    const redo = atLeast(version, [8, 0, 30])
      ? [`--innodb-redo-log-capacity=${load ? '512M' : '8M'}`]
      : [`--innodb-log-file-size=${load ? '512M' : '4M'}`];
    return [
      ...sharedArguments(places, options),
      ...(binaries.baseDirectory === undefined ? [] : [`--basedir=${binaries.baseDirectory}`]),
      '--secure-file-priv=NULL',
      '--loose-mysqlx=0',
      atLeast(version, [8, 0, 26]) ? '--skip-replica-start' : '--skip-slave-start',
      ...redo,
      `--innodb-buffer-pool-size=${load ? '256M' : '64M'}`,
      `--innodb-log-buffer-size=${load ? '32M' : '2M'}`,
      '--innodb-temp-data-file-path=ibtmp1:12M:autoextend',
      // Past a pool this small the system's cache serves; direct reads of the dictionary, one page after the other, are a tenth of
      // a start. Synced all the same.
      ...(load ? [] : ['--innodb-flush-method=fsync']),
      // Fewer to be made and read at each start; eight serve more sessions than may connect.
      '--innodb-rollback-segments=8',
      // The default from 8.4 on: sizes are synced all the same, times are not.
      '--loose-innodb-use-fdatasync=ON',
      smallDoublewrite,
      `--key-buffer-size=${load ? '16M' : '1M'}`,
      `--loose-temptable-max-ram=${load ? '64M' : '16M'}`,
      '--table-open-cache=400',
      '--table-definition-cache=400',
      '--thread-cache-size=4',
      '--max-connections=100',
    ];
  },

  definerPrivileges: version =>
    atLeast(version, [8, 2, 0]) ? 'SET_ANY_DEFINER, ALLOW_NONEXISTENT_DEFINER' : 'SET_USER_ID',

  isRemade: name =>
    name === 'ibtmp1' ||
    name === 'ib_buffer_pool' ||
    name.endsWith('.pid') ||
    isSpareLog(path.basename(name)),

  async tidy(data) {
    await removeMatching(path.join(data, '#innodb_redo'), isSpareLog);
    await removeMatching(data, name => /^#ib_\d+_\d+\.b?dblwr$/.test(name));
  },
};

/** Files of the log that wait to be used: a start removes each and syncs, and makes new ones when it has answered. */
function isSpareLog(name: string): boolean {
  return /^#ib_redo\d+_tmp$/.test(name);
}

async function removeMatching(directory: string, isWanted: (name: string) => boolean): Promise<void> {
  const entries = await readdir(directory).catch((error: unknown) => {
    // Before 8.0.30 the log has no directory.
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  });
  for (const entry of entries) if (isWanted(entry)) await rm(path.join(directory, entry), { force: true });
}
