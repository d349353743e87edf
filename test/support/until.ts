import { setTimeout as wait } from 'node:timers/promises';

/** Waits until something is so, looking again and again; gives up after a limit that only a fault reaches. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what = 'the condition',
  limit = 120_000,
): Promise<void> {
  const start = performance.now();
  while (!(await condition())) {
    if (performance.now() - start > limit) throw new Error(`${what} did not come true within ${limit} ms`);
    await wait(20);
  }
}
