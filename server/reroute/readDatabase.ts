import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { GreenroomError } from '../platform/errors.ts';
import type { Setting } from './formats/format.ts';
import { formatOf } from './formats/formatOf.ts';

/** A database that a site's settings name. The password is for the caller's memory only. */
export interface FoundDatabase {
  host: string;
  port: number;
  user: string;
  password: string | undefined;
  name: string;
  file: string;
}

const keys = {
  url: /^(database_url|db_url|mysql_url|jawsdb_url|cleardb_database_url)$/i,
  host: /^(db_?host(name)?|database_?host|mysql_?host|host(name)?|wgdbserver)$/i,
  port: /^(db_?port|database_?port|mysql_?port|port)$/i,
  name: /^(db_?name|db_?database|database_?name|mysql_?database|dbname|database|wgdbname)$/i,
  user: /^(db_?user(name)?|database_?user|mysql_?user|user(name)?|wgdbuser)$/i,
  password: /^(db_?pass(word|wd)?|database_?password|mysql_?password|password|wgdbpassword)$/i,
};

/** The first MySQL or MariaDB database that the settings in these files name; `undefined` where there is none. */
export async function readDatabaseSettings(
  root: string,
  files: readonly string[],
): Promise<FoundDatabase | undefined> {
  for (const file of files) {
    const settings = await settingsOf(root, file);
    const url = settings.find(
      ({ path: names, value }) => keys.url.test(names.at(-1) ?? '') && /^(mysql|mariadb)/.test(value ?? ''),
    );
    const found = (url?.value && fromUrl(url.value, file)) || fromParts(settings, file);
    if (found) return found;
  }
  return undefined;
}

async function settingsOf(root: string, file: string): Promise<Setting[]> {
  const format = formatOf(file);
  if (format === undefined) return [];
  try {
    return format.parse(await readFile(path.join(root, file), 'utf8'), file).settings;
  } catch (error) {
    // A file that cannot be parsed stops the creation of an environment, with line and reason; here it only tells nothing.
    if (error instanceof GreenroomError) return [];
    throw error;
  }
}

function fromUrl(text: string, file: string): FoundDatabase | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const name = decodeURIComponent(url.pathname.slice(1));
  if (name === '') return undefined;
  const { hostname, port, username, password } = url;
  return {
    host: hostname || '127.0.0.1',
    port: Number(port || 3306),
    user: decodeURIComponent(username),
    password: password === '' ? undefined : decodeURIComponent(password),
    name,
    file,
  };
}

/** Settings that stand in one group (the same outer names) and together make an address. */
function fromParts(settings: readonly Setting[], file: string): FoundDatabase | undefined {
  const groups = Map.groupBy(settings, ({ path: names }) => names.slice(0, -1).join('\0'));
  for (const group of groups.values()) {
    const value = (key: RegExp) =>
      group.find(({ path: names, value: text }) => key.test(names.at(-1) ?? '') && text !== undefined)?.value;
    const name = value(keys.name);
    const user = value(keys.user);
    if (!name || !user || value(keys.password) === undefined) continue;
    const [host = '127.0.0.1', portOfHost] = (value(keys.host) ?? '127.0.0.1').split(':');
    const port = Number(value(keys.port) ?? portOfHost ?? 3306);
    return {
      host: host === 'localhost' ? '127.0.0.1' : host,
      port: Number.isInteger(port) ? port : 3306,
      user,
      password: value(keys.password),
      name,
      file,
    };
  }
  return undefined;
}
