import { setTimeout as wait } from 'node:timers/promises';

/** Waits until something is so, looking again and again; gives up after a generous limit. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  limit = 30_000,
  what = 'the condition',
): Promise<void> {
  const start = performance.now();
  while (!(await condition())) {
    if (performance.now() - start > limit) throw new Error(`${what} did not come true within ${limit} ms`);
    await wait(20);
  }
}

/** Repeats a check that throws until it does not; after the limit its own failure is thrown. */
export async function eventually<T>(check: () => Promise<T>, limit = 30_000): Promise<T> {
  const deadline = performance.now() + limit;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await wait(50);
    }
  }
}
