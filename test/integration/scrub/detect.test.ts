import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type Connection, connect } from '../../../server/database/connection.ts';
import { quoteName } from '../../../server/database/quote.ts';
import { unattended } from '../../../server/platform/progress.ts';
import { compileScrub } from '../../../server/scrub/compile.ts';
import { detect, type Proposal } from '../../../server/scrub/detect.ts';
import { tableFacts } from '../../../server/scrub/facts.ts';
import { loadScrubKey } from '../../../server/scrub/key.ts';
import { previewRows } from '../../../server/scrub/preview.ts';
import { startMariadb, type TestServer } from '../../support/mariadb.ts';
import { type LabelledTable, readLabels } from '../../support/scrubLabels.ts';
import { valueKindOf } from '../../support/scrubValueKinds.ts';
import { rowsOf, sampleOf } from '../../support/scrubValues.ts';
import { temporaryDirectory, testHost } from '../../support/temporary.ts';

describe('detecting personal data in a real database', () => {
  let server: TestServer;
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let host: ReturnType<typeof testHost>;
  let connection: Connection;

  before(async function () {
    this.timeout(400_000);
    server = await startMariadb();
    directory = await temporaryDirectory();
    host = testHost(directory.path);
    const session = await server.connection();
    try {
      for (const statement of [
        'CREATE DATABASE shop CHARACTER SET utf8mb4',
        'USE shop',
        `CREATE TABLE kunden (kennung VARCHAR(80) PRIMARY KEY, vorname VARCHAR(40), x1 VARCHAR(60), x2 VARCHAR(60), x3 TEXT, geburtsdatum DATE, farbe VARCHAR(20),
           laut VARCHAR(90) AS (UPPER(vorname)) VIRTUAL, short VARCHAR(200), UNIQUE KEY (short(10)))`,
        'CREATE TABLE verweise (id INT PRIMARY KEY, ref VARCHAR(80), FOREIGN KEY (ref) REFERENCES kunden (kennung))',
        'CREATE TABLE _greenroom_kept (email VARCHAR(80))',
        'CREATE VIEW ansicht AS SELECT vorname FROM kunden',
      ])
        await session.query(statement);
      const rows = Array.from({ length: 60 }, (_, i) => [
        `quax${i}@firma.de`,
        `Quaxine${i}`,
        `DE${['89', '62', '35'][i % 3]}370400440532013000`.replace(/^DE(62|35)/, 'DE89'),
        `+49 171 55501${10 + i}`,
        i % 5 === 0 ? `please write to quax${i}@firma.de` : 'no reply',
        '1984-05-17',
        ['rot', 'blau'][i % 2],
        `value ${i}`,
      ]);
      await session.query(
        'INSERT INTO kunden (kennung, vorname, x1, x2, x3, geburtsdatum, farbe, short) VALUES ?',
        [rows],
      );
      await session.query("INSERT INTO verweise VALUES (1, 'quax1@firma.de')");
    } finally {
      await session.end();
    }
    connection = await connect(
      host,
      { socketPath: server.socketPath, user: 'root', database: 'shop' },
      { readOnly: true },
    );
  });
  after(async () => {
    connection.destroy();
    await server.stop();
    await directory.remove();
  });

  it('reads the facts of base tables: generated columns, keys and their prefixes', async () => {
    const tables = await tableFacts(connection, 'shop');
    assert.deepEqual(
      tables.map(({ name }) => name),
      ['kunden', 'verweise'],
    );
    const [kunden, verweise] = tables;
    assert.equal(kunden?.columns.find(({ name }) => name === 'laut')?.generated, true);
    assert.deepEqual(kunden?.primaryKey, ['kennung']);
    assert.deepEqual(kunden?.uniqueKeys, [['short']]);
    assert.deepEqual(kunden?.uniquePrefixes, { short: 10 });
    assert.deepEqual(verweise?.foreignKeys, [
      { columns: ['ref'], refTable: 'kunden', refColumns: ['kennung'] },
    ]);
    assert.equal(kunden?.columns[0]?.maxLength, 80);
  });

  it('finds columns by name, value and foreign key, gives a reason, and never a value', async () => {
    const found = await detect(host, connection, { scrub: { presets: [], rules: {} } }, unattended);
    const use = Object.fromEntries(
      found.proposals.map(proposal => [`${proposal.table}.${proposal.column}`, proposal.use]),
    );
    assert.deepEqual(use, {
      'kunden.kennung': 'email',
      'kunden.vorname': 'givenName',
      'kunden.x1': 'iban',
      'kunden.x2': 'phone',
      'kunden.x3': 'text',
      'kunden.geburtsdatum': 'birthDate',
      'kunden.farbe': 'keep',
      'kunden.short': 'text',
      'verweise.ref': 'email',
    });
    assert.equal(found.uncovered, 8);
    assert.equal(found.covered, 0);
    const inDoubt = found.proposals.find(({ column }) => column === 'short');
    assert.match(inDoubt?.reason ?? '', /^in doubt: /);
    assert.ok((inDoubt?.confidence ?? 1) < 0.5);
    const said = JSON.stringify(found) + host.lines.join();
    assert.ok(!/quax|Quaxine|3704|5550/.test(said), said);
    for (const { reason, confidence } of found.proposals)
      assert.ok(reason !== '' && confidence > 0 && confidence <= 1);
    // What is proposed can be pasted as it stands.
    const rules = JSON.parse(`{${found.proposals.map(({ rule }) => rule).join(',')}}`);
    const again = await detect(host, connection, { scrub: { presets: [], rules } }, unattended);
    assert.deepEqual([again.proposals, again.uncovered, again.covered], [[], 0, 8]);
  });

  it('proposes for a unique column only what a build takes there, and takes a template’s marks for no document', async () => {
    const session = await server.connection('shop');
    try {
      await session.query(
        'CREATE TABLE makros (makro VARCHAR(60) PRIMARY KEY, angaben VARCHAR(90), UNIQUE KEY (angaben))',
      );
      const rows = Array.from({ length: 40 }, (_, i) => [
        `{$GRENZE.${i}}`,
        `{"vorname":"Quaxine","nummer":${i}}`,
      ]);
      await session.query('INSERT INTO makros VALUES ?', [rows]);
      const { proposals } = await detect(host, connection, { scrub: { presets: [], rules: {} } }, unattended);
      const ours = proposals.filter(({ table }) => table === 'makros');
      assert.deepEqual(
        ours.map(({ column, use }) => [column, use]),
        [
          ['makro', 'keep'],
          ['angaben', 'hash'],
        ],
      );
      const rules = JSON.parse(`{${proposals.map(({ rule }) => rule).join(',')}}`);
      compileScrub({ rules, presets: [], tables: await tableFacts(connection, 'shop') });
    } finally {
      await session.query('DROP TABLE makros');
      await session.end();
    }
  });

  it('previews rows with the originals masked and what is kept shown', async () => {
    const key = await loadScrubKey(host, 'shop');
    const rules = {
      'kunden.vorname': 'givenName',
      'kunden.x1': 'iban',
      'kunden.farbe': { keep: 'colours' },
    } as const;
    const preview = await previewRows(host, connection, {
      scrub: { presets: [], rules },
      key,
      table: 'kunden',
      rows: 3,
    });
    assert.equal(preview.rows.length, 3);
    const at = (name: string) => preview.columns.findIndex(column => column.name === name);
    const [first] = preview.rows;
    assert.match(first?.before[at('vorname')] ?? '', /^Xxxxxxx9+$/);
    assert.match(first?.before[at('x1')] ?? '', /^XX9{20}$/);
    assert.match(first?.after[at('x1')] ?? '', /^DE\d\d0{8}/);
    assert.match(
      first?.after[at('kennung')] ?? '',
      /^xxxx9+@xxxxx\.xx$/,
      'a column without a rule stays masked',
    );
    assert.match(first?.before[at('farbe')] ?? '', /^(rot|blau)$/);
    assert.deepEqual(preview.columns[at('farbe')], { name: 'farbe', rule: 'keep (colours)' });
    assert.ok(!/Quaxine|3704/.test(JSON.stringify(preview)));
    await assert.rejects(
      previewRows(host, connection, { scrub: { presets: [], rules }, key, table: 'gone', rows: 3 }),
    );
  });

  it('reaches in real tables what is measured on the labelled schemas without a server, and shows no value of theirs', async function () {
    this.timeout(400_000);
    const holdout = path.resolve(import.meta.dirname, '../../fixtures/scrub/holdout');
    const counted = { right: 0, missed: 0, wrong: 0 };
    for (const file of readdirSync(holdout)) {
      const labels = readLabels(readFileSync(path.join(holdout, file), 'utf8'));
      const database = file.replace('.txt', '').toLowerCase();
      const values = await createLabelled(server, database, labels);
      const labelled = await connect(host, { socketPath: server.socketPath, user: 'root', database });
      try {
        const found = await detect(host, labelled, { scrub: { presets: [], rules: {} } }, unattended);
        const said = JSON.stringify(found);
        assert.deepEqual(
          values.filter(value => said.includes(value)),
          [],
        );
        count(counted, labels, found.proposals);
      } finally {
        labelled.destroy();
      }
    }
    const { right, missed, wrong } = counted;
    assert.ok(right / (right + missed) >= 0.98, JSON.stringify(counted));
    assert.ok(right / (right + wrong) >= 0.86, JSON.stringify(counted));
  });

  it('reads a schema of 500 tables, one query a table', async function () {
    this.timeout(400_000);
    const session = await server.connection();
    try {
      await session.query('CREATE DATABASE big');
      await session.query('USE big');
      for (let i = 0; i < 500; i++)
        await session.query(
          `CREATE TABLE t${i} (id INT PRIMARY KEY, email VARCHAR(80), title VARCHAR(80), total DECIMAL(10,2), body TEXT) ENGINE=MEMORY`.replace(
            'TEXT',
            'VARCHAR(400)',
          ),
        );
    } finally {
      await session.end();
    }
    const big = await connect(host, { socketPath: server.socketPath, user: 'root', database: 'big' });
    try {
      const start = performance.now();
      const found = await detect(host, big, { scrub: { presets: [], rules: {} } }, unattended);
      console.log(`      (${Math.round(performance.now() - start)} ms)`);
      assert.equal(found.uncovered, 1500);
      assert.equal(found.proposals.filter(({ use }) => use === 'email').length, 500);
    } finally {
      big.destroy();
    }
  });
});

const columnTypes: Readonly<Record<string, string>> = {
  varchar: 'VARCHAR(255)',
  char: 'CHAR(64)',
  varbinary: 'VARBINARY(2000)',
  decimal: 'DECIMAL(10, 6)',
};

function count(
  counted: { right: number; missed: number; wrong: number },
  labels: readonly LabelledTable[],
  proposals: readonly Proposal[],
): void {
  const scrubbed = new Set(
    proposals.filter(({ use }) => use !== 'keep').map(({ table, column }) => `${table}.${column}`),
  );
  for (const { table, columns } of labels)
    for (const { name, personal } of columns)
      if (scrubbed.has(`${table}.${name}`)) counted[personal ? 'right' : 'wrong']++;
      else if (personal) counted.missed++;
}

/** A database of the labelled tables, with the rows that they are measured with; returns the values of people that stand alone. */
async function createLabelled(
  server: TestServer,
  database: string,
  labels: readonly LabelledTable[],
): Promise<string[]> {
  const session = await server.connection();
  const personal: string[] = [];
  try {
    await session.query('CREATE DATABASE ?? CHARACTER SET utf8mb4', [database]);
    await session.query('USE ??', [database]);
    for (const { table, columns } of labels) {
      const types = columns.map(
        ({ name, dataType }) => `${quoteName(name)} ${columnTypes[dataType] ?? dataType.toUpperCase()} NULL`,
      );
      await session.query(`CREATE TABLE ${quoteName(table)} (${types.join(', ')})`);
      const samples = columns.map(column => {
        const kind = valueKindOf(column);
        if (kind === undefined) return [];
        const sample = sampleOf(table, column.name, kind).map(value => value.slice(0, 250));
        if (column.personal) personal.push(...sample.filter(value => /^\S{9,}$/.test(value)));
        return sample;
      });
      const rows = Array.from({ length: rowsOf(table) }, (_, row) =>
        samples.map(sample => sample[row] ?? null),
      );
      if (rows.length > 0) await session.query('INSERT INTO ?? VALUES ?', [table, rows]);
    }
  } finally {
    await session.end();
  }
  return personal;
}
