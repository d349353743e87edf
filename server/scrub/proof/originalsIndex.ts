import type { CollectedOriginals, OriginalKind } from '../originals.ts';
import type { ScrubKey } from '../plan.ts';
import { beginningsOf, mayBeValue } from './filters.ts';
import { Fingerprinter, FingerprintSet } from './fingerprints.ts';
import { wordPairs } from './scan.ts';

/** Looks values of the base up among the originals. One per thread: it reuses one fingerprinter. */
export class OriginalsIndex {
  readonly #fingerprinter: Fingerprinter;
  readonly #sets = new Map<OriginalKind, FingerprintSet>();
  /** See `filters.ts`. */
  readonly filters: Uint32Array;
  #pairs: Uint8Array | undefined;

  constructor(originals: CollectedOriginals, key: ScrubKey) {
    this.#fingerprinter = new Fingerprinter(key);
    this.filters = originals.filters;
    for (const [kind, data] of Object.entries(originals.sets))
      this.#sets.set(kind as OriginalKind, new FingerprintSet(Number.MAX_SAFE_INTEGER, data));
  }

  /** What a pass over a value stops at that looks for names. */
  get pairs(): Uint8Array {
    this.#pairs ??= wordPairs(beginningsOf(this.filters));
    return this.#pairs;
  }

  holds(kind: OriginalKind): boolean {
    return (this.#sets.get(kind)?.size ?? 0) > 0;
  }

  /** Whether `bytes[start, end)` is an original of that kind, written in whatever way the kind allows. */
  has(kind: OriginalKind, bytes: Buffer, start: number, end: number): boolean {
    const set = this.#sets.get(kind);
    if (set === undefined || set.size === 0) return false;
    const print = this.#fingerprinter;
    if (kind === 'address' || kind === 'value') print.text(bytes, start, end);
    else print.compact(bytes, start, end);
    return set.has(print.high, print.low);
  }

  /** Whether the whole of `bytes[start, end)` is an original. Nearly all are none, and are told by length and ends. */
  hasValue(bytes: Buffer, start: number, end: number): boolean {
    return mayBeValue(this.filters, bytes, start, end) && this.has('value', bytes, start, end);
  }

  summary(): Partial<Record<OriginalKind, { searched: number; offered: number; whole: boolean }>> {
    const summary: Partial<Record<OriginalKind, { searched: number; offered: number; whole: boolean }>> = {};
    for (const [kind, set] of this.#sets) {
      const { size, offered, threshold } = set.data;
      summary[kind] = {
        searched: size,
        offered,
        whole: threshold === 0xffffffff && kind !== 'name' && kind !== 'value',
      };
    }
    return summary;
  }
}
