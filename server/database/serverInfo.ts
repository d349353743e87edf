import { GreenroomError } from '../platform/errors.ts';

export type Flavour = 'mariadb' | 'mysql';
export type Version = readonly [number, number, number];

/** What a server says about itself. */
export interface ServerInfo {
  flavour: Flavour;
  version: Version;
  /** As the server writes it: `10.11.6-MariaDB-0+deb12u1`. */
  versionText: string;
  lowerCaseTableNames: 0 | 1 | 2;
  capabilities: Capabilities;
  /** Settings that change what statements mean or what fits; a clone takes them over from production. */
  settings: ServerSettings;
  /** True if the server writes a binary log. */
  binaryLog: boolean;
  maxAllowedPacket: number;
}

export interface Capabilities {
  sequences: boolean;
  systemVersioning: boolean;
  checkConstraints: boolean;
  invisibleColumns: boolean;
  /** MySQL: indexes over expressions, and `DESC` that is more than a word. MariaDB ≥ 10.8 has descending indexes. */
  functionalIndexes: boolean;
  descendingIndexes: boolean;
  /** MySQL's native JSON type; MariaDB's JSON is LONGTEXT with a check. */
  nativeJson: boolean;
  /** `RENAME TABLE` of tables locked by `LOCK TABLES … WRITE` in the same session. */
  renameUnderLock: boolean;
  /** Whether a crash in mid-statement leaves DDL whole or undone. */
  atomicDdl: boolean;
  /** `information_schema.TABLES.UPDATE_TIME` is filled in for InnoDB, and lives until a restart. */
  tableUpdateTime: boolean;
}

export interface ServerSettings {
  lowerCaseTableNames: 0 | 1 | 2;
  pageSize: number;
  sqlMode: string;
  characterSet: string;
  collation: string;
  timeZone: string;
  explicitDefaultsForTimestamp: boolean;
  innodbStrictMode: boolean;
  groupConcatMaxLength: number;
}

/** One query answers all of it; a variable a server does not know is simply not in the answer. */
export const serverVariablesQuery = `SHOW GLOBAL VARIABLES WHERE Variable_name IN (
  'version', 'aria_block_size', 'lower_case_table_names', 'log_bin', 'max_allowed_packet', 'innodb_page_size', 'sql_mode',
  'character_set_server', 'collation_server', 'time_zone', 'system_time_zone', 'explicit_defaults_for_timestamp',
  'innodb_strict_mode', 'group_concat_max_len')`;

/**
 * @param variables rows of {@link serverVariablesQuery} as a map
 * @throws GreenroomError `unsupported` for servers older than MariaDB 10.6 or MySQL 8.0
 */
export function readServerInfo(variables: ReadonlyMap<string, string>, subject: string): ServerInfo {
  const versionText = variables.get('version') ?? '';
  const version = parseVersion(versionText);
  // Only MariaDB has Aria; its version text may have been replaced by the packager or a proxy.
  const flavour: Flavour = variables.has('aria_block_size') ? 'mariadb' : 'mysql';
  const oldest: Version = flavour === 'mariadb' ? [10, 6, 0] : [8, 0, 0];
  if (version === undefined || !atLeast(version, oldest))
    throw new GreenroomError('unsupported', {
      subject,
      detail: `it runs ${flavourName(flavour)} ${versionText}`,
      next: `Greenroom needs ${flavourName(flavour)} ${oldest[0]}.${oldest[1]} or later`,
    });
  const lowerCase = Number(variables.get('lower_case_table_names') ?? 0);
  const lowerCaseTableNames = lowerCase === 1 ? 1 : lowerCase === 2 ? 2 : 0;
  return {
    flavour,
    version,
    versionText,
    lowerCaseTableNames,
    capabilities: capabilitiesOf(flavour, version),
    binaryLog: isOn(variables.get('log_bin')),
    maxAllowedPacket: Number(variables.get('max_allowed_packet') ?? 16_777_216),
    settings: {
      lowerCaseTableNames,
      pageSize: Number(variables.get('innodb_page_size') ?? 16_384),
      sqlMode: variables.get('sql_mode') ?? '',
      characterSet: variables.get('character_set_server') ?? 'utf8mb4',
      collation: variables.get('collation_server') ?? 'utf8mb4_general_ci',
      timeZone: variables.get('time_zone') ?? 'SYSTEM',
      explicitDefaultsForTimestamp: isOn(variables.get('explicit_defaults_for_timestamp')),
      innodbStrictMode: isOn(variables.get('innodb_strict_mode') ?? 'ON'),
      groupConcatMaxLength: Number(variables.get('group_concat_max_len') ?? 1024),
    },
  };
}

function capabilitiesOf(flavour: Flavour, version: Version): Capabilities {
  const mariadb = flavour === 'mariadb';
  const mysqlAt = (...wanted: Version) => !mariadb && atLeast(version, wanted);
  return {
    sequences: mariadb,
    systemVersioning: mariadb,
    checkConstraints: mariadb || mysqlAt(8, 0, 16),
    invisibleColumns: mariadb || mysqlAt(8, 0, 23),
    functionalIndexes: mysqlAt(8, 0, 13),
    descendingIndexes: mariadb ? atLeast(version, [10, 8, 0]) : true,
    nativeJson: !mariadb,
    renameUnderLock: mysqlAt(8, 0, 13),
    atomicDdl: true,
    tableUpdateTime: true,
  };
}

/** The first three numbers of a version text. */
export function parseVersion(text: string): Version | undefined {
  const match = /(\d+)\.(\d+)\.(\d+)/.exec(text);
  return match === null ? undefined : [Number(match[1]), Number(match[2]), Number(match[3])];
}

export function atLeast(version: Version, wanted: Version): boolean {
  for (let index = 0; index < 3; index++) {
    const difference = (version[index] ?? 0) - (wanted[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

export function flavourName(flavour: Flavour): string {
  return flavour === 'mariadb' ? 'MariaDB' : 'MySQL';
}

function isOn(value: string | undefined): boolean {
  return value === 'ON' || value === '1';
}
