import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

type Collect = (options?: { type: 'minor' }) => void;

let collect: Collect | undefined;

/**
 * Gives back memory now. V8 lets tens of megabytes of dropped array buffers lie about per thread before it looks, and a backend
 * with its threads has a budget; called a few times per build, where large arrays have just been dropped.
 */
export function collectGarbage(): void {
  collector()();
}

/** The same for what was made and dropped a moment ago: takes less than a millisecond. */
export function collectRecentGarbage(): void {
  collector()({ type: 'minor' });
}

function collector(): Collect {
  if (collect === undefined) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as Collect;
  }
  return collect;
}
