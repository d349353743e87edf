import assert from 'node:assert/strict';
import { appendHostResults } from '../support/hostResults.ts';
import { runHostSuite } from '../support/hostSuite.ts';
import type { GetFixture } from '../support/journey.ts';

export function hostJourneys(get: GetFixture): void {
  it('passes its tests inside the extension host', async function () {
    this.timeout(300_000);
    const { project } = get();
    await project.checkout('before-host-suite');
    const results = await runHostSuite(get(), project.repository);
    appendHostResults(results);
    for (const { title, state, milliseconds } of results)
      console.log(`        ${state === 'passed' ? '✔' : '✗'} ${title} (${milliseconds} ms)`);
    assert.ok(results.length > 8);
    assert.deepEqual(
      results.filter(({ state }) => state !== 'passed').map(({ title, problem }) => `${title}: ${problem}`),
      [],
    );
  });
}
