import assert from 'node:assert/strict';
import { buildBase } from '../../../server/base/build.ts';
import {
  listGenerations,
  newestGeneration,
  pinGeneration,
  unpinGeneration,
} from '../../../server/base/generations.ts';
import type { Manifest } from '../../../server/base/manifest.ts';
import { refreshBase } from '../../../server/base/refresh.ts';
import { unattended } from '../../../server/platform/progress.ts';
import { baseContext, lookIntoBase } from '../../support/base.ts';
import { startMariadb, type TestServer } from '../../support/mariadb.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const rules = {
  'people.email': 'email' as const,
  'people.note': { keep: 'test' },
  '*.*': { keep: 'test' },
};

describe('refreshing a base', () => {
  let server: TestServer;
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let context: ReturnType<typeof baseContext>;

  before(async function () {
    this.timeout(400_000);
    server = await startMariadb(['--log-bin=log', '--server-id=1', '--binlog-format=ROW']);
  });
  after(() => server.stop());
  beforeEach(async () => {
    directory = await temporaryDirectory();
    await server.execute(
      'DROP DATABASE IF EXISTS shop',
      'CREATE DATABASE shop',
      'CREATE TABLE shop.people (id INT PRIMARY KEY, email VARCHAR(100), note TEXT, UNIQUE (email))',
      "INSERT INTO shop.people VALUES (1, 'a@corp.test', 'one'), (2, 'b@corp.test', 'two')",
      'CREATE TABLE shop.parent (id INT PRIMARY KEY)',
      'CREATE TABLE shop.child (id INT PRIMARY KEY, p INT, FOREIGN KEY (p) REFERENCES shop.parent (id) ON DELETE CASCADE)',
      'INSERT INTO shop.parent VALUES (1), (2)',
      'INSERT INTO shop.child VALUES (10, 1), (20, 2)',
      'CREATE TABLE shop.still (id INT PRIMARY KEY)',
      'INSERT INTO shop.still VALUES (7)',
      'CREATE VIEW shop.v AS SELECT id FROM shop.still',
      "CREATE USER IF NOT EXISTS reader@localhost IDENTIFIED BY 'r'",
      'GRANT SELECT, SHOW VIEW, TRIGGER, EVENT ON shop.* TO reader@localhost',
    );
  });
  afterEach(() => directory.remove());

  const asRoot = () =>
    baseContext(directory.path, { socketPath: server.socketPath, user: 'root', database: 'shop' }, { rules });
  const asReader = () =>
    baseContext(
      directory.path,
      { socketPath: server.socketPath, user: 'reader', password: 'r', database: 'shop' },
      { rules },
    );
  const manifest = async (): Promise<Manifest> => {
    const newest = await newestGeneration(context.host, context.paths);
    assert.ok(newest);
    return newest.manifest;
  };

  it('is the generation before when the binary log has not moved', async () => {
    context = asRoot();
    await buildBase(context, unattended);
    const result = await refreshBase(context, unattended);
    assert.deepEqual([result.generation, result.tablesCopied], [1, 0]);
  });

  it('copies what the binary log names, and what foreign keys cascade to', async () => {
    context = asRoot();
    await buildBase(context, unattended);
    await server.execute('DELETE FROM shop.parent WHERE id = 1');
    const result = await refreshBase(context, unattended);
    assert.equal(result.generation, 2);
    const { changeDetection, tablesCopied, rows, origin, from } = await manifest();
    assert.deepEqual(
      { changeDetection, tablesCopied: tablesCopied.sort(), rows, origin, from },
      {
        changeDetection: 'binlog-events',
        tablesCopied: ['child', 'parent'],
        rows: 5,
        origin: 'refresh',
        from: 1,
      },
    );
    await lookIntoBase(context, async clone => {
      assert.deepEqual(await clone.rows('SELECT id FROM child'), [[20]]);
      assert.deepEqual(await clone.rows('SELECT id FROM v'), [[7]]);
      await assert.rejects(clone.execute('INSERT INTO child VALUES (30, 99)'));
    });
  });

  it('asks the tables themselves when the account may not read the log, and replaces values as before', async () => {
    context = asReader();
    await buildBase(context, unattended);
    const first = await lookIntoBase(context, clone => clone.rows('SELECT email FROM people ORDER BY id'));
    await server.execute("INSERT INTO shop.people VALUES (3, 'c@corp.test', 'three')");
    await refreshBase(context, unattended);
    const { changeDetection, tablesCopied, source } = await manifest();
    assert.equal(changeDetection, 'table-checks');
    assert.equal(source.consistency, 'binlog-snapshot');
    assert.ok(tablesCopied.includes('people'));
    const second = await lookIntoBase(context, clone => clone.rows('SELECT email FROM people ORDER BY id'));
    assert.equal(second.length, 3);
    assert.deepEqual(second.slice(0, 2), first);
    await server.execute('UPDATE shop.still SET id = 8');
    await refreshBase(context, unattended);
    assert.deepEqual((await manifest()).tablesCopied, ['still']);
  });

  it('brings in new, altered, emptied and dropped tables, views and routines', async () => {
    context = asRoot();
    await buildBase(context, unattended);
    await server.execute(
      'CREATE TABLE shop.fresh (id INT PRIMARY KEY)',
      'INSERT INTO shop.fresh VALUES (1)',
      'ALTER TABLE shop.still ADD COLUMN extra INT DEFAULT 5',
      'TRUNCATE TABLE shop.people',
      'DROP TABLE shop.child',
      'CREATE OR REPLACE VIEW shop.v AS SELECT extra FROM shop.still',
      'CREATE FUNCTION shop.f() RETURNS INT DETERMINISTIC RETURN 4',
    );
    await refreshBase(context, unattended);
    assert.deepEqual((await manifest()).tablesCopied.sort(), ['fresh', 'people', 'still']);
    await lookIntoBase(context, async clone => {
      assert.deepEqual(await clone.rows('SELECT * FROM v'), [[5]]);
      assert.deepEqual(await clone.rows('SELECT f(), (SELECT COUNT(*) FROM people)'), [[4, 0]]);
      assert.deepEqual(await clone.rows('SHOW FULL TABLES'), [
        ['fresh', 'BASE TABLE'],
        ['parent', 'BASE TABLE'],
        ['people', 'BASE TABLE'],
        ['still', 'BASE TABLE'],
        ['v', 'VIEW'],
      ]);
    });
  });

  it('copies a table whose rules have changed, and stops at a new column without a rule', async () => {
    context = asRoot();
    await buildBase(context, unattended);
    const changed = { ...context, config: structuredClone(context.config) };
    changed.config.scrub.rules['people.note'] = 'null';
    await refreshBase(changed, unattended);
    assert.deepEqual((await manifest()).tablesCopied, ['people']);
    delete changed.config.scrub.rules['*.*'];
    await server.execute('ALTER TABLE shop.people ADD COLUMN phone VARCHAR(30)');
    await assert.rejects(refreshBase(changed, unattended), {
      reason: 'unclassified',
      items: ['"people.phone": "phone",'],
    });
    assert.equal((await manifest()).generation, 2);
  });

  it('keeps generations that environments use, and no other', async () => {
    context = asRoot();
    const { host, paths } = context;
    const change = (id: number) => server.execute(`INSERT INTO shop.still VALUES (${id})`);
    await buildBase(context, unattended);
    await pinGeneration(host, paths, 1, 'env one');
    await change(100);
    await refreshBase(context, unattended);
    await change(101);
    await refreshBase(context, unattended);
    const numbers = async () => (await listGenerations(host, paths)).map(({ generation }) => generation);
    assert.deepEqual(await numbers(), [3, 1]);
    await assert.rejects(pinGeneration(host, paths, 2, 'late'), { reason: 'base-missing' });
    await unpinGeneration(host, paths, 1, 'env one');
    await change(102);
    await refreshBase(context, unattended);
    assert.deepEqual(await numbers(), [4]);
    // A whole build leaves no more behind than a refresh does.
    await buildBase(context, unattended);
    assert.deepEqual(await numbers(), [5]);
  });
});
