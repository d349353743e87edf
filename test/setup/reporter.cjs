// Mocha's spec output for people, and the result of every test as JSON for the summary.
const { writeFileSync } = require('node:fs');
const Mocha = require('mocha');

module.exports = class extends Mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const results = [];
    const add = (test, state, problem) =>
      results.push({
        title: test.fullTitle(),
        file: test.file ?? '',
        state,
        problem,
        milliseconds: test.duration ?? 0,
      });
    runner.on('pass', test => add(test, 'passed'));
    // A failing hook counts as a failure too: the tests behind it did not run.
    runner.on('fail', (test, error) => add(test, 'failed', String(error?.stack ?? error)));
    runner.on('pending', test => add(test, 'skipped', test.skipReason ?? ''));
    runner.on('end', () => {
      if (process.env.GREENROOM_TEST_RESULTS)
        writeFileSync(process.env.GREENROOM_TEST_RESULTS, JSON.stringify(results));
    });
  }
};
