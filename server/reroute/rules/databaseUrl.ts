import type { DatabaseAddress } from '../../database/address.ts';

/** The parts of an address that stand in a URL, a PDO data source name or `host:port`. */
export interface UrlParts {
  host?: string;
  port?: string;
  user?: string;
  password?: string;
  database?: string;
  socketPath?: string;
}

const urlForm =
  /^((?:jdbc:)?(?:mysqli?|mariadb|mysql2|pdo[-_]mysql|mysql\+\w+|mysqlx?)):\/\/(?:([^:@/?#]*)(?::([^@]*))?@)?([^/?#:]*)(?::(\d+))?(?:\/([^?#]*))?(\?[^#]*)?$/i;
const dsnForm = /^(mysql):(.*)$/i;

/** Reads a MySQL or MariaDB URL or data source name; `undefined` for anything else. */
export function parseAnyDatabaseUrl(text: string): UrlParts | undefined {
  const url = urlForm.exec(text);
  if (url) {
    const [, , user, password, host, port, database, query] = url;
    const parameters = new URLSearchParams(query ?? '');
    return {
      ...defined('host', host),
      ...defined('port', port),
      ...defined('user', decode(user) ?? parameters.get('user') ?? undefined),
      ...defined('password', decode(password) ?? parameters.get('password') ?? undefined),
      ...defined('database', decode(database)),
      ...defined('socketPath', parameters.get('unix_socket') ?? parameters.get('socketPath') ?? undefined),
    };
  }
  const dsn = dsnForm.exec(text);
  if (!dsn?.[2]?.includes('=')) return undefined;
  const fields = dsnFields(dsn[2]);
  return {
    ...defined('host', fields['host']),
    ...defined('port', fields['port']),
    ...defined('database', fields['dbname']),
    ...defined('socketPath', fields['unix_socket']),
  };
}

/** The same URL or data source name, pointing at the clone. What concerns encryption goes: the clone is on loopback. */
export function rewriteDatabaseUrl(text: string, clone: DatabaseAddress): string {
  const url = urlForm.exec(text);
  const database = clone.database ?? '';
  if (url) {
    const [, scheme, user, , , , , query] = url;
    const parameters = new URLSearchParams(query ?? '');
    for (const name of [...parameters.keys()])
      if (
        /^(unix_?socket|socket(path)?|ssl.*|tls.*|usessl|requiressl|verifyservercertificate|trust.*)$/i.test(
          name,
        )
      )
        parameters.delete(name);
    const inQuery = user === undefined && parameters.has('user');
    if (inQuery) {
      parameters.set('user', clone.user);
      parameters.set('password', clone.password ?? '');
    }
    // JDBC's drivers want the login in settings of their own, and MariaDB's takes none before the host.
    const elsewhere = user === undefined && /^jdbc:/i.test(scheme ?? '');
    const login =
      inQuery || elsewhere
        ? ''
        : `${encodeURIComponent(clone.user)}:${encodeURIComponent(clone.password ?? '')}@`;
    const rest = parameters.size > 0 ? `?${parameters}` : '';
    return `${scheme}://${login}127.0.0.1:${clone.port}/${encodeURIComponent(database)}${rest}`;
  }
  const dsn = dsnForm.exec(text);
  const {
    host: _host,
    port: _port,
    dbname: _name,
    unix_socket: _socket,
    ...others
  } = dsnFields(dsn?.[2] ?? '');
  const fields = { host: '127.0.0.1', port: String(clone.port), dbname: database, ...others };
  return `${dsn?.[1] ?? 'mysql'}:${Object.entries(fields)
    .map(([name, value]) => `${name}=${value}`)
    .join(';')}`;
}

function dsnFields(text: string): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const part of text.split(';')) {
    const at = part.indexOf('=');
    if (at > 0) fields[part.slice(0, at).trim().toLowerCase()] = part.slice(at + 1);
  }
  return fields;
}

function decode(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  try {
    return decodeURIComponent(text);
  } catch {
    // A bare `%` in a password: the text is what it says.
    return text;
  }
}

function defined<K extends string>(key: K, value: string | undefined): Partial<Record<K, string>> {
  return value === undefined || value === '' ? {} : ({ [key]: value } as Record<K, string>);
}
