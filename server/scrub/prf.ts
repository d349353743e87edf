/**
 * SipHash-2-4 with a 128-bit key and 128-bit output: a pseudo-random function (Aumasson and Bernstein, 2012). Chosen by
 * measurement (`npm run bench`, row "keyed function"): node's HMAC and `crypto.hash` cost microseconds of call overhead
 * per short value, this costs a fraction of one, and without the key its output cannot be computed or checked
 * against a dictionary.
 *
 * Works on 32-bit halves, because V8 keeps those in registers and 64-bit BigInts on the heap. An instance is not
 * re-entrant: read the result words before hashing again.
 */
export class KeyedHash {
  /** Result of the last {@link update}: four unsigned 32-bit words. */
  readonly words = new Uint32Array(4);
  readonly #key = new Int32Array(4);

  constructor(key: Uint8Array) {
    if (key.length !== 16) throw new RangeError('SipHash takes a key of 16 bytes');
    const view = new DataView(key.buffer, key.byteOffset, 16);
    for (let i = 0; i < 4; i++) this.#key[i] = view.getInt32(i * 4, true);
  }

  /** Hashes `data[start, end)`; the result is in {@link words}. */
  update(data: Uint8Array, start: number, end: number): void {
    const key = this.#key;
    const k0l = key[0] as number;
    const k0h = key[1] as number;
    const k1l = key[2] as number;
    const k1h = key[3] as number;
    let v0l = k0l ^ 0x70736575;
    let v0h = k0h ^ 0x736f6d65;
    let v1l = k1l ^ 0x6e646f6d ^ 0xee;
    let v1h = k1h ^ 0x646f7261;
    let v2l = k0l ^ 0x6e657261;
    let v2h = k0h ^ 0x6c796765;
    let v3l = k1l ^ 0x79746573;
    let v3h = k1h ^ 0x74656462;
    const length = end - start;
    const blocks = length >>> 3;
    let at = start;
    let sum = 0;
    let swap = 0;
    // Block, last block, then two finalisations: the same rounds with different words mixed in.
    for (let step = 0; step <= blocks + 2; step++) {
      let ml = 0;
      let mh = 0;
      let rounds = 2;
      if (step < blocks) {
        ml =
          (data[at] as number) |
          ((data[at + 1] as number) << 8) |
          ((data[at + 2] as number) << 16) |
          ((data[at + 3] as number) << 24);
        mh =
          (data[at + 4] as number) |
          ((data[at + 5] as number) << 8) |
          ((data[at + 6] as number) << 16) |
          ((data[at + 7] as number) << 24);
        at += 8;
      } else if (step === blocks) {
        mh = (length & 0xff) << 24;
        for (let i = 0, rest = length & 7; i < rest; i++) {
          if (i < 4) ml |= (data[at + i] as number) << (8 * i);
          else mh |= (data[at + i] as number) << (8 * (i - 4));
        }
      } else {
        rounds = 4;
        if (step === blocks + 1) v2l ^= 0xee;
        else v1l ^= 0xdd;
      }
      v3l ^= ml;
      v3h ^= mh;
      for (let round = 0; round < rounds; round++) {
        // v0 += v1; v1 <<<= 13; v1 ^= v0; v0 <<<= 32
        sum = (v0l + v1l) | 0;
        v0h = (v0h + v1h + (((v0l & v1l) | ((v0l | v1l) & ~sum)) >>> 31)) | 0;
        v0l = sum;
        swap = (v1h << 13) | (v1l >>> 19);
        v1l = ((v1l << 13) | (v1h >>> 19)) ^ v0l;
        v1h = swap ^ v0h;
        swap = v0l;
        v0l = v0h;
        v0h = swap;
        // v2 += v3; v3 <<<= 16; v3 ^= v2
        sum = (v2l + v3l) | 0;
        v2h = (v2h + v3h + (((v2l & v3l) | ((v2l | v3l) & ~sum)) >>> 31)) | 0;
        v2l = sum;
        swap = (v3h << 16) | (v3l >>> 16);
        v3l = ((v3l << 16) | (v3h >>> 16)) ^ v2l;
        v3h = swap ^ v2h;
        // v0 += v3; v3 <<<= 21; v3 ^= v0
        sum = (v0l + v3l) | 0;
        v0h = (v0h + v3h + (((v0l & v3l) | ((v0l | v3l) & ~sum)) >>> 31)) | 0;
        v0l = sum;
        swap = (v3h << 21) | (v3l >>> 11);
        v3l = ((v3l << 21) | (v3h >>> 11)) ^ v0l;
        v3h = swap ^ v0h;
        // v2 += v1; v1 <<<= 17; v1 ^= v2; v2 <<<= 32
        sum = (v2l + v1l) | 0;
        v2h = (v2h + v1h + (((v2l & v1l) | ((v2l | v1l) & ~sum)) >>> 31)) | 0;
        v2l = sum;
        swap = (v1h << 17) | (v1l >>> 15);
        v1l = ((v1l << 17) | (v1h >>> 15)) ^ v2l;
        v1h = swap ^ v2h;
        swap = v2l;
        v2l = v2h;
        v2h = swap;
      }
      v0l ^= ml;
      v0h ^= mh;
      if (step > blocks) {
        const word = (step - blocks - 1) * 2;
        this.words[word] = v0l ^ v1l ^ v2l ^ v3l;
        this.words[word + 1] = v0h ^ v1h ^ v2h ^ v3h;
      }
    }
  }
}

/** Maps a 32-bit word evenly onto `0 … size - 1`. */
export function pick(word: number, size: number): number {
  return Math.floor((word * size) / 4294967296);
}
