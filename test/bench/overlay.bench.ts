import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chooseDriver, createOverlay } from '../../server/files/overlay.ts';
import { unattended } from '../../server/platform/progress.ts';
import { testHost } from '../support/temporary.ts';
import { xfsVolume } from '../support/xfs.ts';
import { type BenchRow, median } from './row.ts';

export const name = 'overlay';

const runs = 7;

/** Creating an environment's site over 100 and over 100,000 files, beside what copies the files. */
export async function run(): Promise<BenchRow[]> {
  const root = await mkdtemp(path.join(tmpdir(), 'gr-bench-overlay-'));
  const volume = await xfsVolume(3_000_000_000);
  try {
    const rows: BenchRow[] = [];
    for (const count of [100, 100_000]) {
      const production = path.join(root, `production-${count}`);
      await makeSite(production, count);
      rows.push(...(await measure(root, production, count)));
      const onVolume = path.join(volume.path, `production-${count}`);
      execFileSync('cp', ['-a', production, onVolume]);
      const row = rows.at(-3);
      if (row !== undefined)
        rows.push({
          ...row,
          peer: { name: 'cp -a --reflink, XFS', value: copyTime(['cp', '-a', '--reflink=always'], onVolume) },
        });
    }
    return rows;
  } finally {
    await volume.remove();
    await rm(root, { recursive: true, force: true });
  }
}

async function measure(root: string, production: string, count: number): Promise<BenchRow[]> {
  const host = testHost(path.join(root, 'store'));
  const { driver } = await chooseDriver(host, {
    productionRoot: production,
    directory: path.join(root, 'probe'),
  });
  const create: number[] = [];
  const firstLook: number[] = [];
  const changed: number[] = [];
  for (let i = 0; i <= runs; i++) {
    const directory = path.join(root, `env-${count}-${i}`);
    const start = performance.now();
    const overlay = await createOverlay(host, { driver, productionRoot: production, directory }, unattended);
    (i === 0 ? firstLook : create).push(performance.now() - start);
    for (let j = 0; j < 50; j++) await writeFile(path.join(overlay.site, `d0/f${j}`), 'changed');
    const look = performance.now();
    const entries = await overlay.changedEntries();
    changed.push(performance.now() - look);
    if (entries.length !== 50) throw new Error(`${entries.length} changed entries`);
    await overlay.destroy();
  }
  const what = `overlay create, ${driver.name}, ${count} files`;
  const target = '≤ 50 ms, constant';
  return [
    {
      what,
      ours: median(create),
      unit: 'ms',
      target,
      peer: { name: 'cp -a', value: copyTime(['cp', '-a'], production) },
    },
    {
      what,
      ours: median(create),
      unit: 'ms',
      target,
      peer: { name: 'rsync -a', value: copyTime(['rsync', '-a'], production) },
    },
    { what: `  the very first for a production, ${count} files`, ours: median(firstLook), unit: 'ms' },
    { what: `  50 changed files found, ${count} files`, ours: median(changed), unit: 'ms' },
  ];
}

function copyTime(command: readonly string[], production: string): number {
  const times: number[] = [];
  const target = `${production}-copy`;
  const source = command[0] === 'rsync' ? `${production}/` : production;
  // Copying a large site takes long enough to be measured once.
  for (let i = 0; i < (production.endsWith('100') ? 3 : 1); i++) {
    const start = performance.now();
    execFileSync(command[0] ?? '', [...command.slice(1), source, target]);
    times.push(performance.now() - start);
    execFileSync('rm', ['-rf', target]);
  }
  return median(times);
}

async function makeSite(directory: string, count: number): Promise<void> {
  for (let d = 0; d * 100 < count; d++) {
    await mkdir(path.join(directory, `d${d}`), { recursive: true });
    await Promise.all(
      Array.from({ length: 100 }, (_, f) =>
        writeFile(path.join(directory, `d${d}/f${f}`), `${d}-${f}\n`.repeat(50)),
      ),
    );
  }
}
