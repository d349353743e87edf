import { createHmac, hash as cryptoHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { compileScrub } from '../../server/scrub/compile.ts';
import { NameClassifier } from '../../server/scrub/detect/classify.ts';
import { weigh } from '../../server/scrub/detect/weigh.ts';
import { Place } from '../../server/scrub/place.ts';
import type { ColumnPlan, ScrubKey, ScrubRule, TablePlan } from '../../server/scrub/plan.ts';
import { KeyedHash } from '../../server/scrub/prf.ts';
import { Fingerprinter, FingerprintSet } from '../../server/scrub/proof/fingerprints.ts';
import { createTableScrubber } from '../../server/scrub/scrubber.ts';
import { type Measured, measure, measureWhole, readLabels } from '../support/scrubLabels.ts';
import { sampleOf } from '../support/scrubValues.ts';
import { type BenchRow, median } from './row.ts';

export const name = 'scrub';

const key: ScrubKey = { id: 'bench', bytes: new Uint8Array(32).map((_, index) => index + 1) };
const uniqueValues = 5_000_000;

/** What a typical value of each kind looks like; `index` makes them differ. */
const samples: Readonly<Record<string, { rule: ScrubRule; type?: string; value(index: number): string }>> = {
  email: { rule: 'email', value: index => `anna.schmidt${index}@firma${index % 97}.de` },
  'givenName (200 names)': { rule: 'givenName', value: index => `Vorname${index % 200}` },
  fullName: { rule: 'fullName', value: index => `Anna${index % 400} Schmidt${index % 5000}` },
  userName: { rule: 'userName', value: index => `aschmidt${index}` },
  phone: { rule: 'phone', value: index => `+49 171 ${1_000_000 + index}` },
  street: { rule: 'street', value: index => `Hauptstraße ${index}` },
  'city (500 cities)': { rule: 'city', value: index => `Ort ${index % 500}` },
  postcode: { rule: 'postcode', value: index => String(10_000 + (index % 80_000)) },
  birthDate: {
    rule: 'birthDate',
    type: 'date',
    value: index => new Date(Date.UTC(1950, 0, 1 + (index % 20_000))).toISOString().slice(0, 10),
  },
  ip: { rule: 'ip', value: index => `87.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}` },
  iban: { rule: 'iban', value: index => `DE893704004405${10_000_000 + index}` },
  cardNumber: { rule: 'cardNumber', value: index => `45391488${10_000_000 + index}` },
  token: { rule: 'token', value: index => `deadbeefcafe${String(index).padStart(20, '0')}` },
  hash: { rule: 'hash', value: index => `K-${index}` },
  'text, 300 bytes': {
    rule: 'text',
    type: 'text',
    value: index => `${'The parcel arrived late and the box was open. '.repeat(6)}Mail u${index}@firma.de`,
  },
  'json, 150 bytes': {
    rule: 'json',
    type: 'longtext',
    value: index =>
      JSON.stringify({
        id: index,
        email: `u${index}@firma.de`,
        first_name: 'Anna',
        items: [{ sku: 'A-1', qty: 2 }],
        note: 'gift wrap',
      }),
  },
  phpSerialized: {
    rule: 'phpSerialized',
    type: 'longtext',
    value: index =>
      `a:2:{s:5:"email";s:${String(index).length + 10}:"u${index}@firma.de";s:4:"size";s:1:"L";}`,
  },
};

export async function run(): Promise<BenchRow[]> {
  return [
    keyedFunction(),
    ...Object.keys(samples).flatMap(throughput),
    uniqueness(),
    memory(),
    detection(),
    ...quality(),
  ];
}

function timed(action: () => void): number {
  const start = performance.now();
  action();
  return performance.now() - start;
}

/** The keyed function beside what node offers, over a value of 24 bytes. */
function keyedFunction(): BenchRow {
  const value = Buffer.from('anna.schmidt1234@firma.de');
  const rounds = 50_000;
  const hash = new KeyedHash(key.bytes.subarray(0, 16));
  const ours = () =>
    timed(() => {
      for (let i = 0; i < rounds; i++) hash.update(value, 0, value.length);
    });
  const hmac = () =>
    timed(() => {
      for (let i = 0; i < rounds; i++) createHmac('sha256', key.bytes).update(value).digest();
    });
  const plain = () =>
    timed(() => {
      for (let i = 0; i < rounds; i++) cryptoHash('sha256', value, 'buffer');
    });
  ours();
  const [a, b, c] = [ours, hmac, plain].map(
    action => (median([action(), action(), action()]) / rounds) * 1e6,
  );
  return {
    what: 'keyed function, SipHash-2-4-128, million values a second',
    ours: 1000 / (a ?? 1),
    unit: '/s',
    peer: { name: 'createHmac', value: 1000 / (b ?? 1) },
    note: `crypto.hash without a key: ${(1000 / (c ?? 1)).toFixed(2)}`,
  };
}

function planOf(rule: ScrubRule, type = 'varchar(255)', uniqueKeys: string[][] = []): TablePlan {
  const dataType = type.replace(/\(.*/, '');
  const isText = /char|text/.test(dataType);
  const column = {
    name: 'v',
    dataType,
    columnType: type,
    charset: isText ? 'utf8mb4' : null,
    collation: isText ? 'utf8mb4_general_ci' : null,
    maxLength: dataType === 'varchar' ? 255 : null,
    nullable: true,
    generated: false,
  };
  const tables = [{ name: 't', columns: [column], primaryKey: [], uniqueKeys, foreignKeys: [] }];
  const plan = compileScrub({ rules: { 't.v': rule }, presets: [], tables }).tables['t'];
  if (plan === undefined) throw new RangeError('no plan');
  return plan;
}

function throughput(kind: string): BenchRow[] {
  const sample = samples[kind];
  if (sample === undefined) return [];
  const values = Array.from({ length: 100_000 }, (_, index) => Buffer.from(sample.value(index)));
  const bytes = values.reduce((sum, value) => sum + value.length, 0);
  const run = (rule: ScrubRule) => {
    const scrubber = createTableScrubber(planOf(rule, sample.type), key);
    const place = new Place();
    return timed(() => {
      for (const value of values) {
        place.put(value);
        scrubber.scrubPlaces([place]);
      }
    });
  };
  run(sample.rule);
  const seconds = median([run(sample.rule), run(sample.rule), run(sample.rule)]) / 1000;
  return [
    { what: `${kind}: thousand values a second`, ours: values.length / seconds / 1000, unit: '/s' },
    { what: kind, ours: bytes / seconds / 1e6, unit: 'MB/s' },
  ];
}

/** Every replacement of a unique column of e-mail addresses, fingerprinted with 64 bits: none may come twice. */
function uniqueness(): BenchRow {
  const scrubber = createTableScrubber(planOf('email', 'varchar(255)', [['v']]), key);
  const print = new Fingerprinter(key);
  const seen = new FingerprintSet(uniqueValues + 1);
  const seconds =
    timed(() => {
      for (let index = 0; index < uniqueValues; index++) {
        const row: (Buffer | null)[] = [Buffer.from(`user${index}@shop${index % 13}.de`)];
        scrubber.scrub(row);
        const replaced = row[0] as Buffer;
        print.text(replaced, 0, replaced.length);
        seen.add(print.high, print.low);
      }
    }) / 1000;
  return {
    what: 'unique e-mail column: replacements that met, of 5 million',
    ours: uniqueValues - seen.size,
    unit: 'x',
    target: '0',
    note: `${seconds.toFixed(1)} s`,
  };
}

/** Heap that a scrubber still holds after two million rows of ever new values. */
function memory(): BenchRow {
  const scrubber = createTableScrubber(planOf('fullName'), key);
  const pass = (from: number) => {
    for (let index = from; index < from + 1_000_000; index++)
      scrubber.scrub([Buffer.from(`Anna${index} Schmidt${index}`)]);
    return process.memoryUsage().heapUsed / 1e6;
  };
  const first = pass(0);
  return {
    what: 'heap grown by the second million of rows',
    ours: Math.max(0, pass(1_000_000) - first),
    unit: 'MB',
    target: 'constant',
    note: 'up to one garbage collection’s worth',
  };
}

/** Names, types and 200 values of each column of 500 tables of 20 columns; `scrub detect` adds a query a table (see test/integration/scrub). */
function detection(): BenchRow {
  const words = [
    'id',
    'email',
    'first_name',
    'title',
    'description',
    'status',
    'shippingAddress',
    'kundennummer',
    'total',
    'createdBy',
  ];
  const column = (index: number): ColumnPlan => ({
    ...(planOf('email').columns[0] as ColumnPlan),
    name: `${words[index % words.length]}_${index}`,
  });
  const columns = Array.from({ length: 20 }, (_, index) => column(index));
  const kinds = ['remark', 'prose', 'words', 'email', 'name', 'setting', 'uuid', 'product', 'date'] as const;
  const values = kinds.map(kind =>
    [sampleOf('table_0', kind, kind), sampleOf('table_2', kind, kind)].flat().slice(0, 200),
  );
  const run = () =>
    timed(() => {
      const classifier = new NameClassifier();
      for (let table = 0; table < 500; table++) {
        const about = classifier.about(`table_${table}`, columns);
        for (const [index, facts] of columns.entries()) {
          const byName = classifier.classify(`table_${table}`, facts, about);
          const proposed = { use: 'keep' as const, reason: '', confidence: 0.6, ...byName, options: {} };
          weigh(
            classifier,
            proposed,
            { ...facts, generated: false },
            values[(table + index) % values.length] ?? [],
          );
        }
      }
    });
  return {
    what: 'classify 500 tables of 20 columns by name and 200 values each',
    ours: median([run(), run(), run()]),
    unit: 'ms',
    target: '≤ 5000 ms',
  };
}

function quality(): BenchRow[] {
  const fixtures = path.resolve(import.meta.dirname, '../fixtures/scrub');
  return ['tune', 'holdout'].flatMap(set => {
    const directory = path.join(fixtures, set);
    const labels = readdirSync(directory).flatMap(file =>
      readLabels(readFileSync(path.join(directory, file), 'utf8')),
    );
    return [
      ...rowsOf(`detection by name, ${set}`, measure(new NameClassifier(), labels)),
      ...rowsOf(`detection by name and values, ${set}`, measureWhole(new NameClassifier(), labels)),
    ];
  });
}

function rowsOf(what: string, found: Measured): BenchRow[] {
  const note = `${found.columns} columns, ${found.personal} personal`;
  return [
    { what: `${what}: recall`, ours: found.recall * 100, unit: '%', target: '≥ 98 %', note },
    { what: `${what}: precision`, ours: found.precision * 100, unit: '%', target: '≥ 85 %', note },
  ];
}
