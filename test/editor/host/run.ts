import { readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type Mocha from 'mocha';

/** Results are told by `run`; mocha's own output would come through the page's console in pieces. */
class Quiet {}

/** What VS Code calls: runs the tests beside this file in this very extension host, and writes their results. */
export async function run(): Promise<void> {
  const mochaPath = process.env['GREENROOM_TEST_MOCHA'];
  if (mochaPath === undefined) throw new Error('GREENROOM_TEST_MOCHA does not name mocha');
  const MochaClass = createRequire(mochaPath)(mochaPath) as typeof Mocha;
  const mocha = new MochaClass({ ui: 'bdd', timeout: 90_000, color: false, reporter: Quiet as never });
  for (const file of readdirSync(__dirname))
    if (file.endsWith('.test.cjs')) mocha.addFile(path.join(__dirname, file));
  const results: unknown[] = [];
  const failures = await new Promise<number>(resolve => {
    const runner = mocha.run(resolve);
    const add = (test: Mocha.Runnable, state: string, problem?: string) => {
      console.log(`${state}: ${test.fullTitle()}${problem === undefined ? '' : `\n${problem}`}`);
      results.push({ title: test.fullTitle(), state, problem, milliseconds: test.duration ?? 0 });
    };
    runner.on('pass', test => add(test, 'passed'));
    runner.on('fail', (test, error) => add(test, 'failed', String(error.stack ?? error)));
    runner.on('pending', test => add(test, 'skipped'));
  });
  writeFileSync(path.join(__dirname, 'results.json'), JSON.stringify(results));
  if (failures > 0) throw new Error(`${failures} tests failed`);
}
