import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Connection } from 'mysql2/promise';
import { chooseDriver, openOverlay } from '../../server/files/overlay.ts';
import { unattended } from '../../server/platform/progress.ts';
import { makePlan } from '../../server/promotion/plan.ts';
import { promote } from '../../server/promotion/promote.ts';
import { undo } from '../../server/promotion/undo.ts';
import { startMariadb, type TestServer } from '../support/mariadb.ts';
import { contextOf, makeSite, rootOf, type SiteSpec, siteOf } from '../support/promotionSite.ts';
import { temporaryDirectory, testHost } from '../support/temporary.ts';
import { type BenchRow, median } from './row.ts';

export const name = 'promotion';

const runs = 5;
const siteFiles = 100_000;
/** Smaller for a quick look: `GREENROOM_BENCH_ROWS=200000`. */
const bigRows = Number(process.env['GREENROOM_BENCH_ROWS'] ?? 5_000_000);

export async function run(): Promise<BenchRow[]> {
  const directory = await temporaryDirectory();
  const server = await startMariadb(['--innodb-buffer-pool-size=512M', '--innodb-log-file-size=512M']);
  try {
    return [
      ...(await planRows(server, directory.path)),
      ...(await applyRows(server, directory.path)),
      ...(await writeLoadRows(server, directory.path)),
    ];
  } finally {
    await server.stop();
    await directory.remove();
  }
}

/** A plan for 50 changed files in a site of 100,000, beside comparing the two trees. */
async function planRows(server: TestServer, directory: string): Promise<BenchRow[]> {
  const root = path.join(directory, 'plan', 'www');
  await fill(path.join(root, 'site', 'many'), siteFiles);
  const probe = { productionRoot: path.join(root, 'site'), directory: path.join(directory, 'probe') };
  const { driver } = await chooseDriver(testHost(path.join(directory, 'h')), probe);
  const spec = await makeSite(server, directory, 'plan', { driver: driver.name });
  try {
    const site = siteOf(spec);
    for (let index = 0; index < 50; index++)
      await writeFile(path.join(site, 'many', 'd0', `f${index}`), `changed ${index}`);
    const context = await contextOf(spec);
    await makePlan(context, unattended, { rehearse: false });
    const ours: number[] = [];
    for (let index = 0; index < runs; index++) {
      const start = performance.now();
      const plan = await makePlan(context, unattended, { rehearse: false });
      ours.push(performance.now() - start);
      if (plan.files.length !== 50) throw new Error(`${plan.files.length} files`);
    }
    const start = performance.now();
    execFileSync('rsync', ['-an', '--delete', '--itemize-changes', `${site}/`, `${rootOf(spec)}/`]);
    const peer = { name: 'rsync -n over both trees', value: performance.now() - start };
    const what = `plan, 50 changed files of ${siteFiles.toLocaleString('en')}, ${driver.name}`;
    return [{ what, ours: median(ours), unit: 'ms', peer, target: '≤ 150 ms' }];
  } finally {
    const overlay = path.join(spec.directory, 'overlay');
    const options = { driver: driver.name, productionRoot: rootOf(spec), directory: overlay };
    await openOverlay(testHost(spec.store), options).destroy();
  }
}

/** 100 files and 10 INSTANT ALTERs, there and back, beside copying and altering one after the other. */
async function applyRows(server: TestServer, directory: string): Promise<BenchRow[]> {
  const spec = await makeSite(server, directory, 'apply');
  const alters = Array.from({ length: 10 }, (_, index) => `t${index}`);
  for (const database of [spec.production, spec.clone])
    await server.execute(
      ...alters.map(table => `CREATE TABLE ${database}.${table} (id INT PRIMARY KEY, v VARCHAR(20))`),
      ...alters.map(
        table => `INSERT INTO ${database}.${table} SELECT seq, seq FROM ${database}.seq_1_to_10000`,
      ),
    );
  await refreshBase(spec);
  for (const table of alters)
    await server.execute(`ALTER TABLE ${spec.clone}.${table} ADD COLUMN n INT NOT NULL DEFAULT 0`);
  await fill(path.join(siteOf(spec), 'many'), 100);
  const context = { ...(await contextOf(spec)) };
  // The measured part is production's; a rehearsal has its own clone and its own time.
  delete context.scratchClone;
  const [locked, whole, back]: [number[], number[], number[]] = [[], [], []];
  for (let index = 0; index < runs; index++) {
    const { digest } = await makePlan(context, unattended);
    const start = performance.now();
    const done = await promote(context, { digest, message: 'm' }, unattended);
    whole.push(performance.now() - start);
    locked.push(done.timings['locked'] ?? Number.NaN);
    const undoStart = performance.now();
    await undo(context, { promotion: done.promotion }, unattended);
    back.push(performance.now() - undoStart);
  }
  const start = performance.now();
  execFileSync('rsync', ['-a', `${siteOf(spec)}/many/`, `${rootOf(spec)}/many-peer/`]);
  for (const table of alters)
    execFileSync('mariadb', [
      '-S',
      server.socketPath,
      '-u',
      'root',
      spec.production,
      '-e',
      `ALTER TABLE ${table} ADD COLUMN n INT NOT NULL DEFAULT 0`,
    ]);
  const peer = { name: 'rsync, then mariadb -e per ALTER (no way back)', value: performance.now() - start };
  return [
    {
      what: 'promotion of 100 files, 10 ALTERs: tables locked',
      ours: median(locked),
      unit: 'ms',
      target: '≤ 150 ms',
    },
    { what: 'the same, all of it with evidence', ours: median(whole), unit: 'ms', peer },
    { what: 'its undo', ours: median(back), unit: 'ms', target: '≤ 2000 ms' },
  ];
}

/** A steady load of writes on a big table while it is promoted: the longest that a write had to wait. */
async function writeLoadRows(server: TestServer, directory: string): Promise<BenchRow[]> {
  const change = 'MODIFY v VARCHAR(120) CHARACTER SET utf8mb4 NOT NULL, ADD COLUMN n INT NOT NULL DEFAULT 0';
  const worst: Record<string, number> = {};
  for (const [name, maxBlock] of [
    ['in place', '1000d'],
    ['rebuilt', '0ms'],
  ] as const) {
    const spec = await bigSite(server, directory, name.replace(' ', ''), maxBlock, change);
    const context = await contextOf(spec);
    const { digest } = await makePlan(context, unattended);
    const load = await writeLoad(server, spec);
    await promote(context, { digest, message: 'm', confirmDestructive: true }, unattended);
    worst[name] = await load.stop();
    await server.execute(`DROP DATABASE ${spec.production}`, `DROP DATABASE ${spec.clone}`);
  }
  const spec = await bigSite(server, directory, 'plain', '2s', change);
  const load = await writeLoad(server, spec);
  await server.execute(`ALTER TABLE ${spec.production}.big ${change}`);
  const peer = { name: 'plain ALTER TABLE', value: await load.stop() };
  const what = `longest wait of a write, ${bigRows.toLocaleString('en')} rows`;
  return [
    { what: `${what}, in place`, ours: worst['in place'] ?? Number.NaN, unit: 'ms', peer },
    {
      what: `${what}, rebuilt beside itself`,
      ours: worst['rebuilt'] ?? Number.NaN,
      unit: 'ms',
      peer,
      target: '≤ promotion.maxBlock, 2000 ms',
    },
  ];
}

async function bigSite(
  server: TestServer,
  directory: string,
  name: string,
  maxBlock: string,
  change: string,
): Promise<SiteSpec> {
  const spec = await makeSite(server, directory, name, { promotion: { maxBlock, lockWait: '30s' } });
  const create = (database: string) =>
    `CREATE TABLE ${database}.big (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, v VARCHAR(60) CHARACTER SET latin1 NOT NULL, KEY v (v(12)))`;
  // The rehearsal's clone needs the shape and a few rows: it decides by `maxBlock` alone here.
  await server.execute(create(spec.production), create(spec.clone));
  await server.execute(
    `INSERT INTO ${spec.production}.big (v) SELECT MD5(seq) FROM ${spec.production}.seq_1_to_${bigRows}`,
  );
  await refreshBase(spec);
  await server.execute(`ALTER TABLE ${spec.clone}.big ${change}`);
  return spec;
}

async function refreshBase(spec: SiteSpec): Promise<void> {
  const { connect } = await import('../../server/database/connection.ts');
  const { introspect } = await import('../../server/schema/introspect.ts');
  const context = await contextOf(spec);
  const connection = await connect(context.host, { ...context.production.reader, database: spec.clone });
  await writeFile(
    path.join(spec.directory, 'base.json'),
    JSON.stringify(await introspect(connection, spec.clone)),
  );
  await connection.close();
}

/** One write after the other, without a pause; answers the longest one in milliseconds. */
async function writeLoad(server: TestServer, spec: SiteSpec): Promise<{ stop(): Promise<number> }> {
  const session: Connection = await server.connection(spec.production);
  let stopped = false;
  let worst = 0;
  const loop = (async () => {
    for (let id = 1; !stopped; id = (id % 1000) + 1) {
      const start = performance.now();
      await session.query('UPDATE big SET v = REVERSE(v) WHERE id = ?', [id]);
      worst = Math.max(worst, performance.now() - start);
      await new Promise(resolve => setTimeout(resolve, 2));
    }
  })();
  return {
    async stop() {
      stopped = true;
      await loop;
      await session.end();
      return worst;
    },
  };
}

async function fill(directory: string, count: number): Promise<void> {
  for (let start = 0; start < count; start += 1000) {
    const folder = path.join(directory, `d${start / 1000}`);
    await mkdir(folder, { recursive: true });
    const names = Array.from({ length: Math.min(1000, count - start) }, (_, index) =>
      path.join(folder, `f${index}`),
    );
    await Promise.all(names.map(file => writeFile(file, file)));
  }
}
