import { GreenroomError } from '../platform/errors.ts';

/** How to reach a database server, and which database on it. The password never leaves this object as text. */
export interface DatabaseAddress {
  host?: string;
  port?: number;
  /** A Unix socket; used instead of host and port. */
  socketPath?: string;
  user: string;
  password?: string;
  database?: string;
  /** `required`: encrypted, any certificate; `verified`: encrypted, certificate and name checked. Absent: plain. */
  tls?: 'required' | 'verified';
  /** PEM file of the authority that signs the server's certificate. */
  tlsAuthorityFile?: string;
}

/**
 * Reads `mysql://user:password@host:port/database?socketPath=…&tls=required|verified&ca=FILE` (`mariadb://` too).
 * User, password and database are percent-decoded.
 *
 * @param password takes precedence over one in the URL
 * @throws GreenroomError `configuration-invalid`; the URL itself is not repeated, it may hold a password
 */
export function parseDatabaseUrl(url: string, password?: string): DatabaseAddress {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    throw invalid('it is not a URL of the form mysql://user@host:port/database');
  }
  if (parsed.protocol !== 'mysql:' && parsed.protocol !== 'mariadb:')
    throw invalid(`its scheme is "${parsed.protocol.slice(0, -1)}", not "mysql" or "mariadb"`);
  const user = decode(parsed.username);
  if (user === '') throw invalid('it names no user');
  const segments = parsed.pathname.split('/').slice(1);
  if (segments.length > 1 && segments.slice(1).some(segment => segment !== ''))
    throw invalid('it has more than a database name after the host');
  const database = decode(segments[0] ?? '');
  const secret = password ?? decode(parsed.password);
  const socketPath = parsed.searchParams.get('socketPath') ?? parsed.searchParams.get('socket');
  const tls = parsed.searchParams.get('tls');
  if (tls !== null && tls !== 'required' && tls !== 'verified' && tls !== 'off')
    throw invalid('tls is "required", "verified" or "off"');
  const authority = parsed.searchParams.get('ca');
  return {
    ...(socketPath ? { socketPath } : { host: hostName(parsed.hostname), port: Number(parsed.port || 3306) }),
    user,
    ...(secret !== '' && { password: secret }),
    ...(database !== '' && { database }),
    ...(tls !== null && tls !== 'off' && { tls }),
    ...(authority && { tlsAuthorityFile: authority }),
  };
}

/** `user@127.0.0.1:3306/shop`: for people, without the password. */
export function describeAddress(address: DatabaseAddress): string {
  const place =
    address.socketPath ?? `${bracketed(address.host ?? '127.0.0.1')}:${String(address.port ?? 3306)}`;
  return `${address.user}@${place}${address.database === undefined ? '' : `/${address.database}`}`;
}

function hostName(host: string): string {
  if (host === '') return '127.0.0.1';
  return decode(host.startsWith('[') ? host.slice(1, -1) : host);
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalid('it has a percent sign that encodes nothing');
  }
}

function invalid(detail: string): GreenroomError {
  return new GreenroomError('configuration-invalid', { subject: 'database URL', detail });
}
