import { globSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import path from 'node:path';
import type { BenchRow } from './row.ts';

/** `npm run bench [-- NAME …] [--json FILE]`: runs the benchmarks, prints a table and writes it as JSON too. */
interface Benchmark {
  name: string;
  run(): Promise<BenchRow[]>;
}

const words = process.argv.slice(2);
const jsonAt = words.indexOf('--json');
const file =
  jsonAt === -1 ? path.resolve('dist/bench.json') : path.resolve(words.splice(jsonAt, 2)[1] ?? 'bench.json');
const all: { name: string; rows: BenchRow[] }[] = [];
for (const module of globSync('*.bench.ts', { cwd: import.meta.dirname }).sort()) {
  const benchmark = (await import(path.join(import.meta.dirname, module))) as Benchmark;
  if (words.length > 0 && !words.includes(benchmark.name)) continue;
  console.log(`\n${benchmark.name}`);
  const rows = await benchmark.run();
  for (const row of rows) console.log(`  ${describe(row)}`);
  all.push({ name: benchmark.name, rows });
}
await mkdir(path.dirname(file), { recursive: true });
const machine = { cpu: cpus()[0]?.model ?? '', cores: cpus().length, memoryGb: Math.round(totalmem() / 1e9) };
await writeFile(
  file,
  `${JSON.stringify({ at: new Date().toISOString(), machine, benchmarks: all }, null, 2)}\n`,
);
console.log(`\nWritten to ${path.relative(process.cwd(), file)}`);
process.exit(0);

function describe({ what, ours, unit, peer, target, note }: BenchRow): string {
  const value = `${Number(ours.toPrecision(4))} ${unit}`;
  const against = peer
    ? `${peer.name} ${Number(peer.value.toPrecision(4))} ${unit}, ${(peer.value / ours).toFixed(2)}x`
    : '';
  return [what.padEnd(48), value.padStart(12), against.padEnd(44), target ?? '', note ?? '']
    .join('  ')
    .trimEnd();
}
