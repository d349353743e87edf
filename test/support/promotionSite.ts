import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync } from 'node:fs';
import { chmod, lstat, mkdir, readdir, readFile, readlink, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type mysql from 'mysql2/promise';
import { type Config, configSchema } from '../../server/config/schema.ts';
import type { DatabaseAddress } from '../../server/database/address.ts';
import { connect } from '../../server/database/connection.ts';
import { openLedger } from '../../server/evidence/ledger.ts';
import { createOverlay, openOverlay } from '../../server/files/overlay.ts';
import type { Host } from '../../server/platform/host.ts';
import { projectPaths } from '../../server/platform/paths.ts';
import { unattended } from '../../server/platform/progress.ts';
import type { PromotionContext } from '../../server/promotion/context.ts';
import { introspect } from '../../server/schema/introspect.ts';
import { schemaModel } from '../../server/schema/model.ts';
import { testHost } from './temporary.ts';

/** The server that stands in for production's and for the clones. */
export interface SiteServer {
  /** 0: only the socket is open. */
  port: number;
  socketPath: string;
  user: string;
  password?: string;
  execute(...statements: string[]): Promise<void>;
  connection(database?: string): Promise<mysql.Connection>;
}

/** Everything that a context is made of, as JSON: a child process can make the same one. */
export interface SiteSpec {
  directory: string;
  store: string;
  server: { port: number; socketPath: string; user: string; password?: string };
  /** Where the promoter connects, if not to the server itself: a proxy that cuts connections. */
  promoterPort?: number;
  production: string;
  clone: string;
  promotion?: Partial<Record<keyof Config['promotion'], unknown>>;
  exclude?: string[];
  /** Default: `copy`, which needs no mount. */
  driver?: string;
  /** Where the root lies, if not with the rest: a small disk. */
  rootParent?: string;
}

export function rootOf(spec: SiteSpec): string {
  return path.join(spec.rootParent ?? path.join(spec.directory, 'www'), 'site');
}

export function siteOf(spec: SiteSpec): string {
  return openOverlay(testHost(spec.store), overlayOptions(spec)).site;
}

function overlayOptions(spec: SiteSpec) {
  return {
    driver: spec.driver ?? 'copy',
    productionRoot: rootOf(spec),
    directory: path.join(spec.directory, 'overlay'),
  };
}

export const productionTables = [
  `CREATE TABLE customers (id INT NOT NULL AUTO_INCREMENT, email VARCHAR(100) NOT NULL, name VARCHAR(30) NOT NULL,
    note TEXT NULL, code CHAR(8) NOT NULL, PRIMARY KEY (id), UNIQUE KEY email (email), UNIQUE KEY code (code)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`,
  `CREATE TABLE orders (id INT NOT NULL AUTO_INCREMENT, customer_id INT NOT NULL, total DECIMAL(10,2) NOT NULL,
    status ENUM('new','paid','sent') NOT NULL DEFAULT 'new', changed TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
    PRIMARY KEY (id), KEY customer (customer_id), CONSTRAINT orders_customer FOREIGN KEY (customer_id) REFERENCES customers (id)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`,
  `CREATE TABLE old_log (id INT NOT NULL AUTO_INCREMENT, order_id INT NOT NULL, line VARCHAR(200) NOT NULL, PRIMARY KEY (id),
    KEY order_id (order_id), CONSTRAINT log_order FOREIGN KEY (order_id) REFERENCES orders (id)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`,
  `CREATE TABLE audit (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, what VARCHAR(100) NOT NULL) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`,
  `CREATE TRIGGER \`customers_audit\` AFTER UPDATE ON \`customers\` FOR EACH ROW INSERT INTO audit (what) VALUES (CONCAT('customer ', NEW.id))`,
  `CREATE VIEW totals AS SELECT customer_id, SUM(total) AS total FROM orders GROUP BY customer_id`,
  `CREATE PROCEDURE sweep() DELETE FROM audit WHERE id < 0`,
];
const rows = [
  `INSERT INTO customers (email, name, note, code) VALUES ('a@x.test','Ada','first','AAAA0001'),('b@x.test','Bob',NULL,'BBBB0002'),('c@x.test','Cy','third','CCCC0003')`,
  `INSERT INTO orders (customer_id, total, status, changed) VALUES (1,10.50,'paid','2026-01-01 10:00:00'),(2,20,'new','2026-01-02 10:00:00'),(1,5.25,'sent','2026-01-03 10:00:00')`,
  `INSERT INTO old_log (order_id, line) VALUES (1,'made'),(1,'paid'),(3,'sent')`,
];
/** One of everything: columns that come, go and narrow, a table that goes, one that comes, keys, view, trigger, routine. */
export const environmentChanges = [
  `ALTER TABLE customers DROP COLUMN note, DROP INDEX code, DROP COLUMN code, MODIFY name VARCHAR(60) NOT NULL, ADD COLUMN vip TINYINT NOT NULL DEFAULT 0`,
  `ALTER TABLE orders MODIFY total DECIMAL(10,1) NOT NULL, ADD COLUMN priority INT NOT NULL DEFAULT 0, ADD KEY status_priority (status, priority)`,
  `DROP TABLE old_log`,
  `CREATE TABLE tags (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, order_id INT NOT NULL, tag VARCHAR(20) NOT NULL,
    KEY order_id (order_id), CONSTRAINT tags_order FOREIGN KEY (order_id) REFERENCES orders (id)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`,
  `CREATE OR REPLACE VIEW totals AS SELECT customer_id, SUM(total) AS total, MAX(priority) AS priority FROM orders GROUP BY customer_id`,
  `DROP TRIGGER customers_audit`,
  `CREATE TRIGGER \`customers_audit\` AFTER UPDATE ON \`customers\` FOR EACH ROW INSERT INTO audit (what) VALUES (CONCAT('customer! ', NEW.id))`,
  `DROP PROCEDURE sweep`,
];

/** A production of its own on a shared server, with an environment cut from it (the driver `copy` needs no mount). */
export async function makeSite(
  server: SiteServer,
  directory: string,
  name: string,
  extra: Partial<SiteSpec> = {},
): Promise<SiteSpec> {
  const spec: SiteSpec = {
    directory: path.join(directory, name),
    store: path.join(directory, name, 'store'),
    server: {
      port: server.port,
      socketPath: server.socketPath,
      user: server.user,
      ...(server.password !== undefined && { password: server.password }),
    },
    production: `p_${name}`,
    clone: `e_${name}`,
    ...extra,
  };
  const root = rootOf(spec);
  await mkdir(path.join(root, 'lib'), { recursive: true });
  await mkdir(path.join(root, 'gone', 'deep'), { recursive: true });
  await mkdir(path.join(root, 'cache'), { recursive: true });
  await writeFile(path.join(root, 'index.php'), '<?php\n// one\necho "hello";\n');
  await writeFile(path.join(root, 'lib', 'a.php'), '<?php\nreturn 1;\n', { mode: 0o640 });
  await writeFile(path.join(root, 'gone', 'deep', 'x.txt'), 'x\n');
  await writeFile(path.join(root, 'gone', 'y.txt'), 'y\n');
  await writeFile(path.join(root, 'logo.bin'), Buffer.from([0, 1, 2, 3, 255]));
  await writeFile(path.join(root, 'cache', 'page'), 'cached\n');
  await symlink('index.php', path.join(root, 'home.php'));
  await chmod(path.join(root, 'index.php'), 0o644);
  await server.execute(`CREATE DATABASE ${spec.production}`, `CREATE DATABASE ${spec.clone}`);
  const session = await server.connection(spec.production);
  for (const sql of [...productionTables, ...rows]) await session.query(sql);
  await session.query(`USE ${spec.clone}`);
  for (const sql of [...productionTables, ...rows]) await session.query(sql);
  await session.end();
  const repository = path.join(spec.directory, 'repo');
  await mkdir(repository, { recursive: true });
  const git = (...args: string[]) => execFileSync('git', ['-C', repository, ...args], { stdio: 'pipe' });
  git('init', '-q', '-b', 'main');
  git('config', 'user.name', 'Tess Ter');
  git('config', 'user.email', 'tess@example.test');
  git('commit', '-q', '--allow-empty', '-m', 'start');
  const host = testHost(spec.store);
  const connection = await connect(host, cloneAddress(spec));
  await writeFile(
    path.join(spec.directory, 'base.json'),
    // As the base build leaves it: the clone's account is everyone's definer.
    JSON.stringify(await introspect(connection, spec.clone)).replaceAll(
      /"definer":"[^"]+"/g,
      `"definer":"'greenroom'@'%'"`,
    ),
  );
  await connection.close();
  await mkdir(path.join(spec.directory, 'overlay'), { recursive: true });
  await createOverlay(host, overlayOptions(spec), unattended);
  return spec;
}

/** The changes of an engineer: files of every kind, and (unless told otherwise) the whole of {@link environmentChanges}. */
export async function editEnvironment(
  server: SiteServer,
  spec: SiteSpec,
  schema: readonly string[] = environmentChanges,
): Promise<void> {
  const site = siteOf(spec);
  const { rm } = await import('node:fs/promises');
  await writeFile(path.join(site, 'index.php'), '<?php\n// two\necho "hello, world";\n');
  await writeFile(path.join(site, 'lib', 'b.php'), '<?php\nreturn 2;\n');
  await rm(path.join(site, 'gone'), { recursive: true });
  await rm(path.join(site, 'home.php'));
  await symlink('lib/b.php', path.join(site, 'home.php'));
  await mkdir(path.join(site, 'new', 'dir'), { recursive: true });
  await writeFile(path.join(site, 'new', 'dir', 'z.txt'), 'z\n');
  await writeFile(path.join(site, 'logo.bin'), Buffer.from([0, 9, 9, 255]));
  const session = await server.connection(spec.clone);
  for (const sql of schema) await session.query(sql);
  await session.end();
}

export async function contextOf(
  spec: SiteSpec,
  overrides: Partial<Host> = {},
): Promise<PromotionContext & { lines: string[] }> {
  const host = testHost(spec.store, overrides);
  const overlay = openOverlay(host, overlayOptions(spec));
  const identity = { name: 'Tess Ter', email: 'tess@example.test' };
  const account = accountOf(spec);
  const address: DatabaseAddress = {
    ...account,
    ...(spec.server.port === 0
      ? { socketPath: spec.server.socketPath }
      : { host: '127.0.0.1', port: spec.server.port }),
    database: spec.production,
  };
  const config = configSchema.parse({
    production: {
      files: { root: rootOf(spec), exclude: spec.exclude ?? ['cache/**'] },
      database: { url: `mysql://root@127.0.0.1:${spec.server.port}/${spec.production}` },
    },
    promotion: { lockWait: '1s', ...spec.promotion },
  });
  const repositoryRoot = path.join(spec.directory, 'repo');
  return {
    lines: host.lines,
    host,
    config,
    paths: projectPaths(host.paths, 'test'),
    projectId: 'test',
    repositoryRoot,
    identity,
    production: {
      root: rootOf(spec),
      reader: address,
      promoter:
        spec.promoterPort === undefined
          ? address
          : { ...account, host: '127.0.0.1', port: spec.promoterPort, database: spec.production },
    },
    ledger: await openLedger(host, { repositoryRoot, identity }),
    environment: {
      record: { id: 'env-1', branch: 'feature', forkedFiles: [] },
      overlay: { site: overlay.site, changedEntries: () => overlay.changedEntries() },
      clone: cloneAddress(spec),
      baseSchema: async () =>
        schemaModel.parse(JSON.parse(await readFile(path.join(spec.directory, 'base.json'), 'utf8'))),
      choicesFile: path.join(spec.directory, 'env', 'choices.json'),
    },
    scratchClone: async () => scratch(spec),
  };
}

/** Stands in for a clone of the sealed generation: the same tables and rows in a database of their own. */
async function scratch(spec: SiteSpec) {
  const name = `s_${createHash('sha256').update(`${spec.directory}${process.pid}${performance.now()}`).digest('hex').slice(0, 12)}`;
  const host = testHost(spec.store);
  const connection = await connect(host, { ...cloneAddress(spec), database: 'mysql' });
  await connection.execute(`CREATE DATABASE ${name}`);
  await connection.execute(`USE ${name}`);
  for (const sql of [...productionTables, ...rows]) await connection.execute(sql);
  return {
    address: { ...cloneAddress(spec), database: name },
    destroy: async () => {
      await connection.execute(`DROP DATABASE ${name}`);
      await connection.close();
    },
  };
}

function cloneAddress(spec: SiteSpec): DatabaseAddress {
  return { ...accountOf(spec), socketPath: spec.server.socketPath, database: spec.clone };
}

function accountOf({ server: { user, password } }: SiteSpec) {
  return { user, ...(password !== undefined && { password }) };
}

/** Production to the last byte: files with their metadata, schema as the server prints it, every row. */
export interface Picture {
  files: Record<string, string>;
  schema: Record<string, string>;
  rows: Record<string, string>;
}

export async function picture(server: SiteServer, spec: SiteSpec): Promise<Picture> {
  const files: Record<string, string> = {};
  const root = rootOf(spec);
  for (const name of (await readdir(`${root}/`, { recursive: true })).sort()) {
    const file = path.join(root, name);
    const stats = await lstat(file, { bigint: true });
    const what = stats.isSymbolicLink()
      ? `link ${await readlink(file)}`
      : stats.isFile()
        ? `file ${createHash('sha256')
            .update(await readFile(file))
            .digest('hex')} ${stats.mtimeNs}`
        : 'directory';
    files[name] = `${stats.mode.toString(8)} ${stats.uid}:${stats.gid} ${what}`;
  }
  const session = await server.connection(spec.production);
  const all = async (sql: string) =>
    (await session.query<never[]>({ sql, rowsAsArray: true }))[0] as unknown[][];
  const schema: Record<string, string> = {};
  const rowsOf: Record<string, string> = {};
  for (const [name, type] of (await all('SHOW FULL TABLES')) as string[][]) {
    schema[`${type} ${name}`] = String((await all(`SHOW CREATE TABLE \`${name}\``))[0]?.[1]).replace(
      / AUTO_INCREMENT=\d+/,
      '',
    );
    if (type === 'BASE TABLE')
      rowsOf[name ?? ''] = JSON.stringify(await all(`SELECT * FROM \`${name}\` ORDER BY 1`));
  }
  for (const [name] of (await all('SHOW TRIGGERS')) as string[][])
    schema[`trigger ${name}`] = String((await all(`SHOW CREATE TRIGGER \`${name}\``))[0]?.[2]);
  for (const [, name] of (await all(`SHOW PROCEDURE STATUS WHERE Db = '${spec.production}'`)) as string[][])
    schema[`procedure ${name}`] = String((await all(`SHOW CREATE PROCEDURE \`${name}\``))[0]?.[2]);
  await session.end();
  return { files, schema, rows: rowsOf };
}

/** Without what Greenroom keeps. */
export function visible(picture: Picture): Picture {
  const without = (part: Record<string, string>) =>
    Object.fromEntries(Object.entries(part).filter(([name]) => !name.includes('_greenroom_')));
  return { files: picture.files, schema: without(picture.schema), rows: without(picture.rows) };
}

export function copyTree(from: string, to: string): void {
  if (existsSync(from)) cpSync(from, to, { recursive: true, preserveTimestamps: true });
}
