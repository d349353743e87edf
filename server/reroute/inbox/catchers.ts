import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeFileAtomic } from '../../platform/atomicFile.ts';

/** Programs of an environment's own that stand before the system's. */
export function catcherFiles(inboxDirectory: string): {
  sendmail: string;
  phpIni: string;
  clientOptions: string;
} {
  const directory = path.join(inboxDirectory, 'catch');
  return {
    sendmail: path.join(directory, 'bin', 'sendmail'),
    phpIni: path.join(directory, 'php', 'greenroom.ini'),
    // `MYSQL_HOME` names its directory; the name is fixed.
    clientOptions: path.join(directory, 'client', 'my.cnf'),
  };
}

/** The clone as the command-line clients have to be told of it; its password they find in `MYSQL_PWD`. */
export interface ClientDatabase {
  port: number;
  user: string;
  name: string;
}

/**
 * Writes a `sendmail` that hands over to the inbox, the line that makes PHP's `mail()` use it, and the options with
 * which `mariadb` and `mysql` without arguments open the clone.
 */
export async function writeCatchers(
  inboxDirectory: string,
  smtpPort: number,
  database?: ClientDatabase,
): Promise<void> {
  const files = catcherFiles(inboxDirectory);
  await mkdir(path.dirname(files.sendmail), { recursive: true, mode: 0o755 });
  await mkdir(path.dirname(files.phpIni), { recursive: true, mode: 0o755 });
  const program = fileURLToPath(
    new URL(import.meta.url.endsWith('.ts') ? './sendmail.ts' : './sendmail.js', import.meta.url),
  );
  const quoted = [process.execPath, program].map(part => `'${part.replaceAll("'", "'\\''")}'`).join(' ');
  const script = `#!/bin/sh\nELECTRON_RUN_AS_NODE=1 NODE_NO_WARNINGS=1 exec ${quoted} ${smtpPort} "$@"\n`;
  await writeFileAtomic(files.sendmail, script, 0o755);
  const port = database === undefined ? '' : `mysqli.default_port = ${database.port}\n`;
  await writeFileAtomic(files.phpIni, `sendmail_path = "'${files.sendmail}' -t -i"\n${port}`, 0o644);
  if (database === undefined) return;
  const { user, name } = database;
  const client = `[client]\nhost = 127.0.0.1\nport = ${database.port}\nuser = ${optionValue(user)}\n`;
  await mkdir(path.dirname(files.clientOptions), { recursive: true, mode: 0o755 });
  await writeFileAtomic(files.clientOptions, `${client}[mysql]\ndatabase = ${optionValue(name)}\n`, 0o644);
}

/** Quoted as MariaDB and MySQL read option files: the backslash escapes. */
const optionValue = (text: string): string => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
