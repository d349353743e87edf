import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

type Collect = (options?: { type: 'minor' } | { type: 'major'; flavor: 'last-resort' }) => void;

/** Bytes of a heap that nothing lives in; from there on giving them back is worth some dozens of milliseconds. */
const worthShrinking = 32_000_000;

let collect: Collect | undefined;

/**
 * Gives back memory now. V8 lets tens of megabytes of dropped array buffers lie about per thread before it looks, and keeps the
 * room that they and other garbage took in its heap; a backend with its threads has a budget. Called a few times per build,
 * where much has just been dropped.
 */
export function collectGarbage(): void {
  collector()();
  const { total_heap_size, used_heap_size } = getHeapStatistics();
  if (total_heap_size - used_heap_size > worthShrinking)
    collector()({ type: 'major', flavor: 'last-resort' });
}

/** The same for what was made and dropped a moment ago: takes less than a millisecond. */
export function collectRecentGarbage(): void {
  collector()({ type: 'minor' });
}

/**
 * Lets this process's heap grow by little from here on. V8 is generous to a program that fills it: it would take two and a half
 * times the schema of ten thousand tables. Costs a seventh more time where much is made that stays.
 */
export function growSlowly(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--heap-growing-percent=20');
}

function collector(): Collect {
  if (collect === undefined) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as Collect;
  }
  return collect;
}
