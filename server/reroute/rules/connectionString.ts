import type { DatabaseAddress } from '../../database/address.ts';
import type { UrlParts } from './databaseUrl.ts';

/** The parts of `Server=db;Port=3306;Database=shop;Uid=app;Pwd=…`, as .NET and ODBC write it. */
const roles: readonly [keyof UrlParts, RegExp][] = [
  ['host', /^(server|host|data ?source|address|addr)$/i],
  ['port', /^port$/i],
  ['database', /^(database|initial catalog)$/i],
  ['user', /^(uid|user ?id|user ?name|user)$/i],
  ['password', /^(pwd|password)$/i],
];
const encryption =
  /^(ssl ?mode|use ?ssl|encrypt|ssl ?(ca|cert|key)|certificate ?file|certificate ?password)$/i;

interface Field {
  name: string;
  value: string;
  role: keyof UrlParts | undefined;
}

function fields(text: string): Field[] | undefined {
  const parts = text.split(';').filter(part => part.trim() !== '');
  const found = parts.map(part => {
    const at = part.indexOf('=');
    const name = part.slice(0, at).trim();
    return {
      name,
      value: part.slice(at + 1).trim(),
      role: roles.find(([, pattern]) => pattern.test(name))?.[0],
    };
  });
  const has = (role: keyof UrlParts) => found.some(field => field.role === role);
  const isOne = parts.length > 2 && parts.every(part => part.includes('=')) && has('host') && has('user');
  return isOne ? found : undefined;
}

/** `undefined` for anything that is no connection string with a server and a user. */
export function parseConnectionString(text: string): UrlParts | undefined {
  const found = fields(text);
  return (
    found &&
    Object.fromEntries(found.flatMap(({ role, value }) => (role === undefined ? [] : [[role, value]])))
  );
}

/** The same string, pointing at the clone, without encryption: the clone is on loopback. */
export function rewriteConnectionString(text: string, clone: DatabaseAddress): string {
  const found = (fields(text) ?? []).filter(({ name }) => !encryption.test(name));
  const port = String(clone.port);
  const values: UrlParts = {
    host: '127.0.0.1',
    port,
    database: clone.database ?? '',
    user: clone.user,
    password: clone.password ?? '',
  };
  const written = found.map(({ name, value, role }) => `${name}=${(role && values[role]) ?? value}`);
  if (!found.some(({ role }) => role === 'port')) written.push(`Port=${port}`);
  return `${written.join(';')}${/;\s*$/.test(text) ? ';' : ''}`;
}

/** The same string with something else for its password; `undefined` where it has none. */
export function withOtherPassword(text: string, password: string): string | undefined {
  const found = fields(text);
  if (!found?.some(({ role, value }) => role === 'password' && value !== '')) return undefined;
  return text.replace(/((?:^|;)\s*(?:pwd|password)\s*=)[^;]*/gi, `$1${password}`);
}
