/** Repeats a check until it holds; after the limit, which only a fault reaches, its own failure is thrown. For what happens in another process. */
export async function eventually<T>(check: () => Promise<T>, limit = 120_000): Promise<T> {
  const deadline = Date.now() + limit;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise(resolve => setTimeout(resolve, 50));
    }
  }
}
