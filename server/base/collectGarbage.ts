import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Gives back memory now. V8 lets tens of megabytes of dropped array buffers lie about per thread before it looks, and a backend
 * with its threads has a budget; called a few times per build, where large arrays have just been dropped.
 */
export function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect === 'function') collect();
}
