import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { writeFileAtomic } from '../../server/platform/atomicFile.ts';
import { errorCode } from '../../server/platform/errors.ts';
import { systemProcesses } from '../../server/platform/processes.ts';
import { cleanDemo } from './clean.ts';
import { type ProductionServer, rootConnection, startServer } from './production.ts';
import { demoSize, seed } from './seed.ts';
import { configuration, productionOnly, siteFiles, writeFiles } from './site.ts';

/** Everything of the demo lies in one directory: production's files and database, the repository, the store. */
export interface Demo {
  root: string;
  site: string;
  database: string;
  repository: string;
  store: string;
  server: ProductionServer;
  /** What a shell must carry to use the demo. */
  variables: Record<string, string>;
}

export function demoRoot(): string {
  const cache = process.env['XDG_CACHE_HOME'] || path.join(homedir(), '.cache');
  return process.env['GREENROOM_DEMO'] ?? path.join(cache, 'greenroom-demo');
}

/** Makes the demo, or starts again the one that is there. A half-made one (killed in the middle) is made anew. */
export async function openDemo(
  root: string,
  report: (step: string) => void,
  size = demoSize,
): Promise<Demo & { rows: number }> {
  const complete = path.join(root, 'complete');
  const paths = {
    site: path.join(root, 'site'),
    database: path.join(root, 'db'),
    repository: path.join(root, 'shop'),
    store: path.join(root, 'store'),
  };
  const made = await readText(complete);
  // What a killed one left may still run.
  if (made === undefined) await cleanDemo(root);
  await mkdir(root, { recursive: true, mode: 0o755 });
  await chmod(root, 0o755);
  const secretsFile = path.join(root, 'secrets.json');
  const secrets = JSON.parse((await readText(secretsFile)) ?? 'null') ?? {
    reader: secret(),
    deploy: secret(),
    shop: secret(),
  };
  await writeFileAtomic(secretsFile, JSON.stringify(secrets));
  const known = made === undefined ? undefined : (JSON.parse(made) as { port: number; rows: number });
  report('starting production’s database');
  const server = await startServer(paths.database, known?.port);
  const variables = {
    GREENROOM_HOME: paths.store,
    SHOP_DB_PASSWORD: secrets.reader,
    SHOP_DEPLOY_PASSWORD: secrets.deploy,
  };
  const demo = { root, ...paths, server, variables };
  if (known) {
    // Another program may have taken the port meanwhile.
    if (known.port !== server.port)
      throw new Error(
        `port ${known.port} of the demo’s database is taken; run "npm start -- --clean" and start again`,
      );
    return { ...demo, rows: known.rows };
  }
  report(
    `seeding ${size.customers.toLocaleString('en')} customers and ${size.orders.toLocaleString('en')} orders`,
  );
  const rows = await seedDatabase(server, secrets, size);
  report('deploying the site and making its repository');
  await writeFiles(paths.site, {
    ...siteFiles,
    ...productionOnly({ port: server.port, password: secrets.shop }),
  });
  await makeRepository(paths.repository, {
    ...siteFiles,
    'greenroom.jsonc': configuration(paths.site, server.port),
    '.gitignore': '.env\nuploads/\nvar/\n',
  });
  await writeFileAtomic(complete, JSON.stringify({ port: server.port, rows }));
  return { ...demo, rows };
}

async function seedDatabase(
  server: ProductionServer,
  secrets: Record<string, string>,
  size: typeof demoSize,
): Promise<number> {
  const root = await rootConnection(server);
  try {
    await root.query('CREATE DATABASE shop CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci');
    await root.query('USE shop');
    const rows = await seed(root, size);
    const account = async (name: string, password: string | undefined, ...grants: string[]) => {
      await root.query('CREATE USER ?@? IDENTIFIED BY ?', [name, '127.0.0.1', password]);
      for (const grant of grants) await root.query(`GRANT ${grant} TO ?@?`, [name, '127.0.0.1']);
    };
    await account('shop', secrets['shop'], 'SELECT, INSERT, UPDATE, DELETE ON shop.*');
    await account(
      'reader',
      secrets['reader'],
      'SELECT, SHOW VIEW, TRIGGER, EVENT, LOCK TABLES ON shop.*',
      'BINLOG MONITOR ON *.*',
    );
    await account('deploy', secrets['deploy'], 'ALL PRIVILEGES ON shop.*', 'PROCESS ON *.*');
    return rows;
  } finally {
    await root.end();
  }
}

async function makeRepository(directory: string, files: Record<string, string>): Promise<void> {
  await writeFiles(directory, files);
  const git = (...args: string[]) => systemProcesses.run('git', args, { cwd: directory });
  await git('init', '--quiet', '--initial-branch=main');
  await git('config', 'user.name', 'Robin Demo');
  await git('config', 'user.email', 'robin@demo.example');
  await git('config', 'commit.gpgsign', 'false');
  await git('add', '--all');
  await git('commit', '--quiet', '--message', 'The Paper Shop');
}

function secret(): string {
  return randomBytes(18).toString('base64url');
}

async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
