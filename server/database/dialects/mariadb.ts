import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Dialect } from './dialect.ts';
import { sharedArguments, userArguments } from './shared.ts';

/** MariaDB ≥ 10.6. */
export const mariadbDialect: Dialect = {
  flavour: 'mariadb',

  async initialise(host, binaries, places, settings, signal) {
    // The installer is a shell script that breaks on spaces in names (macOS: "Application Support"): a link has none.
    const shortcut = await mkdtemp(path.join(tmpdir(), 'greenroom-'));
    try {
      await symlink(path.dirname(places.data), path.join(shortcut, 's'));
      const below = (place: string) => path.join(shortcut, 's', path.basename(place));
      await install(
        host,
        binaries,
        { ...places, data: below(places.data), temporary: below(places.temporary) },
        settings,
        signal,
      );
    } finally {
      await rm(shortcut, { recursive: true, force: true });
    }
  },

  startArguments(binaries, places, options) {
    const load = options.mode === 'load';
    return [
      ...sharedArguments(places, options),
      ...(binaries.baseDirectory === undefined ? [] : [`--basedir=${binaries.baseDirectory}`]),
      `--secure-file-priv=${places.noFiles}`,
      '--skip-slave-start',
      '--loose-feedback=OFF',
      // 48 MB keep a clone that has worked hard at about 100 MB resident.
      `--innodb-buffer-pool-size=${load ? '256M' : '48M'}`,
      `--innodb-log-file-size=${load ? '512M' : '8M'}`,
      `--innodb-log-buffer-size=${load ? '32M' : '2M'}`,
      '--innodb-temp-data-file-path=ibtmp1:4M:autoextend',
      `--aria-pagecache-buffer-size=${load ? '16M' : '4M'}`,
      '--aria-log-file-size=8M',
      `--key-buffer-size=${load ? '16M' : '1M'}`,
      '--loose-query-cache-size=0',
      // Of each table that is made, three files' syncs less; as with --innodb-flush-method=nosync, whoever seals makes all of it durable.
      ...(load ? ['--loose-debug-no-sync=ON'] : []),
      '--table-open-cache=400',
      '--table-definition-cache=400',
      '--thread-cache-size=4',
      '--max-connections=100',
    ];
  },

  definerPrivileges: () => 'SET USER',

  isRemade: name => name === 'ibtmp1' || name === 'ib_buffer_pool' || name.endsWith('.pid'),

  tidy: async () => undefined,
};

async function install(
  ...[host, binaries, places, settings, signal]: Parameters<Dialect['initialise']>
): Promise<void> {
  await host.processes.run(
    binaries.installer ?? 'mariadb-install-db',
    [
      '--no-defaults',
      ...userArguments(),
      ...(binaries.baseDirectory === undefined ? [] : [`--basedir=${binaries.baseDirectory}`]),
      `--datadir=${places.data}`,
      `--tmpdir=${places.temporary}`,
      '--auth-root-authentication-method=normal',
      '--skip-test-db',
      '--skip-name-resolve',
      // It gives up where the machine cannot look up its own name, which nothing here needs.
      '--force',
      '--innodb-log-file-size=8M',
      // Who fills the server makes all of it durable, once.
      '--innodb-flush-method=nosync',
      '--loose-debug-no-sync=ON',
      ...(settings === undefined
        ? []
        : [
            `--innodb-page-size=${settings.pageSize}`,
            `--lower-case-table-names=${settings.lowerCaseTableNames}`,
          ]),
    ],
    { cwd: '/', ...(signal && { signal }) },
  );
}
