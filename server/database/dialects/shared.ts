import { userInfo } from 'node:os';
import type { ServerSettings } from '../serverInfo.ts';
import type { ServerPlaces, StartOptions } from './dialect.ts';

/** The server refuses to run as root unless told so by name; as anyone else the option only makes it warn. */
export function userArguments(): string[] {
  return process.getuid?.() === 0 ? [`--user=${userInfo().username}`] : [];
}

/** Arguments that both families know. `--no-defaults` has to stand first: no option file of the machine is read. */
export function sharedArguments(places: ServerPlaces, options: StartOptions): string[] {
  const load = options.mode === 'load';
  return [
    '--no-defaults',
    ...userArguments(),
    `--datadir=${places.data}`,
    `--tmpdir=${places.temporary}`,
    `--socket=${places.socketPath}`,
    `--pid-file=${places.pidFile}`,
    ...(options.port === 0
      ? ['--skip-networking']
      : [`--port=${options.port}`, '--bind-address=127.0.0.1', '--skip-name-resolve']),
    ...(options.initFile === undefined ? [] : [`--init-file=${options.initFile}`]),
    '--disable-log-bin',
    `--local-infile=${load ? 1 : 0}`,
    // OFF, not DISABLED: events are part of the schema and must be creatable. No account of a clone may switch it on.
    '--event-scheduler=OFF',
    '--max-allowed-packet=1G',
    // `loose-`: for thrift only; a build that lacks the option may go without.
    '--loose-innodb-buffer-pool-dump-at-shutdown=OFF',
    '--loose-innodb-buffer-pool-load-at-startup=OFF',
    '--loose-innodb-use-native-aio=OFF',
    '--loose-innodb-read-io-threads=1',
    '--loose-innodb-write-io-threads=2',
    '--loose-innodb-purge-threads=1',
    '--loose-performance-schema=OFF',
    '--loose-skip-external-locking',
    // Unreachable from outside: trust in who may create routines is a question for production.
    '--loose-log-bin-trust-function-creators=1',
    ...(load
      ? [
          '--innodb-flush-log-at-trx-commit=0',
          '--innodb-doublewrite=0',
          '--innodb-fast-shutdown=0',
          // Indexes are sorted in few runs; each index of an ALTER has such a buffer.
          '--innodb-sort-buffer-size=16M',
          // Whoever seals what was loaded makes all of it durable, once.
          '--innodb-flush-method=nosync',
        ]
      : ['--innodb-flush-log-at-trx-commit=2']),
    ...settingArguments(options.settings),
  ];
}

/** What makes statements mean the same as in production. */
function settingArguments(settings: ServerSettings | undefined): string[] {
  if (settings === undefined) return [];
  return [
    `--lower-case-table-names=${settings.lowerCaseTableNames}`,
    `--innodb-page-size=${settings.pageSize}`,
    `--sql-mode=${settings.sqlMode}`,
    `--character-set-server=${settings.characterSet}`,
    `--collation-server=${settings.collation}`,
    `--explicit-defaults-for-timestamp=${settings.explicitDefaultsForTimestamp ? 1 : 0}`,
    `--innodb-strict-mode=${settings.innodbStrictMode ? 1 : 0}`,
    `--group-concat-max-len=${settings.groupConcatMaxLength}`,
    ...(/^[+-]\d\d:\d\d$/.test(settings.timeZone) ? [`--default-time-zone=${settings.timeZone}`] : []),
  ];
}

const passedOn = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'LANG',
  'LC_ALL',
  'TZ',
  'LD_LIBRARY_PATH',
  'DYLD_LIBRARY_PATH',
];

/**
 * The environment of a server that may outlive this process by days: none of this process's secrets, nothing that a
 * service manager meant for us. A named time zone would need tables that a fresh server lacks; the C library knows it
 * by the TZ variable.
 */
export function serverEnvironment(
  own: Readonly<Record<string, string | undefined>>,
  settings: ServerSettings | undefined,
): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of passedOn) {
    const value = own[name];
    if (value !== undefined) kept[name] = value;
  }
  const zone = settings?.timeZone ?? 'SYSTEM';
  return zone === 'SYSTEM' || /^[+-]/.test(zone) ? kept : { ...kept, TZ: zone };
}
