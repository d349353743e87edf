// The entry of `npm start`, `npm test`, `npm run code`, `npm run bench` and `npm run screenshots`: does all of the set-up, then runs the thing itself
// with the right Node. Plain JavaScript for the Node that a fresh machine has (20 or later).
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { childEnvironment, ensurePackages, fail, rightNode, root } from './packages.mjs';
import { ensurePrograms } from './system.mjs';

const [what, ...rest] = process.argv.slice(2);
if (Number(process.versions.node.split('.')[0]) < 18)
  fail(`Node ${process.versions.node} is too old to start the set-up. Install Node 20 or later.`);

const tour = ['git', 'mariadbd', 'ssh-keygen'];
const actions = {
  tour: () => prepare(tour, 'The tour', ['test/demo/tour.ts']),
  test: () => prepare(tour, 'The tests', ['test/setup/suites.mjs']),
  code: () => prepare(tour, 'The demo', ['test/demo/code.ts']),
  bench: () => prepare([...tour, 'mydumper'], 'The benchmarks', ['test/bench/main.ts']),
  screenshots: () =>
    prepare([...tour, 'chromium', 'g++'], 'Taking screenshots', ['test/editor/screenshots.ts']),
};
if (actions[what] === undefined) fail(`Unknown: ${what}. One of ${Object.keys(actions).join(', ')}.`);
actions[what]();

function prepare(programs, purpose, script) {
  ensurePrograms(programs, purpose);
  ensurePackages();
  if (!existsSync(rightNode()))
    fail(
      'The npm package "node" did not bring a Node for this platform. Install Node 24 and put it into node_modules/node/bin.',
    );
  start(['build.mjs', '--quiet']);
  start([...script, ...rest], true);
}

function start(args, last = false) {
  const { status, signal } = spawnSync(rightNode(), args, {
    cwd: root,
    stdio: 'inherit',
    env: childEnvironment(),
  });
  if (status !== 0 || last) process.exit(status ?? (signal === 'SIGINT' ? 130 : 1));
}
