import { access, constants, realpath } from 'node:fs/promises';
import path from 'node:path';
import { GreenroomError } from '../platform/errors.ts';
import type { Host } from '../platform/host.ts';
import { atLeast, type Flavour, flavourName, parseVersion, type Version } from './serverInfo.ts';

/** A database server's programs as found on this machine. */
export interface EngineBinaries {
  flavour: Flavour;
  version: Version;
  versionText: string;
  /** The server program, absolute. */
  server: string;
  /** MariaDB's `mariadb-install-db`; MySQL's server initialises itself. */
  installer?: string;
  /** Root of an unpacked archive (`bin/`, `share/` below it), where the programs' built-in paths do not hold. */
  baseDirectory?: string;
}

const serverNames: Record<Flavour, readonly string[]> = {
  mariadb: ['mariadbd', 'mysqld'],
  mysql: ['mysqld'],
};
const usualPlaces = [
  '/usr/sbin',
  '/usr/libexec',
  '/usr/bin',
  '/usr/local/sbin',
  '/usr/local/bin',
  '/usr/local/mysql/bin',
  '/opt/homebrew/bin',
  '/opt/homebrew/opt/mariadb/bin',
  '/opt/homebrew/opt/mysql/bin',
  '/usr/local/opt/mariadb/bin',
  '/usr/local/opt/mysql/bin',
];
const oldest: Record<Flavour, Version> = { mariadb: [10, 6, 0], mysql: [8, 0, 0] };

/**
 * Finds a server of the family: in the configured directory (or its `bin`, `sbin`, `libexec`; nowhere else then),
 * on PATH, in the usual places. A `mysqld` that turns out to be the other family's is passed over.
 *
 * @throws GreenroomError `binary-missing`, with what was found but would not do
 */
export async function findBinaries(
  host: Host,
  flavour: Flavour,
  directory?: string,
): Promise<EngineBinaries> {
  const passedOver: string[] = [];
  const seen = new Set<string>();
  for (const place of placesFor(host, directory)) {
    for (const name of serverNames[flavour]) {
      const server = path.join(place, name);
      if (!(await isExecutable(server))) continue;
      const real = await realpath(server);
      if (seen.has(real)) continue;
      seen.add(real);
      const found = await inspect(host, server, flavour);
      if (typeof found !== 'string') return found;
      passedOver.push(`${server}: ${found}`);
    }
  }
  throw new GreenroomError('binary-missing', {
    subject: `${flavourName(flavour)} server`,
    detail: directory === undefined ? 'not on PATH nor in the usual places' : `not in ${directory}`,
    next: `install the ${flavourName(flavour)} server package, or name its directory in the settings`,
    items: passedOver,
  });
}

function placesFor(host: Host, directory: string | undefined): string[] {
  if (directory !== undefined)
    return ['', 'bin', 'sbin', 'libexec', 'usr/sbin'].map(part => path.join(directory, part));
  const onPath = (host.environment['PATH'] ?? '').split(path.delimiter).filter(part => path.isAbsolute(part));
  return [...onPath, ...usualPlaces];
}

/** The binaries, or why this program will not do. */
async function inspect(host: Host, server: string, flavour: Flavour): Promise<EngineBinaries | string> {
  const { code, stdout } = await host.processes.run(server, ['--no-defaults', '--version'], {
    accept: Array.from({ length: 256 }, (_, exit) => exit),
    timeout: 30_000,
  });
  // `mysqld  Ver 8.0.36 for Linux …`, `mariadbd  Ver 10.11.6-MariaDB-0+deb12u1 for …`
  const versionText = /\bVer\s+(\S+)/.exec(stdout)?.[1];
  const version = parseVersion(versionText ?? '');
  if (code !== 0 || versionText === undefined || version === undefined) return 'does not tell its version';
  const actual: Flavour = /mariadb/i.test(stdout) ? 'mariadb' : 'mysql';
  if (actual !== flavour) return `is ${flavourName(actual)} ${versionText}`;
  if (!atLeast(version, oldest[flavour])) return `is too old: ${versionText}`;
  const installer = flavour === 'mariadb' ? await findInstaller(server) : undefined;
  if (flavour === 'mariadb' && installer === undefined) return 'has no mariadb-install-db beside it';
  const baseDirectory = await archiveRoot(server);
  return {
    flavour,
    version,
    versionText,
    server,
    ...(installer !== undefined && { installer }),
    ...(baseDirectory !== undefined && { baseDirectory }),
  };
}

async function findInstaller(server: string): Promise<string | undefined> {
  const real = await realpath(server);
  const root = path.dirname(path.dirname(real));
  for (const place of [path.dirname(server), path.dirname(real), `${root}/bin`, `${root}/scripts`])
    for (const name of ['mariadb-install-db', 'mysql_install_db'])
      if (await isExecutable(path.join(place, name))) return path.join(place, name);
  return undefined;
}

/** An unpacked archive is not where its programs were built to run: its messages and SQL scripts lie in `share/` itself. */
async function archiveRoot(server: string): Promise<string | undefined> {
  const root = path.dirname(path.dirname(await realpath(server)));
  for (const mark of ['share/english/errmsg.sys', 'scripts/mariadb-install-db'])
    if (await isThere(path.join(root, mark))) return root;
  return undefined;
}

function isExecutable(file: string): Promise<boolean> {
  return isThere(file, constants.X_OK);
}

function isThere(file: string, mode: number = constants.R_OK): Promise<boolean> {
  return access(file, mode).then(
    () => true,
    () => false,
  );
}
