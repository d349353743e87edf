import type { DatabaseAddress } from '../../database/address.ts';
import { parseConnectionString, rewriteConnectionString } from './connectionString.ts';
import { parseAnyDatabaseUrl, rewriteDatabaseUrl, type UrlParts } from './databaseUrl.ts';
import {
  type Decision,
  type ForkedFile,
  isSet,
  type NamedSetting,
  type Rule,
  type RuleContext,
} from './rule.ts';
import { placeholder } from './secrets.ts';

type Role = 'host' | 'port' | 'name' | 'user' | 'password' | 'socket' | 'url' | 'driver' | 'tls';

const roles: readonly [Role, RegExp][] = [
  ['host', /^(HOST|HOSTNAME|SERVER|SERVER_NAME|ADDRESS|HOST_NAME)$/],
  ['port', /^(PORT|SERVER_PORT)$/],
  ['name', /^(NAME|DATABASE|DBNAME|DB|DB_NAME|DATABASE_NAME|SCHEMA|BASE)$/],
  ['user', /^(USER|USERNAME|LOGIN|DB_USER|USER_NAME|UID)$/],
  ['password', /^(PASS|PASSWORD|PASSWD|PWD|DB_PASSWORD|USER_PASSWORD)$/],
  ['socket', /^(SOCKET|UNIX_SOCKET|SOCKET_PATH|SOCK)$/],
  ['url', /^(URL|URI|DSN|JDBC_URL|CONNECTION_STRING)$/],
  ['driver', /^(DRIVER|ADAPTER|TYPE|CONNECTION|CLIENT|DIALECT|ENGINE)$/],
  ['tls', /^(SSL|TLS|SSL_MODE|SSLMODE|SSL_CA|SSL_CERT|SSL_KEY|REQUIRE_SSL|USE_SSL)$/],
];
/** `DB_HOST`, `WORDPRESS_DB_HOST`, `DATABASE_SERVER`, `MYSQL_USER`: what stands before says whose. */
const flat = /^((?:[A-Z0-9]+_)*?)(DB|DATABASE|MYSQL|MARIADB|DATASOURCE)_?([A-Z_]+)$/;
const usualOwners =
  /^(|(WORDPRESS|WP|WG|APP|DEFAULT|MAIN|PRIMARY|MASTER|PROD|PRODUCTION|SITE|CRAFT|DRUPAL|JOOMLA|MAGENTO|PRESTASHOP|TYPO3|SPRING|DJANGO|SQL|RDS|JAWSDB|CLEARDB|DOCTRINE|SYMFONY|LARAVEL)_)$/;
const inside =
  /(^|_)(DB|DATABASES?|DOCTRINE|DBAL|CONNECTIONS?|MYSQLI?|MARIADB|DATASOURCES?|SEQUELIZE|TYPEORM|KNEX|PDO|DEFAULT_CONNECTION)(_|$)/;
/** Rails' `config/database.yml`, CodeIgniter's `database.php`: the file itself says what its settings are. */
const databaseFile = /(^|\/)((databases?|db|doctrine|dbal)\.\w+|\.?my\.cnf)$/i;
const others =
  /(^|_)(REDIS|MONGO|MONGODB|PGSQL|POSTGRES|POSTGRESQL|SQLITE|SQLSRV|MSSQL|ORACLE|CACHE|QUEUE|SESSION|ELASTIC\w*|MAIL\w*|SMTP|EMAIL|LDAP|AMQP|RABBITMQ|FTP|SFTP|MEMCACHED?|TESTS?|TESTING)(_|$)/;
const mysqlDriver = /mysql|maria|pdo_mysql|^mysqli$/i;
const otherDriver = /pgsql|postgres|sqlite|sqlsrv|mssql|mongo|oracle|redis/i;

interface Group {
  key: string;
  members: Map<Role, NamedSetting[]>;
  /** Recognised by a usual name, not only by what it holds. */
  usual: boolean;
}

/** Database settings, by their names and by what they hold, go to the clone. */
export const databaseRule: Rule = (file, context) => {
  const decisions = new Map<NamedSetting, Decision>();
  const groups = findGroups(file);
  const anyOurs = groups.some(group => holdsProduction(group, context.facts.productionDatabase));
  for (const group of groups) {
    if (isForeign(group)) continue;
    const ours = holdsProduction(group, context.facts.productionDatabase);
    const another = !ours && isLiteral(group, 'name') && (anyOurs || !group.usual);
    if (ours || (group.usual && !another)) {
      toClone(group, context, decisions, inheritsPort(group, groups));
      nestedEncryption(group, file, context);
    } else if (another && group.members.has('password')) foreignDatabase(group, context, decisions);
  }
  for (const setting of file.named)
    if (!decisions.has(setting)) {
      const decision = byValue(setting, context);
      if (decision) decisions.set(setting, decision);
    }
  return decisions;
};

function findGroups(file: ForkedFile): Group[] {
  const groups = new Map<string, Group>();
  const add = (key: string, role: Role, setting: NamedSetting, usual: boolean) => {
    const group = groups.get(key) ?? { key, members: new Map(), usual };
    group.members.set(role, [...(group.members.get(role) ?? []), setting]);
    groups.set(key, group);
  };
  for (const setting of file.named) {
    const parts = flat.exec(setting.name);
    const flatRole = parts?.[3] === undefined ? undefined : roleOf(parts[3]);
    if (parts && flatRole) {
      // Inside a group of its own (`db.host`, `db.db_name`) the group is what belongs together.
      const owner = setting.path.length > 1 && parts[1] === '' ? '' : `${parts[1]}${parts[2]}`;
      const key = `${setting.path.slice(0, -1).join('.')}|${owner}`;
      add(key, flatRole, setting, usualOwners.test(parts[1] ?? ''));
      continue;
    }
    const role = roleOf(setting.name);
    const usual = inside.test(setting.group) || databaseFile.test(file.file);
    if (role) add(`${setting.path.slice(0, -1).join('.')}|`, role, setting, usual);
  }
  return [...groups.values()];
}

function roleOf(name: string): Role | undefined {
  return roles.find(([, pattern]) => pattern.test(name))?.[0];
}

/** Another kind of service, a test database, or another engine. */
function isForeign(group: Group): boolean {
  const context = group.key.replace(/[^A-Za-z0-9]+/g, '_').toUpperCase();
  if (others.test(context)) return true;
  // PostgreSQL by its socket's directory or its port: what names no engine goes by its place.
  if (/postgres/i.test(literalOf(group, 'host') ?? '') || literalOf(group, 'port') === '5432') return true;
  const driver = literalOf(group, 'driver');
  const url = literalOf(group, 'url');
  if (driver !== undefined && otherDriver.test(driver) && !mysqlDriver.test(driver)) return true;
  return url !== undefined && url !== '' && !parseAnyDatabaseUrl(url) && /^\w[\w+.-]*:/.test(url);
}

function holdsProduction(group: Group, production: DatabaseAddress): boolean {
  const url = literalOf(group, 'url');
  const parts = url === undefined ? undefined : parseAnyDatabaseUrl(url);
  if (parts && pointsAtProduction(parts, production)) return true;
  const host = literalOf(group, 'host');
  return pointsAtProduction(
    {
      ...(host !== undefined && { host: host.replace(/:.*$/, '') }),
      ...pick(group, 'user', 'user'),
      ...pick(group, 'name', 'database'),
      ...pick(group, 'socket', 'socketPath'),
    },
    production,
    // A name alone (`user.name`) says nothing.
    group.usual || group.members.has('host') || group.members.has('password') || group.members.has('socket'),
  );
}

/** By its database name, or by user and place together. */
export function pointsAtProduction(parts: UrlParts, production: DatabaseAddress, named = true): boolean {
  if (named && parts.database !== undefined && parts.database === production.database) return true;
  const samePlace =
    (parts.host !== undefined && sameHost(parts.host, production.host)) ||
    (parts.socketPath !== undefined && parts.socketPath === production.socketPath);
  return samePlace && parts.user !== undefined && parts.user === production.user;
}

function sameHost(host: string, production: string | undefined): boolean {
  const local = (name: string) => /^(localhost|127\.\d+\.\d+\.\d+|::1)$/.test(name);
  const other = production ?? 'localhost';
  return host === other || (local(host) && local(other));
}

function toClone(
  group: Group,
  { facts, files, warn }: RuleContext,
  decisions: Map<NamedSetting, Decision>,
  inherited: boolean,
): void {
  const clone = facts.database;
  const port = String(clone.port);
  const set = (role: Role, value: (setting: NamedSetting) => Decision | undefined) => {
    for (const setting of group.members.get(role) ?? []) {
      if (setting.value === undefined && setting.reads !== undefined && isSet(files, setting.reads)) continue;
      const decision = value(setting);
      if (decision) decisions.set(setting, decision);
    }
  };
  const hasPort = group.members.has('port') || inherited;
  set('host', setting => {
    // WordPress, Joomla and Magento take `host:port`; the others get a port of their own.
    const joined = !hasPort && takesHostAndPort(setting);
    const value = joined ? `127.0.0.1:${port}` : '127.0.0.1';
    const key = portKey(setting);
    return { what: 'database', value, ...(!hasPort && !joined && { beside: { key, value: port } }) };
  });
  // A bare `PORT` beside a database name may be the application's own.
  set('port', ({ value }) =>
    group.usual || value === String(facts.productionDatabase.port ?? 3306)
      ? { what: 'database', value: port }
      : undefined,
  );
  // A schema beside a database name is PostgreSQL's, and means nothing here.
  const names = group.members.get('name') ?? [];
  const isName = ({ name }: NamedSetting) =>
    !/SCHEMA$/.test(name) || names.every(one => /SCHEMA$/.test(one.name));
  set('name', setting => (isName(setting) ? { what: 'database', value: clone.database ?? '' } : undefined));
  set('user', () => ({ what: 'database', value: clone.user }));
  set('password', () => ({ what: 'database', value: clone.password ?? '', secret: true }));
  set('socket', ({ value }) =>
    value === '' ? undefined : { what: 'database', value: clone.socketPath ?? '' },
  );
  set('url', ({ value }) => {
    if (value === '' || (value !== undefined && !parseAnyDatabaseUrl(value))) return undefined;
    const form = value ?? 'mysql://user@host/database';
    return { what: 'database', value: rewriteDatabaseUrl(form, clone), secret: true };
  });
  for (const setting of group.members.get('tls') ?? [])
    if (setting.value !== undefined && !/^(|0|false|off|no|null|disabled?|none)$/i.test(setting.value))
      warn(`${setting.key} (${setting.file}): the clone answers on loopback without encryption`);
}

/** Laravel's `read: { host: […] }`: the port stands in the group around it. */
function inheritsPort(group: Group, all: readonly Group[]): boolean {
  const [place = ''] = group.key.split('|');
  return all.some(other => {
    const [around = ''] = other.key.split('|');
    return around !== '' && place.startsWith(`${around}.`) && other.members.has('port');
  });
}

/** `dialectOptions: { ssl: { … } }`: taking it away would take more than a value. */
function nestedEncryption(group: Group, file: ForkedFile, { warn }: RuleContext): void {
  const [member] = [...group.members.values()][0] ?? [];
  const above = member?.path.slice(0, -1) ?? [];
  const found = file.named.find(
    ({ path }) =>
      above.length > 0 &&
      above.every((part, index) => path[index] === part) &&
      path.slice(above.length, -1).some(part => /^(ssl|tls)$/i.test(part)),
  );
  if (found)
    warn(
      `${found.path.join('.')} (${file.file}): the clone answers on loopback without encryption; a client that insists on it fails`,
    );
}

/** Another database server of production's: nobody gets in from here. */
function foreignDatabase(group: Group, { warn }: RuleContext, decisions: Map<NamedSetting, Decision>): void {
  for (const setting of group.members.get('password') ?? []) {
    if (setting.value === '') continue;
    decisions.set(setting, { what: 'placeholder', value: placeholder, secret: true });
    warn(
      `${setting.key} (${setting.file}): another database than the one Greenroom clones; its password is a placeholder`,
    );
  }
}

function byValue(setting: NamedSetting, { facts }: RuleContext): Decision | undefined {
  const { value } = setting;
  if (value === undefined || value === '') return undefined;
  const production = facts.productionDatabase;
  const string = parseConnectionString(value);
  if (string && pointsAtProduction(string, production))
    return { what: 'database', value: rewriteConnectionString(value, facts.database), secret: true };
  const parts = parseAnyDatabaseUrl(value);
  if (parts) {
    const known = /(^|_)(DATABASE|DB|MYSQL|MARIADB)_?(URL|URI|DSN)$/.test(setting.full);
    if (!known && !pointsAtProduction(parts, production)) return undefined;
    return { what: 'database', value: rewriteDatabaseUrl(value, facts.database), secret: true };
  }
  if (production.password !== undefined && production.password.length >= 6 && value === production.password)
    return { what: 'database', value: facts.database.password ?? '', secret: true };
  // The name of production's database machine; a loopback address could be anything.
  const host = production.host ?? '';
  if (host === '' || /^(localhost|127\.|::1)/.test(host)) return undefined;
  if (value === host) return { what: 'database', value: '127.0.0.1' };
  if (value === `${host}:${production.port ?? 3306}`)
    return { what: 'database', value: `127.0.0.1:${facts.database.port}` };
  return undefined;
}

function takesHostAndPort(setting: NamedSetting): boolean {
  if (/(^|_)WORDPRESS_DB_HOST$/.test(setting.full)) return true;
  if (setting.file.endsWith('.php')) {
    // WordPress's constant, Joomla's property, Magento's connections, MediaWiki's variable. PHP's own functions and
    // PDO take no port in a host.
    if (/(^|\/)wp-config[^/]*\.php$/.test(setting.file)) return setting.key === 'DB_HOST';
    if (/(^|\/)configuration\.php$/.test(setting.file)) return setting.full === 'HOST';
    return /^(WG_DBSERVER|DB_CONNECTION_\w+_HOST)$/.test(setting.full);
  }
  return setting.value !== undefined && /:\d+$/.test(setting.value);
}

/** `DB_HOST` → `DB_PORT`, `hostname` → `port`. */
function portKey(setting: NamedSetting): string {
  const match = /^(.*?)(host_?name|host|server|address)$/i.exec(setting.key);
  const word = match?.[2] ?? 'host';
  const port = word === word.toUpperCase() ? 'PORT' : /^[A-Z]/.test(word) ? 'Port' : 'port';
  return `${match?.[1] ?? ''}${port}`;
}

function literalOf(group: Group, role: Role): string | undefined {
  return group.members.get(role)?.find(setting => setting.value !== undefined)?.value;
}

function isLiteral(group: Group, role: Role): boolean {
  return (literalOf(group, role) ?? '') !== '';
}

function pick<K extends keyof UrlParts>(group: Group, role: Role, key: K): Pick<UrlParts, K> | undefined {
  const value = literalOf(group, role);
  return value === undefined ? undefined : ({ [key]: value } as Pick<UrlParts, K>);
}
