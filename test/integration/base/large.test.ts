import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { buildBase } from '../../../server/base/build.ts';
import { newestGeneration } from '../../../server/base/generations.ts';
import { unattended } from '../../../server/platform/progress.ts';
import { baseContext, lookIntoBase } from '../../support/base.ts';
import type { BaseProgramInput } from '../../support/baseProgram.ts';
import { startMariadb, type TestServer } from '../../support/mariadb.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const keepAll = { '*.*': { keep: 'test' } };

describe('a base of much', () => {
  let server: TestServer;
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;

  beforeEach(async () => {
    directory = await temporaryDirectory();
    server = await startMariadb(['--max-allowed-packet=1G', '--table-open-cache=400']);
    await server.execute('CREATE DATABASE shop');
  });
  afterEach(async () => {
    await server.stop();
    await directory.remove();
  });

  const production = () => ({ socketPath: server.socketPath, user: 'root', database: 'shop' });
  const checksum = (rows: unknown[][]) => rows.map(row => String(row[1]));

  it('copies values of 100 MB in no more memory than others', async function () {
    this.timeout(400_000);
    const value = (byte: string) => `REPEAT(CONCAT('${byte}', CHAR(0), CHAR(92), CHAR(9)), 25000000)`;
    await server.execute(
      'CREATE TABLE shop.files (id INT PRIMARY KEY, kept LONGBLOB, replaced LONGBLOB)',
      `INSERT INTO shop.files VALUES (1, ${value('a')}, NULL), (2, NULL, ${value('b')}), (3, 'short', 'short')`,
    );
    const rules = { ...keepAll, 'files.replaced': 'blob' as const };
    await server.execute('CREATE DATABASE tiny', 'CREATE TABLE tiny.t (a INT)');
    const small = await peakOf('tiny', rules, 'small');
    const large = await peakOf('shop', rules, 'large');
    assert.ok(large - small < 80_000, `${large} kB against ${small} kB`);
    const context = baseContext(path.join(directory.path, 'large'), production(), { rules });
    await lookIntoBase(context, async clone => {
      const sql = 'SELECT id, MD5(kept) FROM shop.files ORDER BY id';
      const expected = (await server.query(sql)).map(row => Object.values(row));
      assert.deepEqual(await clone.rows(sql), expected);
      assert.deepEqual(await clone.rows('SELECT LENGTH(replaced) < 100000 FROM files WHERE id = 2'), [[1]]);
    });
  });

  /** Peak resident memory in kB of a backend of its own that builds. */
  async function peakOf(
    database: string,
    rules: BaseProgramInput['options']['rules'],
    store: string,
  ): Promise<number> {
    const input: BaseProgramInput = {
      do: 'build',
      root: path.join(directory.path, store),
      production: { ...production(), database },
      options: { ...(rules && { rules }) },
      dieAt: '(?!)',
    };
    const program = path.resolve(import.meta.dirname, '../../support/baseProgram.ts');
    const child = spawn(process.execPath, [program, JSON.stringify(input)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let peak = 0;
    // It says each step on a line: memory's high-water mark is read at the last of them.
    for await (const _ of child.stdout) {
      const status = await readFile(`/proc/${child.pid}/status`, 'utf8').catch(() => '');
      peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0));
    }
    if (child.exitCode === null) await once(child, 'exit');
    assert.equal(child.exitCode, 0);
    return peak;
  }

  it('copies a thousand tables, and an empty database', async function () {
    this.timeout(400_000);
    const context = baseContext(directory.path, production(), { rules: keepAll });
    assert.equal((await buildBase(context, unattended)).rows, 0);
    const tables = Array.from({ length: 1000 }, (_, index) => `shop.t${index}`);
    await server.execute(
      ...tables.flatMap(table => [
        `CREATE TABLE ${table} (a INT PRIMARY KEY, b VARCHAR(10), KEY (b))`,
        `INSERT INTO ${table} VALUES (1, 'x'), (2, 'y')`,
      ]),
    );
    const { rows, tablesCopied } = await buildBase(context, unattended);
    assert.deepEqual([rows, tablesCopied], [2000, 1000]);
  });

  it('cuts a large table along its key, and loses no row at the borders', async function () {
    this.timeout(400_000);
    await server.execute(
      'CREATE TABLE shop.numbers (id BIGINT PRIMARY KEY, filler VARCHAR(200), KEY (filler))',
      "INSERT INTO shop.numbers SELECT CAST(seq AS SIGNED) * 37 - 3000000, REPEAT('f', 190) FROM shop.seq_1_to_180000",
      "INSERT INTO shop.numbers VALUES (-9223372036854775808, 'lowest'), (9223372036854775807, 'highest')",
      'ANALYZE TABLE shop.numbers',
    );
    const context = baseContext(directory.path, production(), { rules: keepAll });
    await buildBase(context, unattended);
    assert.equal((await newestGeneration(context.host, context.paths))?.manifest.rows, 180_002);
    await lookIntoBase(context, async clone => {
      const sql = 'CHECKSUM TABLE shop.numbers EXTENDED';
      assert.deepEqual(
        checksum(await clone.rows(sql)),
        checksum((await server.query(sql)).map(row => Object.values(row))),
      );
    });
  });
});
