import { spawnSync } from 'node:child_process';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readHostResults } from './support/hostResults.ts';

/**
 * The suite "editor" of `npm test`: mocha on the journeys, which run the tests inside the extension host too; the results
 * of those are added to the same list. `node test/editor/run.ts [FILE …]`.
 */
const root = path.resolve(import.meta.dirname, '../..');
const named = process.argv.slice(2);
const specs = named.length > 0 ? named : globSync('test/editor/*.test.ts', { cwd: root }).sort();
const { status } = spawnSync(
  process.execPath,
  [
    path.join(root, 'node_modules/mocha/bin/mocha.js'),
    '--reporter',
    path.join(root, 'test/setup/reporter.cjs'),
    '--exit',
    ...specs.map(spec => path.resolve(root, spec)),
  ],
  {
    cwd: root,
    stdio: 'inherit',
  },
);
const output = process.env['GREENROOM_TEST_RESULTS'];
if (output !== undefined) {
  const own = JSON.parse(readFileSync(output, 'utf8')) as unknown[];
  const inside = readHostResults().map(result => ({
    ...result,
    file: path.join(root, 'test/editor/journeys.test.ts'),
  }));
  writeFileSync(output, JSON.stringify([...own, ...inside]));
}
process.exit(status ?? 1);
