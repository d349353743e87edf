import { spawnSync } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createConnection } from 'mysql2/promise';
import { systemProcesses } from '../../server/platform/processes.ts';
import { cleanDemo } from '../demo/clean.ts';
import { greenroom } from '../demo/cli.ts';
import { type Demo, openDemo } from '../demo/demo.ts';
import { type BenchRow, median } from './row.ts';

export const name = 'environment';

interface Created {
  database: { port: number; user: string; password: string; name: string };
  timings: Record<string, number>;
}

/** From `greenroom env create` to a first query answered, on the demo, step by step, cold and from a warm spare; beside dump, load and `cp -a`. */
export async function run(): Promise<BenchRow[]> {
  const root = path.join(tmpdir(), `gr-bench-${process.pid}`);
  const demo = await openDemo(root, () => undefined);
  try {
    const shop = { cwd: demo.repository, variables: demo.variables };
    await greenroom(shop, 'base', 'build');
    await setSpares(demo, 0);
    const cold = await measure(demo, 7);
    await setSpares(demo, 1);
    const warm = await measure(demo, 7);
    const peer = await dumpAndCopy(demo);
    const rows: BenchRow[] = [
      {
        what: 'env create to first query, cold',
        ours: median(cold.map(({ all }) => all)),
        unit: 'ms',
        peer: { name: 'mariadb-dump | mariadb + cp -a', value: peer },
        target: '≤ 2000 ms with reflinks, ≤ 5000 ms without',
      },
    ];
    for (const step of new Set(cold.flatMap(({ timings }) => Object.keys(timings))))
      rows.push({
        what: `  backend: ${step}`,
        ours: median(cold.map(({ timings }) => timings[step] ?? 0)),
        unit: 'ms',
      });
    rows.push(
      {
        what: 'env create to first query, from a warm spare',
        ours: median(warm.map(({ all }) => all)),
        unit: 'ms',
        peer: { name: 'cold', value: median(cold.map(({ all }) => all)) },
      },
      {
        what: '  in the backend, and the first query',
        ours: median(warm.map(({ timings, query }) => (timings['total'] ?? Number.NaN) + query)),
        unit: 'ms',
        target: '≤ 300 ms',
      },
    );
    return rows;
  } finally {
    await cleanDemo(root);
    await rm(root, { recursive: true, force: true });
  }
}

interface Measured {
  /** From the start of the command to the answer of the first query, and connecting and asking alone. */
  all: number;
  query: number;
  timings: Record<string, number>;
}

async function measure(demo: Demo, times: number): Promise<Measured[]> {
  const shop = { cwd: demo.repository, variables: demo.variables };
  const measured: Measured[] = [];
  for (let index = 0; index <= times; index++) {
    await systemProcesses.run('git', ['switch', '--quiet', '-C', `bench-${index}`, 'main'], {
      cwd: demo.repository,
    });
    // Makes what the configuration asks for, or nothing.
    await spares(demo);
    const start = performance.now();
    const { database, timings } = (await greenroom(shop, 'env', 'create')) as Created;
    const created = performance.now();
    const session = await createConnection({
      host: '127.0.0.1',
      port: database.port,
      user: database.user,
      password: database.password,
      database: database.name,
    });
    await session.query('SELECT id, email FROM customers LIMIT 1');
    const answered = performance.now();
    await session.end();
    await greenroom(shop, 'env', 'destroy', '--now', '--even-if-changed');
    // The first one warms caches and starts the keeper.
    if (index > 0) measured.push({ all: answered - start, query: answered - created, timings });
  }
  return measured;
}

async function setSpares(demo: Demo, count: number): Promise<void> {
  const file = path.join(demo.repository, 'greenroom.jsonc');
  const text = (await readFile(file, 'utf8')).replace(/"environment": \{ "spares": \d \},\n/, '');
  await writeFile(file, text.replace('{', `{\n"environment": { "spares": ${count} },\n`));
  await spares(demo);
}

/** As the command line does behind an `env create`; it prints nothing. */
async function spares(demo: Demo): Promise<void> {
  await systemProcesses.run(process.execPath, [path.resolve('dist/cli.js'), 'spares'], {
    cwd: demo.repository,
    env: { ...process.env, ...demo.variables },
  });
}

/** What people do today: dump and load into another database of the same server, copy the files. */
async function dumpAndCopy(demo: Demo): Promise<number> {
  const socket = demo.server.socketPath;
  const copy = path.join(demo.root, 'copied');
  const start = performance.now();
  const shell = (script: string) => {
    const { status, stderr } = spawnSync('bash', ['-c', `set -eo pipefail; ${script}`], { encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
  };
  shell(`mariadb --no-defaults -uroot -S '${socket}' -e 'CREATE DATABASE copied'`);
  shell(
    `mariadb-dump --no-defaults -uroot -S '${socket}' --single-transaction shop | mariadb --no-defaults -uroot -S '${socket}' copied`,
  );
  shell(`cp -a '${demo.site}' '${copy}'`);
  const took = performance.now() - start;
  shell(`mariadb --no-defaults -uroot -S '${socket}' -e 'DROP DATABASE copied'`);
  return took;
}
