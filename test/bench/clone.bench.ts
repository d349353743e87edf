import { cp, readFile, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { DatabaseAddress } from '../../server/database/address.ts';
import { findBinaries } from '../../server/database/binaries.ts';
import {
  type Clone,
  createClone,
  destroyClone,
  type SealedData,
  startClone,
  stopClone,
} from '../../server/database/clone.ts';
import { connect } from '../../server/database/connection.ts';
import { startServer, stopServer } from '../../server/database/privateServer.ts';
import type { Host } from '../../server/platform/host.ts';
import { mapLimit } from '../../server/platform/parallel.ts';
import { pickPort } from '../../server/platform/ports.ts';
import { unattended } from '../../server/platform/progress.ts';
import { hasMysql, mysqlDirectory } from '../support/mysql.ts';
import { makeSealed } from '../support/sealed.ts';
import { temporaryDirectory, testHost } from '../support/temporary.ts';
import { xfsVolume } from '../support/xfs.ts';
import { type BenchRow, median } from './row.ts';

export const name = 'clone';

/** Gigabytes of data; `GREENROOM_BENCH_SIZES=0.1,1,8` for all that was promised. */
const sizes = (process.env['GREENROOM_BENCH_SIZES'] ?? '0.1,1').split(',').map(Number);
const many = 40;

/**
 * The clone alone, from request to a first query answered: on an XFS image with reflinks, and on the file system of the
 * temporary directory, where blocks are copied. The peer is `cp -a` of the same data and a start of the same server.
 */
export async function run(): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  const largest = Math.max(...sizes);
  const volume = await xfsVolume(largest * 3e9 + 4e9);
  const plain = await temporaryDirectory();
  try {
    const medians: number[] = [];
    for (const size of sizes) {
      const host = testHost(path.join(volume.path, 'store'));
      const source = await filled(host, path.join(volume.path, `base-${size}`), size);
      const { row, disk, memory, wake, sleep } = await life(
        host,
        source,
        volume.path,
        `${size} GB`,
        size > 2,
      );
      medians.push(row.ours);
      rows.push(row, wake, sleep, disk, memory);
      if (size === Math.min(...sizes)) {
        rows.push(...(await crowd(host, source, volume.path)));
        rows.push(await withoutReflinks(source, plain.path, size));
      }
      await rm(source.directory, { recursive: true });
    }
    rows.push(...(await mysqlRows(volume.path)));
    rows.push({
      what: `clone of ${largest} GB beside ${Math.min(...sizes)} GB`,
      ours: (medians.at(-1) ?? Number.NaN) / (medians[0] ?? Number.NaN),
      unit: 'x',
      target: '≤ 1.3 x',
    });
    return rows;
  } finally {
    await volume.remove();
    await plain.remove();
  }
}

async function filled(host: Host, directory: string, gigabytes: number): Promise<SealedData> {
  const perStatement = 12_500;
  const statements = Math.max(1, Math.round((gigabytes * 1e9) / (perStatement * 8192)));
  return makeSealed(host, directory, {
    statements: [
      'CREATE TABLE filler (a INT PRIMARY KEY, b VARBINARY(8000)) ENGINE=InnoDB',
      ...Array.from(
        { length: statements },
        (_, index) =>
          `INSERT INTO filler SELECT seq, REPEAT(MD5(seq), 240) FROM seq_${index * perStatement + 1}_to_${(index + 1) * perStatement}`,
      ),
    ],
  });
}

/** MySQL, where the tests have made it. Version 9.7 has no MD5 any more. */
async function mysqlRows(root: string): Promise<BenchRow[]> {
  if (!(await hasMysql())) return [];
  const host = testHost(path.join(root, 'store'));
  const source = await makeSealed(host, path.join(root, 'base-mysql'), {
    flavour: 'mysql',
    binariesDirectory: await mysqlDirectory(),
    statements: [
      'CREATE TABLE filler (a INT PRIMARY KEY, b VARBINARY(8000))',
      `INSERT INTO filler WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 12500)
         SELECT /*+ SET_VAR(cte_max_recursion_depth = 12500) */ n, REPEAT(SHA2(n, 256), 120) FROM s`,
    ],
  });
  const { row, wake, sleep, disk, memory } = await life(host, source, root, 'MySQL, 0.1 GB', false);
  // It starts with some hundred megabytes of its own.
  return [row, wake, sleep, disk, { ...memory, target: '' }];
}

/** @param isLarge copying it whole takes its time, and is done once */
async function life(host: Host, source: SealedData, root: string, label: string, isLarge: boolean) {
  const create: number[] = [];
  const wake: number[] = [];
  const sleep: number[] = [];
  const disk: number[] = [];
  const memory: number[] = [];
  const peer: number[] = [];
  for (let round = 0; round < 7; round++) {
    const directory = path.join(root, `clone-${round}`);
    const before = await used(root);
    const start = performance.now();
    const clone = await make(host, source, directory);
    await ask(host, clone.address);
    create.push(performance.now() - start);
    disk.push(((await used(root)) - before) / 1e6);
    memory.push(await resident(clone));
    sleep.push(await timed(() => stopClone(host, directory)));
    wake.push(await timed(async () => ask(host, (await startClone(host, directory)).address)));
    await destroyClone(host, directory);
    if (round < (isLarge ? 1 : 3)) peer.push(await fullCopy(host, source, path.join(root, 'peer')));
  }
  const row = (what: string, values: number[], unit: BenchRow['unit'], target: string): BenchRow => ({
    what: `${what}, ${label}`,
    ours: median(values),
    unit,
    target,
  });
  return {
    row: {
      ...row('clone, request to first query, XFS', create, 'ms', '≤ 1000 ms'),
      peer: { name: 'cp -a + start', value: median(peer) },
    },
    wake: row('wake to first query', wake, 'ms', '≤ 500 ms'),
    sleep: row('sleep', sleep, 'ms', ''),
    disk: row('disk per untouched environment', disk, 'MB', '≤ 30 MB'),
    memory: row('resident per server', memory, 'MB', '≤ 110 MB'),
  };
}

/** Forty environments at once, all started and all answering. */
async function crowd(host: Host, source: SealedData, root: string): Promise<BenchRow[]> {
  const directories = Array.from({ length: many }, (_, index) => path.join(root, `crowd-${index}`));
  const before = await used(root);
  const clones: Clone[] = [];
  const taken = new Set<number>();
  const ports: number[] = [];
  for (const _ of directories) {
    const port = await pickPort(taken);
    taken.add(port);
    ports.push(port);
  }
  try {
    const all = await timed(async () => {
      clones.push(
        ...(await mapLimit(directories, 2, (directory, index) =>
          make(host, source, directory, ports[index]),
        )),
      );
    });
    const answer = await timed(() => mapLimit(clones, many, clone => ask(host, clone.address)));
    const memory = await Promise.all(clones.map(resident));
    return [
      { what: `${many} environments at once, each`, ours: all / many, unit: 'ms' },
      { what: `${many} at once: all answer a query within`, ours: answer, unit: 'ms' },
      { what: `${many} at once: resident, each`, ours: median(memory), unit: 'MB', target: '≤ 110 MB' },
      {
        what: `${many} at once: disk, each`,
        ours: ((await used(root)) - before) / 1e6 / many,
        unit: 'MB',
        target: '≤ 30 MB',
      },
    ];
  } finally {
    await mapLimit(directories, 4, directory => destroyClone(host, directory));
  }
}

async function withoutReflinks(source: SealedData, root: string, size: number): Promise<BenchRow> {
  const host = testHost(path.join(root, 'store'));
  const copy = path.join(root, 'base');
  await cp(source.directory, copy, { recursive: true });
  const create: number[] = [];
  const peer: number[] = [];
  for (let round = 0; round < 5; round++) {
    const directory = path.join(root, 'clone');
    create.push(
      await timed(async () =>
        ask(host, (await make(host, { ...source, directory: copy }, directory)).address),
      ),
    );
    await destroyClone(host, directory);
    peer.push(await fullCopy(host, { ...source, directory: copy }, path.join(root, 'peer')));
  }
  return {
    what: `clone, full copy (${path.relative('/', tmpdir())}), ${size} GB`,
    ours: median(create),
    unit: 'ms',
    peer: { name: 'cp -a + start', value: median(peer) },
  };
}

async function fullCopy(host: Host, source: SealedData, directory: string): Promise<number> {
  const binaries = await findBinaries(host, source.flavour, source.binariesDirectory);
  try {
    return await timed(async () => {
      await host.processes.run('cp', ['-a', '--reflink=never', source.directory, directory]);
      const server = await startServer(host, binaries, directory, { mode: 'clone', port: 0 });
      await ask(host, { ...server.address, database: source.database });
      await stopServer(host, server, { clean: false });
    });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function make(host: Host, source: SealedData, directory: string, port?: number): Promise<Clone> {
  const request = { source, directory, port: port ?? (await pickPort(new Set())), database: source.database };
  return createClone(host, request, unattended);
}

async function ask(host: Host, address: DatabaseAddress): Promise<void> {
  const connection = await connect(host, address);
  await connection.query('SELECT * FROM filler WHERE a = 7');
  await connection.close();
}

async function timed(action: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await action();
  return performance.now() - start;
}

async function used(directory: string): Promise<number> {
  const { blocks, bfree, bsize } = await statfs(directory);
  return (blocks - bfree) * bsize;
}

/** Megabytes, as proc(5) VmRSS. */
async function resident({ process }: Clone): Promise<number> {
  const status = await readFile(`/proc/${process.pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1000;
}
