import { execFile } from 'node:child_process';
import { chmod, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { systemProcesses } from '../../server/platform/processes.ts';
import { seed } from '../demo/seed.ts';
import { configuration, productionOnly, siteFiles, writeFiles } from '../demo/site.ts';
import { startMariadb, type TestServer } from './mariadb.ts';
import { stopStore } from './stopStore.ts';
import { temporaryDirectory } from './temporary.ts';

export interface CliResult<T> {
  code: number;
  /** The parsed object of `--json`. */
  value: T;
  stderr: string;
}

/** A small shop of this test's own: production's database and files, a repository, a store, and the command line over them. */
export interface Shop {
  root: string;
  site: string;
  repository: string;
  store: string;
  server: TestServer;
  variables: Record<string, string>;
  git(...args: string[]): Promise<string>;
  /** Runs a command with `--json`; whatever its exit code. */
  attempt<T = Record<string, unknown>>(...args: string[]): Promise<CliResult<T>>;
  /** Runs a command with `--json` that must succeed. */
  run<T = Record<string, unknown>>(...args: string[]): Promise<T>;
  close(): Promise<void>;
}

export interface ShopOptions {
  customers?: number;
  orders?: number;
  /** Changes `greenroom.jsonc` before it is committed. */
  configure?(text: string): string;
}

/** The command line, as it stands in the checkout. */
export const cliProgram = path.resolve(import.meta.dirname, '../../server/cli.ts');

export async function openShop(options: ShopOptions = {}): Promise<Shop> {
  const directory = await temporaryDirectory();
  const root = directory.path;
  const [site, repository, store] = [
    path.join(root, 'site'),
    path.join(root, 'shop'),
    path.join(root, 'store'),
  ];
  const server = await startMariadb(['--local-infile=1', '--character-set-server=utf8mb4']);
  const variables = {
    GREENROOM_HOME: store,
    SHOP_DB_PASSWORD: 'reader-secret-1',
    SHOP_DEPLOY_PASSWORD: 'deploy-secret-1',
  };
  const git = async (...args: string[]) =>
    (await systemProcesses.run('git', args, { cwd: repository })).stdout.trim();
  const attempt = <T>(...args: string[]) => runCli<T>(repository, variables, args);
  const shop: Shop = {
    root,
    site,
    repository,
    store,
    server,
    variables,
    git,
    attempt,
    async run<T>(...args: string[]) {
      const { code, value, stderr } = await attempt<T>(...args);
      if (code !== 0) throw new Error(`greenroom ${args.join(' ')} ended with ${code}: ${stderr}`);
      return value;
    },
    async close() {
      try {
        await stopStore(store);
      } finally {
        await server.stop();
        await directory.remove();
      }
    },
  };
  try {
    await chmod(root, 0o755);
    await prepareDatabase(server, options);
    await writeFiles(site, {
      ...siteFiles,
      ...productionOnly({ port: server.port, password: 'shop-secret-1' }),
    });
    await mkdir(repository, { recursive: true });
    const configured = configuration(site, server.port).replace(
      '"reroute":',
      '"environment": { "spares": 0 },\n  "reroute":',
    );
    await writeFiles(repository, {
      ...siteFiles,
      'greenroom.jsonc': options.configure?.(configured) ?? configured,
      '.gitignore': '.env\nuploads/\nvar/\n',
    });
    await git('init', '--quiet', '--initial-branch=main');
    await git('config', 'user.name', 'Robin Tester');
    await git('config', 'user.email', 'robin@tester.example');
    await git('config', 'commit.gpgsign', 'false');
    await git('add', '--all');
    await git('commit', '--quiet', '--message', 'The shop');
    return shop;
  } catch (error) {
    await shop.close();
    throw error;
  }
}

async function prepareDatabase(server: TestServer, options: ShopOptions): Promise<void> {
  await server.execute('CREATE DATABASE shop CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci');
  const session = await server.connection('shop');
  try {
    await seed(session, { customers: options.customers ?? 60, orders: options.orders ?? 200 });
  } finally {
    await session.end();
  }
  await server.execute(
    "CREATE USER shop@127.0.0.1 IDENTIFIED BY 'shop-secret-1'",
    'GRANT SELECT, INSERT, UPDATE, DELETE ON shop.* TO shop@127.0.0.1',
    "CREATE USER reader@127.0.0.1 IDENTIFIED BY 'reader-secret-1'",
    'GRANT SELECT, SHOW VIEW, TRIGGER, EVENT, LOCK TABLES ON shop.* TO reader@127.0.0.1',
    "CREATE USER deploy@127.0.0.1 IDENTIFIED BY 'deploy-secret-1'",
    'GRANT ALL PRIVILEGES ON shop.* TO deploy@127.0.0.1',
    'GRANT PROCESS ON *.* TO deploy@127.0.0.1',
  );
}

/** The command line from source, in its own process. */
export function runCli<T>(
  cwd: string,
  variables: Readonly<Record<string, string>>,
  args: readonly string[],
): Promise<CliResult<T>> {
  return new Promise((resolve, reject) => {
    const options = { cwd, env: { ...process.env, ...variables, NODE_OPTIONS: '' }, maxBuffer: 64 << 20 };
    execFile(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', cliProgram, ...jsonFirst(args)],
      options,
      (error, stdout, stderr) => {
        const code = error ? (typeof error.code === 'number' ? error.code : -1) : 0;
        try {
          resolve({ code, value: JSON.parse(stdout || 'null') as T, stderr });
        } catch (cause) {
          reject(
            new Error(`greenroom ${args.join(' ')} printed no JSON: ${stdout.slice(0, 300)} ${stderr}`, {
              cause,
            }),
          );
        }
      },
    );
  });
}

/** `--json` goes before `--`, behind which everything belongs to the command that is run. */
function jsonFirst(args: readonly string[]): string[] {
  const end = args.indexOf('--');
  return end === -1 ? [...args, '--json'] : [...args.slice(0, end), '--json', ...args.slice(end)];
}
