import { atLeast } from '../serverInfo.ts';
import type { Dialect } from './dialect.ts';
import { sharedArguments, userArguments } from './shared.ts';

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

  isRemade: name => name === 'ibtmp1' || name === 'ib_buffer_pool' || name.endsWith('.pid'),
};
