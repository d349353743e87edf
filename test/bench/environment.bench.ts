import { spawnSync } from 'node:child_process';
import { rm } from 'node:fs/promises';
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

/** From `greenroom env create` to a first query answered, on the demo, step by step; beside dump, load and `cp -a`. */
export async function run(): Promise<BenchRow[]> {
  const root = path.join(tmpdir(), `gr-bench-${process.pid}`);
  const demo = await openDemo(root, () => undefined);
  try {
    const shop = { cwd: demo.repository, variables: demo.variables };
    await greenroom(shop, 'base', 'build');
    const cold = await measure(demo, 7);
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
    return rows;
  } finally {
    await cleanDemo(root);
    await rm(root, { recursive: true, force: true });
  }
}

async function measure(
  demo: Demo,
  times: number,
): Promise<{ all: number; timings: Record<string, number> }[]> {
  const shop = { cwd: demo.repository, variables: demo.variables };
  const measured = [];
  for (let index = 0; index <= times; index++) {
    await systemProcesses.run('git', ['switch', '--quiet', '-C', `bench-${index}`, 'main'], {
      cwd: demo.repository,
    });
    const start = performance.now();
    const { database, timings } = (await greenroom(shop, 'env', 'create')) as Created;
    const session = await createConnection({
      host: '127.0.0.1',
      port: database.port,
      user: database.user,
      password: database.password,
      database: database.name,
    });
    await session.query('SELECT id, email FROM customers LIMIT 1');
    const all = performance.now() - start;
    await session.end();
    await greenroom(shop, 'env', 'destroy', '--now', '--even-if-changed');
    // The first one warms caches and starts the keeper.
    if (index > 0) measured.push({ all, timings });
  }
  return measured;
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
