const slots = 1024;
const longestValue = 96;
/** After this many look-ups the cache decides whether it pays. */
const trial = 8192;

/**
 * Remembers a column's recent values and their replacements: names, cities and countries repeat. Direct-mapped, so its
 * memory is constant. Gives up by itself where values hardly ever repeat, because a look-up is not free.
 */
export class ValueCache {
  readonly #inputs: (Buffer | undefined)[] = new Array(slots).fill(undefined);
  readonly #outputs: (Buffer | null)[] = new Array(slots).fill(null);
  #lookups = 0;
  #hits = 0;
  #enabled = true;

  /** Wraps a transform that depends on nothing but the value. */
  wrap(transform: (value: Buffer) => Buffer | null): (value: Buffer) => Buffer | null {
    return value => {
      if (!this.#enabled || value.length > longestValue) return transform(value);
      let hash = 0x811c9dc5;
      for (let i = 0; i < value.length; i++) hash = Math.imul(hash ^ (value[i] as number), 0x01000193);
      const slot = (hash ^ (hash >>> 15)) & (slots - 1);
      const known = this.#inputs[slot];
      if (++this.#lookups === trial && this.#hits < trial / 10) this.#disable();
      if (known !== undefined && sameBytes(known, value)) {
        this.#hits++;
        return this.#outputs[slot] as Buffer | null;
      }
      const output = transform(value);
      this.#inputs[slot] = Buffer.from(value);
      this.#outputs[slot] = output;
      return output;
    };
  }

  #disable(): void {
    this.#enabled = false;
    this.#inputs.fill(undefined);
    this.#outputs.fill(null);
  }
}

function sameBytes(a: Buffer, b: Buffer): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
