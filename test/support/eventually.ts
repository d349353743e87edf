import assert from 'node:assert/strict';

/** Asks until the answer is yes; fails with the last answer after a limit that only a broken program reaches. */
export async function eventually(
  what: string,
  question: () => Promise<boolean> | boolean,
  limitMs = 30_000,
): Promise<void> {
  const deadline = Date.now() + limitMs;
  while (!(await question())) {
    if (Date.now() > deadline) assert.fail(`not within ${limitMs} ms: ${what}`);
    await new Promise(resolve => setTimeout(resolve, 10));
  }
}
