import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ScrubRule } from '../../server/scrub/plan.ts';
import { startMariadb, type TestServer } from '../support/mariadb.ts';
import { stopStore } from '../support/stopStore.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { type BenchRow, median } from './row.ts';

export const name = 'scrubCost';

/** Rows in all: `GREENROOM_BENCH_ROWS=300000` for a quick look. */
const rows = Number(process.env['GREENROOM_BENCH_ROWS'] ?? 1_000_000);
const turns = Number(process.env['GREENROOM_BENCH_TURNS'] ?? 3);
const root = path.resolve(import.meta.dirname, '../..');

const keep: ScrubRule = { use: 'keep', reason: 'a benchmark', allow: ['email', 'card'] };
const rules = {
  /** The shop of the base benchmark: 14 % of the columns that hold text are personal. */
  scrubbed: {
    'customers.email': 'email',
    'customers.name': 'fullName',
    'customers.street': 'street',
    'orders.contact': 'email',
    '*.*': keep,
  },
  /** The same with everything that points at a customer, and the notes of half a million orders as free text. */
  'scrubbed, with texts and phones': {
    'customers.email': 'email',
    'customers.name': 'fullName',
    'customers.phone': 'phone',
    'customers.street': 'street',
    'customers.city': 'city',
    'orders.contact': 'email',
    'orders.note': 'text',
    '*.*': keep,
  },
  keep: { '*.*': keep },
} as const;

/** Seconds. */
interface Cost {
  wall: number;
  node: number;
  server: number;
  /** Of these, those of the proof's pass over the base. */
  proofWall: number;
  proofNode: number;
}

/** One build, by the rules named: seconds of the clock, and of processors in the backend and in the private server. */
export async function run(): Promise<BenchRow[]> {
  const directory = await temporaryDirectory();
  const production = await startMariadb(['--innodb-buffer-pool-size=1G', '--innodb-log-file-size=512M']);
  try {
    await production.execute(...shop());
    const costs: Record<keyof typeof rules, Cost[]> = {
      keep: [],
      scrubbed: [],
      'scrubbed, with texts and phones': [],
    };
    // In turns, so that what the machine does besides hits all alike.
    for (let turn = 0; turn < turns; turn++)
      for (const kind of Object.keys(costs) as (keyof typeof rules)[])
        costs[kind].push(await build(directory.path, production, rules[kind]));
    const middle = (kind: keyof typeof rules, of: (cost: Cost) => number) => median(costs[kind].map(of));
    return (['scrubbed', 'scrubbed, with texts and phones'] as const).flatMap(kind =>
      (
        [
          ['wall clock', (cost: Cost) => cost.wall],
          ['wall clock in flight, without the proof’s pass', (cost: Cost) => cost.wall - cost.proofWall],
          ['processor time, backend and private server', (cost: Cost) => cost.node + cost.server],
          ['processor time, backend alone', (cost: Cost) => cost.node],
          ['processor time in flight, backend alone', (cost: Cost) => cost.node - cost.proofNode],
        ] as const
      ).map(([what, of]) => ({
        what: `base build, ${rows / 1e6} M rows, ${kind}: ${what}`,
        ours: middle(kind, of),
        unit: 's',
        peer: { name: 'keep everywhere', value: middle('keep', of) },
        target: 'at most 15 % more',
        note: `${((middle(kind, of) / middle('keep', of) - 1) * 100).toFixed(0)} % more`,
      })),
    );
  } finally {
    await production.stop();
    await directory.remove();
  }
}

function shop(): string[] {
  const orders = Math.floor(rows * 0.45);
  const customers = Math.floor(rows * 0.1);
  const address = "CONCAT('user', n, '@shop-', n % 97, '.de')";
  return [
    'CREATE DATABASE shop CHARACTER SET utf8mb4',
    `CREATE TABLE shop.customers (id INT AUTO_INCREMENT PRIMARY KEY, email VARCHAR(120) NOT NULL, name VARCHAR(80), phone VARCHAR(40), street VARCHAR(80),
       city VARCHAR(60), created DATETIME, balance DECIMAL(12,2), KEY (email), KEY (created))`,
    `INSERT INTO shop.customers SELECT n, ${address}, CONCAT('Vorname', n % 1000, ' Name', n % 7919),
       CONCAT('+', ELT(1 + n % 4, '49 171 ', '41 79 ', '43 664 ', '1 212 '), 1000000 + n * 7), CONCAT('Hauptstr. ', n % 900),
       ELT(1 + n % 4, 'Berlin', 'München', 'Köln', 'Łódź'), '2020-01-01' + INTERVAL n SECOND, n * 1.25 FROM (SELECT seq n FROM shop.seq_1_to_${customers}) s`,
    `CREATE TABLE shop.orders (id INT AUTO_INCREMENT PRIMARY KEY, customer INT NOT NULL, total DECIMAL(10,2), status ENUM('new','paid','sent'),
       contact VARCHAR(120), note VARCHAR(255), created DATETIME, KEY (customer), KEY (created, status))`,
    `INSERT INTO shop.orders SELECT seq, n, seq * 0.37, 1 + seq % 3, ${address}, CONCAT('please ring twice, gate number ', seq % 50,
       ', leave it at the door of the house behind the yard'), '2021-01-01' + INTERVAL seq SECOND FROM (SELECT seq, 1 + seq % ${customers} n FROM shop.seq_1_to_${orders}) s`,
    'CREATE TABLE shop.items (id INT AUTO_INCREMENT PRIMARY KEY, orderNo INT NOT NULL, product VARCHAR(100), description TEXT, price DECIMAL(10,2), quantity SMALLINT, KEY (orderNo))',
    `INSERT INTO shop.items SELECT seq, 1 + seq % ${orders}, CONCAT('Product number ', seq % 5000), REPEAT('a fine product for the house ', 4), seq % 900 + 0.99, seq % 9
       FROM shop.seq_1_to_${rows - orders - customers}`,
  ];
}

async function build(
  directory: string,
  production: TestServer,
  scrub: Record<string, ScrubRule>,
): Promise<Cost> {
  const project = path.join(directory, 'project');
  const store = path.join(directory, 'store');
  await mkdir(path.join(project, 'site'), { recursive: true });
  spawnSync('git', ['init', '-q', project]);
  const config = {
    production: {
      files: { root: path.join(project, 'site') },
      database: { url: `mysql://root@localhost/shop?socketPath=${production.socketPath}` },
    },
    scrub: { rules: scrub },
    environment: { spares: 0 },
  };
  await writeFile(path.join(project, 'greenroom.jsonc'), JSON.stringify(config));
  const bundle = path.join(root, 'dist/cli.js');
  const program = existsSync(bundle) ? bundle : path.join(root, 'server/cli.ts');
  const start = performance.now();
  const child = spawn(process.execPath, [program, 'base', 'build', '--json'], {
    cwd: project,
    env: { ...process.env, GREENROOM_HOME: store },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', chunk => {
    errors = (errors + chunk).slice(-2000);
  });
  const cost: Cost = { wall: 0, node: 0, server: 0, proofWall: 0, proofNode: 0 };
  const samples: { at: number; node: number }[] = [];
  const sampler = setInterval(() => {
    readFile(`/proc/${child.pid}/stat`, 'utf8').then(
      stat => {
        // After the name: user and system ticks of the process, then those of the children that it has waited for.
        const [own = 0, system = 0, theirs = 0, theirSystem = 0] = (stat.split(') ')[1] ?? '')
          .split(' ')
          .slice(11, 15)
          .map(Number);
        cost.node = (own + system) / 100;
        samples.push({ at: Date.now(), node: cost.node });
        cost.server = (theirs + theirSystem) / 100;
      },
      () => undefined,
    );
  }, 20);
  await once(child, 'exit');
  clearInterval(sampler);
  if (child.exitCode !== 0) throw new Error(`base build failed: ${errors}`);
  cost.wall = (performance.now() - start) / 1000;
  const [from, to] = await proofOf(store);
  const nodeAt = (time: number) => samples.findLast(({ at }) => at <= time)?.node ?? 0;
  cost.proofWall = (to - from) / 1000;
  cost.proofNode = nodeAt(to) - nodeAt(from);
  await stopStore(store);
  await rm(store, { recursive: true, force: true });
  return cost;
}

/** When the build's proof began and ended, in milliseconds, by its log. */
async function proofOf(store: string): Promise<[from: number, to: number]> {
  const log = (await readFile(path.join(store, 'logs/cli.log'), 'utf8')).split('\n');
  const timeOf = (message: string) => {
    const line = log.findLast(text => text.includes(` ${message} `));
    if (line === undefined) throw new RangeError(`the log does not say “${message}”`);
    return Date.parse(line.split(' ')[0] ?? '');
  };
  return [timeOf('proving the base'), timeOf('base proved')];
}
