import assert from 'node:assert/strict';
import { type Fixture, finish } from './fixture.ts';
import type { EditorWindow } from './window.ts';

export type GetFixture = () => Fixture;

/** Windows that a test opens: closed after it, pictured when it failed, and none may leave an error on its console. */
export function windows(): { add(window: EditorWindow): EditorWindow } {
  let open: EditorWindow[] = [];
  afterEach(async function () {
    const test = this.currentTest;
    const failed = test?.state === 'failed';
    const errors = open.flatMap(window => window.errors);
    for (const [index, window] of open.entries())
      await finish(window, failed, `${test?.fullTitle() ?? 'test'} ${index}`);
    open = [];
    if (!failed) assert.deepEqual(errors, [], 'errors on the developer console');
  });
  return {
    add(window) {
      open.push(window);
      return window;
    },
  };
}
