/** Bytes as 43 classes, case folded: what is no ASCII is one class, because folding changes its bytes. */
const classes = new Uint8Array(256).fill(41, 0, 0x80).fill(42, 0x80);
for (const [index, letter] of [...'abcdefghijklmnopqrstuvwxyz0123456789@.- '].entries()) {
  classes[letter.charCodeAt(0)] = index + 1;
  classes[letter.toUpperCase().charCodeAt(0)] = index + 1;
}
const outsideAscii = 42;
const pairs = 64 * 64;

/**
 * Which pairs of neighbouring bytes a text has, from one pass over it: enough to say of nearly every value that it does not stand in the
 * text, without making strings of both.
 */
export class Glance {
  /** The turn in which a pair was last seen: nothing has to be cleared between texts. */
  readonly #seen = new Uint32Array(pairs);
  #turn = 0;
  #isOdd = false;

  /** Takes the text that is asked about next. */
  at(text: Uint8Array, from = 0, to = text.length): void {
    if (++this.#turn === 0xffffffff) {
      this.#seen.fill(0);
      this.#turn = 1;
    }
    const turn = this.#turn;
    const seen = this.#seen;
    let pair = 0;
    let isOdd = false;
    for (let i = from; i < to; i++) {
      const byte = text[i] as number;
      pair = ((pair << 6) | (classes[byte] as number)) & (pairs - 1);
      seen[pair] = turn;
      if (byte === 0xe2 && i + 2 < to && isKelvin(text, i)) isOdd = true;
    }
    this.#isOdd = isOdd;
  }

  /** False where `value[start, end)` stands nowhere in the text, however either is written in capitals. */
  mayHold(value: Uint8Array, start: number, end: number): boolean {
    if (this.#isOdd) return true;
    let before = classes[value[start] as number] as number;
    for (let i = start + 1; i < end; i++) {
      const one = classes[value[i] as number] as number;
      // Pairs with a letter outside ASCII say nothing: in capitals it may have other bytes, and another number of them.
      if (one !== outsideAscii && before !== outsideAscii && this.#seen[(before << 6) | one] !== this.#turn)
        return false;
      before = one;
    }
    return true;
  }
}

/** U+212A, the one letter outside ASCII whose small one is inside. */
const isKelvin = (bytes: Uint8Array, at: number): boolean => bytes[at + 1] === 0x84 && bytes[at + 2] === 0xaa;
