import path from 'node:path';
import type { EnvironmentFacts } from './facts.ts';
import { catcherFiles } from './inbox/catchers.ts';

/**
 * What terminals, tasks and `env exec` carry: the clone by the names that frameworks and clients read, the sinks for
 * mail and requests, and which environment this is. With the inbox's directory also a `sendmail` before the system's
 * and PHP's `mail()` turned to it.
 *
 * @param inboxDirectory the environment's `inbox/`
 * @param outside the variables the process would have anyway: `PATH` is put before theirs
 */
export function environmentVariables(
  facts: EnvironmentFacts,
  inboxDirectory?: string,
  outside: Readonly<Record<string, string | undefined>> = {},
): Record<string, string> {
  const { database, smtp, http } = facts;
  const host = '127.0.0.1';
  const port = String(database.port ?? '');
  const password = database.password ?? '';
  const name = database.database ?? '';
  const login = `${encodeURIComponent(database.user)}:${encodeURIComponent(password)}`;
  return {
    GREENROOM_ENVIRONMENT: facts.id,
    GREENROOM_BRANCH: facts.branch,
    GREENROOM_INBOX_URL: http.url,
    ...(facts.siteUrl !== undefined && { GREENROOM_URL: facts.siteUrl, APP_URL: facts.siteUrl }),
    DATABASE_URL: `mysql://${login}@${host}:${port}/${encodeURIComponent(name)}`,
    DB_HOST: host,
    DB_PORT: port,
    DB_DATABASE: name,
    DB_NAME: name,
    DB_USERNAME: database.user,
    DB_USER: database.user,
    DB_PASSWORD: password,
    ...(database.socketPath !== undefined && { DB_SOCKET: database.socketPath }),
    // The command-line clients of MariaDB and MySQL read these.
    MYSQL_HOST: host,
    MYSQL_TCP_PORT: port,
    MYSQL_PWD: password,
    MAIL_HOST: smtp.host,
    MAIL_PORT: String(smtp.port),
    SMTP_HOST: smtp.host,
    SMTP_PORT: String(smtp.port),
    MAILER_DSN: `smtp://${smtp.host}:${smtp.port}`,
    STRIPE_API_BASE: `${http.url}/stripe`,
    ...(inboxDirectory !== undefined && sendmailVariables(inboxDirectory, outside)),
  };
}

function sendmailVariables(
  inboxDirectory: string,
  outside: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const files = catcherFiles(inboxDirectory);
  return {
    // The clients' option file: who they are, and the database; without it they would log in by the system's user name.
    MYSQL_HOME: path.dirname(files.clientOptions),
    PATH: [path.dirname(files.sendmail), outside['PATH']].filter(Boolean).join(path.delimiter),
    // An empty part stands for the directory PHP was built with.
    PHP_INI_SCAN_DIR: `${outside['PHP_INI_SCAN_DIR'] ?? ''}${path.delimiter}${path.dirname(files.phpIni)}`,
  };
}
