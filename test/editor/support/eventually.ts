/** Tries until it works; the limit is generous, because the machine may be busy, and is only reached by a fault. */
export async function eventually<T>(
  attempt: () => Promise<T> | T,
  what: string,
  limitMs = 60_000,
): Promise<T> {
  const deadline = performance.now() + limitMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (performance.now() > deadline) throw new Error(`not in ${limitMs} ms: ${what}`, { cause: error });
      await new Promise(resolve => setTimeout(resolve, 100));
    }
  }
}
