// `npm test [-- unit|integration|mysql|user|editor …] [FILE …]`: runs the suites one after the other and ends with the line
// `N passed, N failed` from the runners' own results. A file that failed is run once more at the end; what passes only
// then is counted as passed and named.
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { codeServer } from './codeServer.mjs';
import { ordinaryUser } from './ordinaryUser.mjs';
import { childEnvironment, rightNode, root } from './packages.mjs';
import { ensurePrograms } from './system.mjs';

const integrationNeeds = ['fuse-overlayfs', 'mkfs.xfs', 'php', 'setfattr', 'chattr'];
const suites = {
  unit: { needs: [], run: () => mocha('unit', files('test/unit/**/*.test.ts')) },
  integration: {
    needs: integrationNeeds,
    run: () =>
      mocha('integration', files('test/integration/**/*.test.ts', /integration\/(mysql|journeys)\//)),
  },
  journeys: {
    needs: integrationNeeds,
    run: () => mocha('journeys', files('test/integration/journeys/**/*.test.ts')),
  },
  mysql: { needs: ['debootstrap'], run: () => mocha('mysql', files('test/integration/mysql/**/*.test.ts')) },
  user: { needs: integrationNeeds, run: asOrdinaryUser },
  editor: { needs: ['chromium', 'g++'], run: editor },
};

const words = process.argv.slice(2);
const named = words.filter(word => suites[word]);
const only = words.filter(word => !suites[word]);
const chosen = named.length > 0 ? named : only.length > 0 ? [] : Object.keys(suites);
const scratch = mkdtempSync(path.join(tmpdir(), 'gr-results-'));
const results = [];
const flaky = [];

try {
  if (only.length > 0) await round('files', () => mocha('files', only));
  for (const name of chosen) {
    console.log(`\n━━━ ${name} ━━━`);
    ensurePrograms(suites[name].needs, `The suite "${name}"`);
    await round(name, suites[name].run);
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
process.exit(summary());

/** Runs a suite; then, once, the files of it that failed. */
async function round(name, run) {
  const first = await run();
  const failed = [...new Set(first.filter(({ state }) => state === 'failed').map(({ file }) => file))];
  if (failed.length === 0 || failed.some(file => !file))
    return void results.push(...first.map(one => ({ ...one, suite: name })));
  console.log(
    `\nOnce more, to tell a fault from chance: ${failed.map(file => path.relative(root, file)).join(', ')}`,
  );
  const second = await (name === 'user' ? asOrdinaryUser(failed) : mocha(`${name}-again`, failed));
  const passedNow = new Set(second.filter(({ state }) => state === 'passed').map(({ title }) => title));
  flaky.push(
    ...first
      .filter(one => one.state === 'failed' && (passedNow.has(one.title) || /" hook/.test(one.title)))
      .map(({ title, problem }) => `${title}: ${problem?.split('\n')[0]}`),
  );
  results.push(
    ...first.filter(one => !failed.includes(one.file)).map(one => ({ ...one, suite: name })),
    ...second.map(one => ({ ...one, suite: name })),
  );
}

function files(pattern, except) {
  return globSync(pattern, { cwd: root })
    .filter(file => !except?.test(file))
    .sort()
    .map(file => path.join(root, file));
}

function mocha(name, specs, wrap = command => command, directory = root) {
  if (specs.length === 0) return [];
  const output = path.join(scratch, `${name}.json`);
  rmSync(output, { force: true });
  const [program, ...args] = wrap(
    [
      rightNode(),
      path.join(root, 'node_modules/mocha/bin/mocha.js'),
      '--reporter',
      path.join(root, 'test/setup/reporter.cjs'),
      ...specs,
    ],
    output,
  );
  const { status, signal } = spawnSync(program, args, {
    cwd: directory,
    stdio: 'inherit',
    env: childEnvironment({ GREENROOM_TEST_RESULTS: output }),
  });
  return read(output, name, status ?? signal);
}

/** A runner that ended without results is a failure of its own, never nothing. */
function read(output, name, ending) {
  if (existsSync(output)) {
    const found = JSON.parse(readFileSync(output, 'utf8'));
    if (found.length > 0) return found;
  }
  return [
    {
      title: `the runner of "${name}" ended without results (${ending})`,
      file: '',
      state: 'failed',
      problem: '',
    },
  ];
}

/** The same tests of everything that must not need root, by a user who is not root, in a copy that is theirs. */
function asOrdinaryUser(again) {
  const patterns = [
    'test/integration/{cli,files,git,environments,journeys}/**/*.test.ts',
    'test/integration/database/clone*.test.ts',
  ];
  const specs = again ?? patterns.flatMap(pattern => files(pattern));
  if (process.getuid?.() !== 0) return [];
  const user = ordinaryUser(root);
  const output = path.join(user.home, 'results.json');
  rmSync(output, { force: true });
  const node = path.join(user.checkout, 'node_modules/node/bin/node');
  const own = specs.map(file =>
    file.startsWith(user.checkout) ? file : path.join(user.checkout, path.relative(root, file)),
  );
  const { status, signal } = user.run(
    [
      node,
      path.join(user.checkout, 'node_modules/mocha/bin/mocha.js'),
      '--reporter',
      path.join(user.checkout, 'test/setup/reporter.cjs'),
      ...own,
    ],
    { GREENROOM_TEST_RESULTS: output },
  );
  return read(output, 'user', status ?? signal).map(one => ({
    ...one,
    title: `(ordinary user) ${one.title}`,
  }));
}

async function editor() {
  await codeServer(step => console.log(step));
  const output = path.join(scratch, 'editor.json');
  const { status, signal } = spawnSync(rightNode(), [path.join(root, 'test/editor/run.ts')], {
    cwd: root,
    stdio: 'inherit',
    env: childEnvironment({ GREENROOM_TEST_RESULTS: output }),
  });
  return read(output, 'editor', status ?? signal);
}

function summary() {
  // What needs root is skipped where the ordinary user runs it, and the other way round: it counts as run if it ran somewhere.
  const plain = title => title.replace('(ordinary user) ', '');
  const ran = new Set(results.filter(one => one.state !== 'skipped').map(one => plain(one.title)));
  const elsewhere = results.filter(one => one.state === 'skipped' && ran.has(plain(one.title))).length;
  const count = state => results.filter(one => one.state === state).length;
  const skipped = results.filter(one => one.state === 'skipped' && !ran.has(plain(one.title)));
  console.log('\n━━━ summary ━━━');
  for (const suite of new Set(results.map(one => one.suite))) {
    const own = results.filter(one => one.suite === suite);
    const seconds = own.reduce((sum, one) => sum + (one.milliseconds ?? 0), 0) / 1000;
    console.log(
      `${suite}: ${own.filter(one => one.state === 'passed').length} passed, ${own.filter(one => one.state === 'failed').length} failed, ${own.filter(one => one.state === 'skipped').length} skipped (${seconds.toFixed(0)} s in tests)`,
    );
  }
  if (elsewhere > 0) console.log(`${elsewhere} tests were skipped by one user and run by the other`);
  for (const { title, problem } of skipped) console.log(`skipped: ${title}${problem ? ` (${problem})` : ''}`);
  for (const one of flaky) console.log(`passed only when run again: ${one}`);
  for (const { suite, title, problem } of results.filter(one => one.state === 'failed'))
    console.log(`failed: [${suite}] ${title}\n${problem}`);
  console.log(
    `\n${count('passed')} passed, ${count('failed')} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ''}`,
  );
  if (process.env.GREENROOM_TEST_SUMMARY)
    writeFileSync(process.env.GREENROOM_TEST_SUMMARY, JSON.stringify(results));
  return count('failed') > 0 || count('passed') === 0 ? 1 : 0;
}
