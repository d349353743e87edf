import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createConnection } from 'mysql2/promise';
import { explain } from '../../server/backend/explain.ts';
import { databaseError, errnoOf } from '../../server/database/databaseError.ts';
import { systemClock } from '../../server/platform/clock.ts';
import { GreenroomError, messageOf } from '../../server/platform/errors.ts';
import { Redactor } from '../../server/platform/log.ts';
import { systemProcesses } from '../../server/platform/processes.ts';
import { cleanDemo, stopDemo } from './clean.ts';
import { greenroom } from './cli.ts';
import { type Demo, demoRoot, openDemo } from './demo.ts';
import { LastCommand } from './lastCommand.ts';
import { rootConnection } from './production.ts';

/**
 * `npm start`: the main job from beginning to end on the demo shop, through the command line as a user types it; every
 * step is checked and printed with its measured time. A failure ends the tour with a non-zero exit.
 */
interface Created {
  id: string;
  site: string;
  database: { host: string; port: number; user: string; password: string; name: string };
  timings: Record<string, number>;
}
interface Plan {
  digest: string;
  files: { path: string; change: string }[];
  schema: { sql: string; undoSql: string; destructive: boolean }[];
  findings: { severity: string; message: string }[];
}

const root = demoRoot();
const keep = process.argv.includes('--keep');
if (process.argv.includes('--clean')) {
  await cleanDemo(root);
  console.log(`Removed ${root} and everything that ran from it.`);
  process.exit(0);
}

const start = performance.now();
try {
  await tour();
  if (!keep) await stopDemo(root);
  console.log(`\nThe whole tour took ${seconds(performance.now() - start)}.`);
  console.log(
    keep
      ? `The demo still runs, in ${root}.`
      : `The demo is kept in ${root}; "npm run code" opens it in VS Code, "npm start -- --clean" removes it.`,
  );
  process.exit(0);
} catch (error) {
  const { message, items } = inWords(error);
  console.error(['', 'The tour stopped.', message, ...items.map(item => `  ${item}`)].join('\n'));
  if (!keep) await stopDemo(root);
  process.exit(1);
}

async function tour(): Promise<void> {
  const demo = await step(
    'production is up and seeded',
    () => openDemo(root, note),
    ({ rows }) => `${rows.toLocaleString('en')} rows`,
  );
  const commands = new LastCommand(demo.root);
  await commands.ended();
  const shop = {
    cwd: demo.repository,
    variables: demo.variables,
    started: (pid: number) => commands.note(pid),
  };
  const run = <T>(...args: string[]) => greenroom(shop, ...args) as Promise<T>;
  const git = (...args: string[]) => systemProcesses.run('git', args, { cwd: demo.repository });
  await reset(demo, run, git);
  const before = await production(demo);

  await step(
    'base built: read, scrubbed in flight, proven, sealed',
    () => run<{ rows: number; generation: number }>('base', 'build'),
    ({ rows, generation }) => `generation ${generation}, ${rows.toLocaleString('en')} rows`,
  );
  await step('branch checked out', () => git('switch', '--quiet', '-c', 'loyalty-points'));
  const environment = await step(
    'staging environment ready',
    () => run<Created>('env', 'create'),
    ({ timings }) => describe(timings),
  );
  note(`site      ${environment.site}`);
  note(`database  127.0.0.1:${environment.database.port}/${environment.database.name}`);

  await step('it has production’s rows, and nobody’s personal data', async () => {
    const clone = await connect(environment);
    const [[live], [scrubbed]] = await Promise.all([
      people(await rootConnection(demo.server, 'shop')),
      people(clone),
    ]);
    assert.equal(scrubbed.count, live.count);
    assert.notEqual(scrubbed.email, live.email);
    note(
      `customer 1 in production: ${mask(live.email)}; in staging: ${scrubbed.given_name} ${scrubbed.family_name}, ${scrubbed.email}`,
    );
    const env = await readFile(path.join(environment.site, '.env'), 'utf8');
    assert.match(env, new RegExp(`DB_PORT="?'?${environment.database.port}`));
    assert.doesNotMatch(env, /sk_live_|correct-horse|hooks\.example\.com/);
    note(
      'its .env points at the clone and the inbox; the live Stripe key, the mail password and the webhook are gone',
    );
  });
  await step('a file and the schema changed in staging', async () => {
    const file = path.join(demo.repository, 'checkout.php');
    await writeFile(
      file,
      `${await readFile(file, 'utf8')}echo "You earn " . floor($order['total']) . " points\\n";\n`,
    );
    await git('commit', '--quiet', '--all', '--message', 'Show loyalty points');
    const clone = await connect(environment);
    await clone.query(
      'ALTER TABLE customers ADD COLUMN points INT UNSIGNED NOT NULL DEFAULT 0, ADD KEY customers_points (points)',
    );
    await clone.query(
      'CREATE TABLE point_entries (id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, customer_id INT UNSIGNED NOT NULL, points INT NOT NULL, CONSTRAINT points_customer FOREIGN KEY (customer_id) REFERENCES customers (id))',
    );
    await clone.end();
    assert.deepEqual(await production(demo), before, 'production must not change before it is promoted');
  });

  const plan = await step(
    'plan made and rehearsed',
    () => run<Plan>('diff'),
    ({ files, schema, findings }) =>
      `${files.length} file, ${schema.length} statements, ${findings.length} findings`,
  );
  for (const { change, path: file } of plan.files) note(`${change} ${file}`);
  for (const { sql } of plan.schema) note(sql.replace(/\s+/g, ' '));
  note(`digest ${plan.digest}`);
  assert.deepEqual(
    plan.files.map(file => file.path),
    ['checkout.php'],
  );
  assert.equal(plan.schema.length, 2);

  const promoted = await step(
    'promoted, all or nothing',
    () =>
      run<{ promotion: string; ledgerCommit: string; timings: Record<string, number> }>(
        'promote',
        '--plan',
        plan.digest,
        '--message',
        'Loyalty points',
      ),
    ({ timings }) => describe(timings),
  );
  await step('production checked', async () => {
    const after = await production(demo);
    assert.match(after.files['checkout.php'] ?? '', /You earn/);
    assert.match(after.schema, /points/);
    assert.equal(after.rows, before.rows);
  });
  await step(
    'undone with one command',
    () => run<{ timings: Record<string, number> }>('undo', promoted.promotion),
    ({ timings }) => describe(timings),
  );
  await step('production checked: as it was before', async () =>
    assert.deepEqual(await production(demo), before),
  );
  await step(
    'evidence verified offline',
    () => run<{ ok: boolean; entries: number; problems: string[] }>('verify'),
    ({ ok, entries, problems }) => {
      assert.ok(ok, problems.join('; '));
      return `${entries} signed entries`;
    },
  );
  await run('env', 'destroy', '--now', '--even-if-changed');
  await git('switch', '--quiet', 'main');
}

/** A failed statement or command has words of its own; what a check of this tour found is said as it is. */
function inWords(error: unknown): { message: string; items: string[] } {
  const known = errnoOf(error) === undefined ? error : databaseError(error, 'a database of the demo');
  return known instanceof GreenroomError
    ? explain(known, new Redactor())
    : { message: messageOf(known), items: [] };
}

/** Brings a demo that was used before back to its beginning; what people promoted in it stays. */
async function reset(
  demo: Demo,
  run: (...args: string[]) => Promise<unknown>,
  git: (...args: string[]) => Promise<unknown>,
): Promise<void> {
  await git('switch', '--quiet', '--force', 'main');
  await undoUnfinished(run);
  const { environments } = (await run('env', 'list')) as { environments: { id: string; branch: string }[] };
  for (const { id, branch } of environments)
    if (branch === 'loyalty-points') await run('env', 'destroy', id, '--now', '--even-if-changed');
  const { stdout } = await systemProcesses.run('git', ['branch', '--list', 'loyalty-points'], {
    cwd: demo.repository,
  });
  if (stdout.trim() !== '') await git('branch', '--quiet', '-D', 'loyalty-points');
}

/** A tour that was killed may have left its promotion behind: it is undone. */
async function undoUnfinished(run: (...args: string[]) => Promise<unknown>): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      const { entries } = (await run('log')) as {
        entries: { promotion: string; kind: string; branch?: string; undo: { state: string } }[];
      };
      const left = entries.find(
        ({ kind, branch, undo }) =>
          kind === 'promotion' && branch === 'loyalty-points' && undo.state === 'possible',
      );
      if (left) await run('undo', left.promotion);
      return;
    } catch (error) {
      if (attempt === 20) throw error;
      await systemClock.sleep(500);
    }
  }
}

/** Production as anyone can look at it: every file's text, every table's definition, the number of rows. */
async function production(
  demo: Demo,
): Promise<{ files: Record<string, string>; schema: string; rows: number }> {
  const files: Record<string, string> = {};
  for (const entry of await readdir(demo.site, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    if (entry.isFile()) files[path.relative(demo.site, file)] = await readFile(file, 'utf8');
  }
  const session = await rootConnection(demo.server, 'shop');
  try {
    const [tables] = (await session.query(
      "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'shop' AND table_name NOT LIKE '\\_greenroom\\_%' ORDER BY 1",
    )) as unknown as [{ name: string }[]];
    let schema = '';
    for (const { name } of tables) {
      const [[definition]] = (await session.query('SHOW CREATE TABLE ??', [name])) as unknown as [
        Record<string, string>[],
      ];
      schema += `${definition?.['Create Table'] ?? definition?.['Create View']}\n`;
    }
    const [[count]] = (await session.query(
      'SELECT (SELECT COUNT(*) FROM customers) + (SELECT COUNT(*) FROM orders) AS n',
    )) as unknown as [[{ n: number }]];
    return { files, schema, rows: count.n };
  } finally {
    await session.end();
  }
}

async function people(session: Awaited<ReturnType<typeof connect>>) {
  try {
    const [rows] = await session.query(
      'SELECT email, given_name, family_name, (SELECT COUNT(*) FROM customers) AS count FROM customers WHERE id = 1',
    );
    return rows as unknown as [{ email: string; given_name: string; family_name: string; count: number }];
  } finally {
    await session.end();
  }
}

function connect({ database: { host, port, user, password, name } }: Created) {
  return createConnection({ host, port, user, password, database: name });
}

async function step<T>(
  what: string,
  action: () => Promise<T>,
  more: (result: T) => string = () => '',
): Promise<T> {
  const began = performance.now();
  const result = await action();
  const detail = more(result);
  console.log(
    `✓ ${what.padEnd(56)} ${seconds(performance.now() - began).padStart(8)}${detail ? `   ${detail}` : ''}`,
  );
  return result;
}

function note(text: string): void {
  console.log(`    ${text}`);
}

function seconds(milliseconds: number): string {
  return milliseconds < 10_000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

function describe({ total, ...steps }: Record<string, number>): string {
  return `${total} ms in the backend: ${Object.entries(steps)
    .map(([name, ms]) => `${name} ${ms}`)
    .join(', ')}`;
}

function mask(email: string): string {
  return email.replace(/^(.).*@.*$/, '$1…@…');
}
