import type { KeyedHash } from './prf.ts';

/** As many keyed numbers as a value needs: the hash of the value, then the hash of that hash and a counter. */
export class KeyStream {
  readonly #hash: KeyedHash;
  readonly #block = Buffer.alloc(20);
  readonly #words = new Uint32Array(4);
  #next = 4;
  #counter = 0;

  constructor(hash: KeyedHash) {
    this.#hash = hash;
  }

  /** Starts anew from `bytes[start, end)`. */
  seed(bytes: Uint8Array, start: number, end: number): this {
    this.#hash.update(bytes, start, end);
    const { words } = this.#hash;
    for (let i = 0; i < 4; i++) this.#words[i] = words[i] as number;
    this.#next = 0;
    this.#counter = 0;
    return this;
  }

  /** The next 32 keyed bits. */
  word(): number {
    if (this.#next === 4) {
      // Most values need no more than the four words of their own hash.
      if (this.#counter === 0)
        for (let i = 0; i < 4; i++) this.#block.writeUInt32LE(this.#words[i] as number, i * 4);
      this.#block.writeUInt32LE(++this.#counter, 16);
      this.#hash.update(this.#block, 0, 20);
      for (let i = 0; i < 4; i++) this.#words[i] = this.#hash.words[i] as number;
      this.#next = 0;
    }
    return this.#words[this.#next++] as number;
  }

  /** A keyed number in `0 … size - 1`. */
  below(size: number): number {
    return Math.floor((this.word() * size) / 4294967296);
  }

  digits(count: number): string {
    let text = '';
    while (text.length < count) text += String(this.below(1e9)).padStart(9, '0');
    return text.slice(0, count);
  }
}
