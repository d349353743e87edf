import assert from 'node:assert/strict';
import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { hasReason } from '../../../server/platform/errors.ts';
import { unattended } from '../../../server/platform/progress.ts';
import { choose } from '../../../server/promotion/choices.ts';
import { directChanges } from '../../../server/promotion/directChanges.ts';
import { productionMoved } from '../../../server/promotion/moved.ts';
import { makePlan } from '../../../server/promotion/plan.ts';
import { planFile } from '../../../server/promotion/planFile.ts';
import { promote } from '../../../server/promotion/promote.ts';
import { undo } from '../../../server/promotion/undo.ts';
import { startMariadb, type TestServer } from '../../support/mariadb.ts';
import {
  contextOf,
  editEnvironment,
  makeSite,
  picture,
  rootOf,
  siteOf,
  visible,
} from '../../support/promotionSite.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

describe('plan', () => {
  let server: TestServer;
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  before(async () => {
    server = await startMariadb();
    directory = await temporaryDirectory();
  });
  after(async () => {
    await server?.stop();
    await directory?.remove();
  });
  const all = { message: 'm', confirmDestructive: true, reviewed: true };

  it('has one digest as long as nothing moves, and another for every change and choice', async () => {
    const spec = await makeSite(server, directory.path, 'digest');
    await editEnvironment(server, spec);
    const context = await contextOf(spec);
    const digest = async () => (await makePlan(context, unattended, { rehearse: false })).digest;
    const first = await digest();
    assert.match(first, /^[0-9a-f]{64}$/);
    assert.equal(await digest(), first);
    assert.equal((await makePlan(context, unattended)).digest, first);
    const seen = new Set([first]);
    const differs = async (what: string) => {
      const now = await digest();
      assert.ok(!seen.has(now), what);
      seen.add(now);
    };
    await writeFile(path.join(siteOf(spec), 'index.php'), 'else\n');
    await differs('content');
    await chmod(path.join(siteOf(spec), 'index.php'), 0o600);
    await differs('mode');
    await choose(context, { excludeFiles: ['logo.bin'] });
    await differs('exclusion');
    await server.execute(`ALTER TABLE ${spec.clone}.orders ADD COLUMN more INT`);
    await differs('schema');
    await server.execute(`ALTER TABLE ${spec.production}.orders ADD COLUMN theirs INT`);
    await differs('production’s touched table');
    const before = await digest();
    await server.execute(`CREATE TABLE ${spec.production}.unrelated (id INT PRIMARY KEY)`);
    await writeFile(path.join(rootOf(spec), 'unrelated.txt'), 'x');
    assert.equal(await digest(), before, 'what the plan does not touch is not in its digest');
  });

  it('leaves out the forked configuration, excluded paths, the person’s choice and Greenroom’s own names', async () => {
    const spec = await makeSite(server, directory.path, 'filter', { exclude: ['cache/**'] });
    const site = siteOf(spec);
    await writeFile(path.join(site, 'cache', 'page'), 'other');
    await writeFile(path.join(site, '.env'), 'SECRET=1');
    await writeFile(path.join(site, '.greenroom-x'), 'own');
    await writeFile(path.join(site, 'index.php'), 'new');
    await writeFile(path.join(site, 'keep.txt'), 'new');
    const context = await contextOf(spec);
    context.environment?.record.forkedFiles.push('.env');
    await choose(context, { excludeFiles: ['keep.txt'] });
    const plan = await makePlan(context, unattended);
    assert.deepEqual(
      plan.files.map(file => [file.path, file.excluded ?? false]),
      [
        ['index.php', false],
        ['keep.txt', true],
      ],
    );
    await promote(context, { ...all, digest: plan.digest }, unattended);
    assert.equal(await readFile(path.join(rootOf(spec), 'index.php'), 'utf8'), 'new');
    await assert.rejects(readFile(path.join(rootOf(spec), 'keep.txt')));
  });

  it('shows both sides of a conflict, refuses to promote it, and follows “mine” and “theirs”', async () => {
    const spec = await makeSite(server, directory.path, 'conflict');
    const context = await contextOf(spec);
    const [site, root] = [siteOf(spec), rootOf(spec)];
    await writeFile(path.join(site, 'index.php'), 'mine\n');
    await rm(path.join(site, 'lib', 'a.php'));
    await server.execute(`ALTER TABLE ${spec.clone}.orders MODIFY total DECIMAL(12,2) NOT NULL`);
    await writeFile(path.join(root, 'index.php'), 'theirs\n');
    await writeFile(path.join(root, 'lib', 'a.php'), 'theirs\n');
    await server.execute(`ALTER TABLE ${spec.production}.orders MODIFY total DECIMAL(14,2) NOT NULL`);
    const plan = await makePlan(context, unattended);
    assert.deepEqual(
      plan.conflicts.map(({ kind, subject }) => `${kind} ${subject}`),
      ['file index.php', 'file lib/a.php', 'schema orders.total'],
    );
    assert.equal(plan.conflicts[0]?.mine, 'mine\n');
    assert.equal(plan.conflicts[0]?.theirs, 'theirs\n');
    assert.equal(plan.conflicts[1]?.mine, undefined);
    await assert.rejects(promote(context, { ...all, digest: plan.digest }, unattended), error =>
      hasReason(error, 'conflict'),
    );
    const [first, second, third] = plan.conflicts.map(({ id }) => id);
    await choose(context, {
      resolve: { [first ?? '']: 'mine', [second ?? '']: 'theirs', [third ?? '']: 'mine' },
    });
    const resolved = await makePlan(context, unattended);
    assert.notEqual(resolved.digest, plan.digest);
    assert.ok(resolved.conflicts.every(({ resolution }) => resolution !== undefined));
    await promote(context, { ...all, digest: resolved.digest }, unattended);
    assert.equal(await readFile(path.join(root, 'index.php'), 'utf8'), 'mine\n');
    assert.equal(await readFile(path.join(root, 'lib', 'a.php'), 'utf8'), 'theirs\n');
    const [row] = await server.query<{ type: string }>(
      `SELECT column_type AS type FROM information_schema.columns WHERE table_schema = '${spec.production}' AND column_name = 'total' AND table_name = 'orders'`,
    );
    assert.equal(row?.type, 'decimal(12,2)');
  });

  it('asks about a rename, and follows the answer there and back', async () => {
    const spec = await makeSite(server, directory.path, 'rename');
    const before = visible(await picture(server, spec));
    await server.execute(`ALTER TABLE ${spec.clone}.customers CHANGE note remark TEXT NULL`);
    await server.execute(`RENAME TABLE ${spec.clone}.old_log TO ${spec.clone}.history`);
    const context = await contextOf(spec);
    const plan = await makePlan(context, unattended, { rehearse: false });
    assert.deepEqual(plan.renames.map(({ from, to }) => `${from}>${to}`).sort(), [
      'note>remark',
      'old_log>history',
    ]);
    assert.ok(plan.schema.some(({ destructive }) => destructive));
    await choose(context, {
      renames: Object.fromEntries(plan.renames.map(({ id }) => [id, 'rename' as const])),
    });
    const decided = await makePlan(context, unattended);
    assert.equal(decided.rehearsal.state, 'passed', JSON.stringify(decided.rehearsal));
    assert.ok(decided.schema.every(({ destructive }) => !destructive));
    const done = await promote(context, { digest: decided.digest, message: 'm' }, unattended);
    const after = visible(await picture(server, spec));
    assert.equal(after.rows['history'], before.rows['old_log']);
    assert.equal(after.rows['customers'], before.rows['customers']);
    await undo(context, { promotion: done.promotion }, unattended);
    assert.deepEqual(visible(await picture(server, spec)), before);
  });

  it('answers hunks of a file, and says what is binary', async () => {
    const spec = await makeSite(server, directory.path, 'hunks');
    await editEnvironment(server, spec, []);
    const context = await contextOf(spec);
    const text = await planFile(context, 'index.php');
    assert.equal(text.binary, false);
    assert.deepEqual(text.hunks[0]?.lines, [
      ' <?php',
      '-// one',
      '-echo "hello";',
      '+// two',
      '+echo "hello, world";',
    ]);
    const binary = await planFile(context, 'logo.bin');
    assert.deepEqual([binary.binary, binary.production, binary.hunks], [true, undefined, []]);
    await assert.rejects(planFile(context, '../repo/.git/config'), error => hasReason(error, 'path-escape'));
  });

  it('notices direct changes once, records them, and never its own promotions', async () => {
    const spec = await makeSite(server, directory.path, 'direct');
    await editEnvironment(server, spec);
    const context = await contextOf(spec);
    const plan = await makePlan(context, unattended);
    assert.deepEqual(plan.directChanges, []);
    const done = await promote(context, { ...all, digest: plan.digest }, unattended);
    assert.deepEqual(await directChanges(context), []);
    await undo(context, { promotion: done.promotion }, unattended);
    assert.deepEqual(await directChanges(context), []);
    assert.equal(await productionMoved(context), false);
    await writeFile(path.join(rootOf(spec), 'index.php'), 'hot fix\n');
    await writeFile(path.join(rootOf(spec), 'cache', 'page'), 'excluded\n');
    await server.execute(`ALTER TABLE ${spec.production}.audit ADD COLUMN at DATETIME NULL`);
    await server.execute(`CREATE VIEW ${spec.production}.direct AS SELECT 1 AS one`);
    const lines = ['file index.php was modified', 'table audit was changed', 'view direct was created'];
    assert.deepEqual((await directChanges(context)).sort(), lines);
    assert.deepEqual(await directChanges(context), []);
    assert.equal(await productionMoved(context), true);
    const [newest] = await context.ledger.entries();
    assert.equal(newest?.kind, 'direct');
    assert.deepEqual([...(newest?.findings ?? [])].sort(), lines);
    await writeFile(path.join(rootOf(spec), 'extra.php'), 'x');
    const next = await makePlan(context, unattended, { rehearse: false });
    assert.deepEqual(next.directChanges, ['file extra.php was added']);
  });

  it('stops at findings until they are confirmed, and at rows that the schema would refuse', async () => {
    const spec = await makeSite(server, directory.path, 'findings');
    await server.execute(`ALTER TABLE ${spec.clone}.customers DROP COLUMN note`);
    await writeFile(path.join(siteOf(spec), 'dump.sql.gz'), 'x');
    const context = await contextOf(spec);
    const plan = await makePlan(context, unattended);
    assert.deepEqual(plan.findings.map(({ severity }) => severity).sort(), ['confirm', 'review']);
    const digest = plan.digest;
    const refused = (params: object) =>
      assert.rejects(promote(context, { digest, message: 'm', ...params }, unattended), error =>
        hasReason(error, 'finding'),
      );
    await refused({});
    await refused({ confirmDestructive: true });
    await refused({ reviewed: true });
    const done = await promote(context, { ...all, digest }, unattended);
    const [entry] = await context.ledger.entries();
    assert.equal(entry?.promotion, done.promotion);
    assert.match(entry?.findings.join('\n') ?? '', /confirmed by tess@example.test/);
    await server.execute(
      `DELETE FROM ${spec.clone}.old_log`,
      `DELETE FROM ${spec.clone}.orders WHERE id = 3`,
      `ALTER TABLE ${spec.clone}.orders ADD UNIQUE KEY one_each (customer_id)`,
    );
    const bad = await makePlan(context, unattended);
    await assert.rejects(promote(context, { ...all, digest: bad.digest }, unattended), error =>
      hasReason(error, 'data-check'),
    );
  });
});
