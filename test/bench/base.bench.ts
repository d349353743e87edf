import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { startMariadb, type TestServer } from '../support/mariadb.ts';
import { stopStore } from '../support/stopStore.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { xfsVolume } from '../support/xfs.ts';
import { type BenchRow, median } from './row.ts';

export const name = 'base';

/** Rows in all: `GREENROOM_BENCH_ROWS=500000` for a quick look. */
const rows = Number(process.env['GREENROOM_BENCH_ROWS'] ?? 5_000_000);
const smallTables = 97;
const root = path.resolve(import.meta.dirname, '../..');

/** Build and refresh, scrubbing and proof included, beside mariadb-dump and mydumper; memory; what production feels of it. */
export async function run(): Promise<BenchRow[]> {
  const directory = await temporaryDirectory();
  const bytes = 8_000_000_000 + rows * 2_000;
  const volume = await xfsVolume(bytes);
  const production = await startMariadb([
    '--log-bin=log',
    '--server-id=1',
    '--binlog-format=ROW',
    '--innodb-buffer-pool-size=2G',
    '--innodb-log-file-size=1G',
  ]);
  try {
    await fillProduction(production);
    const project = await makeProject(directory.path, volume.path, production);
    const dump = await seconds(target => ['bash', '-c', dumpAndLoad(production, target)]);
    const mydumper = await seconds(target => [
      'bash',
      '-c',
      mydumperAndLoad(production, target, directory.path),
    ]);
    const build = await ours(project, 'build');
    await production.execute('INSERT INTO shop.small_7 (word) VALUES ("new")');
    const refresh = await ours(project, 'refresh');
    return [
      {
        what: `base build, ${rows / 1e6} M rows, scrubbed and proven`,
        ours: build.seconds,
        unit: 's',
        peer: { name: 'mariadb-dump | mariadb, not scrubbed', value: dump },
        target: 'at least 2 times faster',
      },
      {
        what: '  the same',
        ours: build.seconds,
        unit: 's',
        peer: { name: 'mydumper + myloader, 2 threads', value: mydumper },
        target: 'faster',
      },
      { what: '  backend’s resident memory, peak', ours: build.peakMb, unit: 'MB', target: '≤ 250 MB' },
      {
        what: '  refresh, 1 % of the tables changed',
        ours: refresh.seconds,
        unit: 's',
        peer: { name: 'the build', value: build.seconds },
        target: 'at most a tenth',
      },
      { what: '  refresh: memory, peak', ours: refresh.peakMb, unit: 'MB', target: '≤ 250 MB' },
      ...(await latencies(production, project)),
    ];
  } finally {
    await stopStore(path.join(volume.path, 'store'));
    await production.stop();
    await volume.remove();
    await directory.remove();
  }
}

async function fillProduction(server: TestServer): Promise<void> {
  const orders = Math.floor(rows * 0.45);
  const customers = Math.floor(rows * 0.1);
  const small = Math.max(10, Math.floor((rows * 0.05) / smallTables));
  const items = rows - orders - customers - small * smallTables;
  const statements = [
    'CREATE DATABASE shop CHARACTER SET utf8mb4',
    `CREATE TABLE shop.customers (id INT AUTO_INCREMENT PRIMARY KEY, email VARCHAR(120) NOT NULL, name VARCHAR(80), street VARCHAR(80),
       city VARCHAR(60), created DATETIME, balance DECIMAL(12,2), KEY (email), KEY (created))`,
    `INSERT INTO shop.customers SELECT seq, CONCAT('user', seq, '@shop-', seq % 97, '.de'), CONCAT('Vorname', seq % 1000, ' Name', seq % 7919),
       CONCAT('Hauptstr. ', seq % 900), ELT(1 + seq % 4, 'Berlin', 'München', 'Köln', 'Łódź'), '2020-01-01' + INTERVAL seq SECOND, seq * 1.25
       FROM shop.seq_1_to_${customers}`,
    `CREATE TABLE shop.orders (id INT AUTO_INCREMENT PRIMARY KEY, customer INT NOT NULL, total DECIMAL(10,2), status ENUM('new','paid','sent'),
       contact VARCHAR(120), note VARCHAR(255), created DATETIME, KEY (customer), KEY (created, status))`,
    `INSERT INTO shop.orders SELECT seq, 1 + seq % ${customers}, seq * 0.37, 1 + seq % 3, CONCAT('user', 1 + seq % ${customers}, '@shop-', (1 + seq % ${customers}) % 97, '.de'),
       CONCAT('please ring twice, gate number ', seq % 50, ', leave it at the door of the house behind the yard'), '2021-01-01' + INTERVAL seq SECOND FROM shop.seq_1_to_${orders}`,
    `CREATE TABLE shop.items (id INT AUTO_INCREMENT PRIMARY KEY, orderNo INT NOT NULL, product VARCHAR(100), description TEXT, price DECIMAL(10,2), quantity SMALLINT, KEY (orderNo))`,
    `INSERT INTO shop.items SELECT seq, 1 + seq % ${orders}, CONCAT('Product number ', seq % 5000), REPEAT('a fine product for the house ', 4), seq % 900 + 0.99, seq % 9 FROM shop.seq_1_to_${items}`,
    ...Array.from({ length: smallTables }, (_, table) => [
      `CREATE TABLE shop.small_${table} (id INT AUTO_INCREMENT PRIMARY KEY, word VARCHAR(100), KEY (word))`,
      `INSERT INTO shop.small_${table} SELECT seq, CONCAT('word ', seq) FROM shop.seq_1_to_${small}`,
    ]).flat(),
    "CREATE USER reader@localhost IDENTIFIED BY 'bench-reader'",
    'GRANT SELECT, SHOW VIEW, TRIGGER, EVENT ON shop.* TO reader@localhost',
    // The log is how a refresh knows what has changed.
    'GRANT BINLOG MONITOR, REPLICATION SLAVE ON *.* TO reader@localhost',
  ];
  await server.execute(...statements);
}

interface Project {
  directory: string;
  store: string;
}

async function makeProject(directory: string, volume: string, server: TestServer): Promise<Project> {
  const project = { directory: path.join(directory, 'project'), store: path.join(volume, 'store') };
  await mkdir(path.join(project.directory, 'site'), { recursive: true });
  spawnSync('git', ['init', '-q', project.directory]);
  await configure(project, server);
  return project;
}

async function configure(project: Project, server: TestServer, maxReadRate?: string): Promise<void> {
  const keep = { keep: 'a benchmark' };
  const config = {
    production: {
      files: { root: path.join(project.directory, 'site') },
      database: {
        url: `mysql://reader@localhost/shop?socketPath=${server.socketPath}`,
        password: `\${env:BENCH_PASSWORD}`,
      },
    },
    scrub: {
      rules: {
        'customers.email': 'email',
        'customers.name': 'fullName',
        'customers.street': 'street',
        'orders.contact': 'email',
        '*.*': keep,
      },
    },
    // A spare would be made beside what is measured next.
    environment: { spares: 0 },
    ...(maxReadRate !== undefined && { base: { maxReadRate } }),
  };
  await writeFile(path.join(project.directory, 'greenroom.jsonc'), JSON.stringify(config));
}

function startOurs(project: Project, what: 'build' | 'refresh'): ChildProcess {
  const bundle = path.join(root, 'dist/cli.js');
  const program = existsSync(bundle) ? bundle : path.join(root, 'server/cli.ts');
  return spawn(process.execPath, [program, 'base', what, '--json'], {
    cwd: project.directory,
    env: { ...process.env, GREENROOM_HOME: project.store, BENCH_PASSWORD: 'bench-reader' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
}

/** Seconds from start to end of the command line, and the highest resident memory on the way. */
async function ours(project: Project, what: 'build' | 'refresh') {
  const start = performance.now();
  const child = startOurs(project, what);
  let errors = '';
  child.stderr?.on('data', chunk => {
    errors = (errors + chunk).slice(-2000);
  });
  let peakMb = 0;
  const sampler = setInterval(() => {
    residentMb(child.pid).then(
      value => {
        peakMb = Math.max(peakMb, value);
      },
      () => undefined,
    );
  }, 100);
  await once(child, 'exit');
  clearInterval(sampler);
  if (child.exitCode !== 0) throw new Error(`base ${what} failed: ${errors}`);
  return { seconds: (performance.now() - start) / 1000, peakMb };
}

async function residentMb(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return (Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024) / 1e6;
}

/** Time of a command that fills a fresh server of its own. */
async function seconds(command: (target: TestServer) => string[]): Promise<number> {
  const target = await startMariadb([
    '--innodb-buffer-pool-size=256M',
    '--innodb-log-file-size=512M',
    '--max-allowed-packet=1G',
  ]);
  try {
    await target.execute('CREATE DATABASE shop CHARACTER SET utf8mb4');
    const [program = '', ...parameters] = command(target);
    const start = performance.now();
    const { status, stderr } = spawnSync(program, parameters, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`${program} failed: ${stderr}`);
    return (performance.now() - start) / 1000;
  } finally {
    await target.stop();
  }
}

function dumpAndLoad(from: TestServer, to: TestServer): string {
  return (
    `set -o pipefail; mariadb-dump --no-defaults -S ${from.socketPath} -uroot --single-transaction --quick shop` +
    ` | mariadb --no-defaults -S ${to.socketPath} -uroot shop`
  );
}

function mydumperAndLoad(from: TestServer, to: TestServer, directory: string): string {
  const dump = path.join(directory, 'mydumper');
  return (
    `set -e; mydumper -S ${from.socketPath} -u root -B shop -t 2 -o ${dump} --trx-consistency-only >/dev/null 2>&1;` +
    ` myloader -S ${to.socketPath} -u root -B shop -t 2 -o -d ${dump} >/dev/null 2>&1; rm -rf ${dump}`
  );
}

/** A steady load of small reads and writes in production: alone, beside a build, beside a throttled build. */
async function latencies(server: TestServer, project: Project): Promise<BenchRow[]> {
  const alone = await load(server, async () => {
    await new Promise(resolve => setTimeout(resolve, 5_000));
  });
  const beside = await load(server, () => once(startOurs(project, 'build'), 'exit'));
  await configure(project, server, '10MB');
  const throttled = await load(server, async () => {
    const child = startOurs(project, 'build');
    const timer = setTimeout(() => child.kill('SIGINT'), 20_000);
    await once(child, 'exit');
    clearTimeout(timer);
  });
  const row = (what: string, value: { middle: number; slow: number }): BenchRow => ({
    what,
    ours: value.middle,
    unit: 'ms',
    peer: { name: 'alone', value: alone.middle },
    note: `95th percentile ${value.slow.toFixed(2)} ms, alone ${alone.slow.toFixed(2)} ms`,
  });
  return [
    row('  production’s query during a build', beside),
    row('  production’s query, maxReadRate 10MB', throttled),
  ];
}

async function load(
  server: TestServer,
  during: () => Promise<unknown>,
): Promise<{ middle: number; slow: number }> {
  const session = await server.connection('shop');
  const times: number[] = [];
  let over = false;
  const end = during().finally(() => {
    over = true;
  });
  for (let turn = 1; !over; turn++) {
    const id = 1 + ((turn * 7919) % 1000);
    const start = performance.now();
    await session.query('SELECT * FROM customers WHERE id = ?', [id]);
    await session.query('UPDATE customers SET balance = balance + 1 WHERE id = ?', [id]);
    times.push(performance.now() - start);
    await new Promise(resolve => setTimeout(resolve, 5));
  }
  await end;
  await session.end();
  times.sort((a, b) => a - b);
  return { middle: median(times), slow: times[Math.floor(times.length * 0.95)] ?? Number.NaN };
}
