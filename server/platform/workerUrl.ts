/**
 * Where a worker thread's entry lies: the bundle's own file beside this one, or the source below `server/` when the
 * program runs from its sources.
 *
 * @param source path below `server/`, such as `base/worker.ts`
 * @param bundle file name in the bundle's directory, such as `baseWorker.js`
 */
export function workerUrl(source: string, bundle: string): URL {
  return import.meta.url.endsWith('.ts')
    ? new URL(`../${source}`, import.meta.url)
    : new URL(`./${bundle}`, import.meta.url);
}
