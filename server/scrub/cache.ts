import { copyBytes, sameBytes } from './encode.ts';
import type { Place } from './place.ts';
import type { PlaceTransform, Row } from './transformer.ts';

const slots = 4096;
const longestValue = 48;
const longestReplacement = 80;
const width = longestValue + longestReplacement;
/** After this many look-ups the cache decides whether it pays. */
const trial = 8192;
const none: Row = [];

/**
 * Remembers a column's recent values and their replacements: names, cities and countries repeat. Direct-mapped, in one stretch of memory, so
 * that it is constant and no object is made. Gives up by itself where values hardly ever repeat, because a look-up is not free.
 */
export class ValueCache {
  /** Per slot the value, then its replacement. Made with the first value: a document's rules have many that see none. */
  #bytes: Buffer | undefined;
  /** Lengths by slot; -1: nothing is known. */
  readonly #inputs = new Int16Array(slots).fill(-1);
  readonly #outputs = new Int16Array(slots);
  #lookups = 0;
  #hits = 0;
  #enabled = true;

  /** Wraps a transform that depends on nothing but the value. */
  wrap(transform: PlaceTransform): PlaceTransform {
    return (bytes, start, end, _row, out) => {
      const length = end - start;
      if (!this.#enabled || length > longestValue) {
        transform(bytes, start, end, none, out);
        return;
      }
      let hash = 0x811c9dc5;
      for (let i = start; i < end; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193);
      const slot = (hash ^ (hash >>> 15)) & (slots - 1);
      this.#bytes ??= Buffer.allocUnsafeSlow(slots * width);
      const at = slot * width;
      if (this.#inputs[slot] === length && sameBytes(this.#bytes, at, bytes, start, end)) {
        this.#hits++;
        out.set(this.#bytes, at + longestValue, at + longestValue + (this.#outputs[slot] as number));
      } else {
        transform(bytes, start, end, none, out);
        this.#keep(slot, bytes, start, end, out);
      }
      if (++this.#lookups === trial && this.#hits < trial / 10) this.#enabled = false;
    };
  }

  #keep(slot: number, bytes: Buffer, start: number, end: number, replacement: Place): void {
    const known = this.#bytes as Buffer;
    const length = replacement.end - replacement.start;
    this.#inputs[slot] = -1;
    // NULL is rare enough to be made each time.
    if (replacement.isNull || length > longestReplacement) return;
    const at = slot * width;
    copyBytes(known, at, bytes, start, end);
    copyBytes(known, at + longestValue, replacement.bytes, replacement.start, replacement.end);
    this.#inputs[slot] = end - start;
    this.#outputs[slot] = length;
  }
}
