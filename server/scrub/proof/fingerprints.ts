import { hkdfSync } from 'node:crypto';
import type { ScrubKey } from '../plan.ts';

/**
 * 64-bit fingerprints of originals under two secret seeds. They live in memory only, from the build to the end of its
 * proof, and need to be quick rather than a PRF: every e-mail address of a table passes here once more.
 */
export class Fingerprinter {
  /** Result of the last call. */
  high = 0;
  low = 0;
  readonly #seedA: number;
  readonly #seedB: number;

  constructor(key: ScrubKey) {
    const seeds = new DataView(hkdfSync('sha256', key.bytes, 'greenroom scrub', 'proof', 8));
    this.#seedA = seeds.getInt32(0);
    this.#seedB = seeds.getInt32(4);
  }

  /** Folds ASCII case; the bytes are hashed as they stand otherwise, four at a time. */
  text(bytes: Uint8Array, start: number, end: number): void {
    let a = this.#seedA;
    let b = this.#seedB;
    let i = start;
    for (; i + 4 <= end; i += 4) {
      const four =
        (bytes[i] as number) |
        ((bytes[i + 1] as number) << 8) |
        ((bytes[i + 2] as number) << 16) |
        ((bytes[i + 3] as number) << 24);
      const word = four | capitalsOf(four);
      a = Math.imul(a ^ word, 0x85ebca6b);
      b = Math.imul(b ^ word, 0xc2b2ae35);
      a ^= a >>> 15;
      b ^= b >>> 13;
    }
    for (; i < end; i++) {
      let byte = bytes[i] as number;
      if (byte >= 0x41 && byte <= 0x5a) byte |= 0x20;
      a = Math.imul(a ^ byte, 0x85ebca6b);
      b = Math.imul(b ^ byte, 0xc2b2ae35);
      a ^= a >>> 15;
      b ^= b >>> 13;
    }
    this.#finish(a, b);
  }

  /** Hashes letters and digits alone: the writing of numbers (`+49 171-55…`) does not matter. */
  compact(bytes: Uint8Array, start: number, end: number): void {
    let a = this.#seedA ^ 0x5bd1e995;
    let b = this.#seedB;
    for (let i = start; i < end; i++) {
      let byte = bytes[i] as number;
      if (byte >= 0x41 && byte <= 0x5a) byte |= 0x20;
      const counts = (byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x7a) || byte >= 0x80;
      if (!counts) continue;
      a = Math.imul(a ^ byte, 0x85ebca6b);
      b = Math.imul(b ^ byte, 0xc2b2ae35);
      a ^= a >>> 15;
      b ^= b >>> 13;
    }
    this.#finish(a, b);
  }

  #finish(a: number, b: number): void {
    const high = Math.imul(a ^ (b >>> 16), 0x7feb352d) ^ b;
    const low = Math.imul(b ^ (a >>> 15), 0x846ca68b) ^ a;
    this.high = (high ^ (high >>> 16)) >>> 0;
    // Zero marks a free slot.
    this.low = (low ^ (low >>> 13)) >>> 0 || 1;
  }
}

/** 0x20 at each of the four bytes that is a capital of ASCII. */
function capitalsOf(four: number): number {
  // Without their highest bits the bytes cannot carry into each other; the sums have it from `A`, and from what follows `Z`.
  const low = four & 0x7f7f7f7f;
  const fromA = low + 0x3f3f3f3f;
  const afterZ = low + 0x25252525;
  return ((fromA & ~afterZ & ~four & 0x80808080) >>> 2) & 0x20202020;
}

/** A set as it travels between threads. */
export interface FingerprintData {
  slots: Uint32Array;
  size: number;
  /** Values that were offered, repeated ones included. */
  offered: number;
  /** Only fingerprints at or below it are kept: 0xffffffff is all of them. */
  threshold: number;
}

/**
 * A set of fingerprints with a limit. When it is full it keeps the half whose fingerprints are lowest, and so becomes an even
 * sample: its memory is bounded whatever the table's size, and it can say what share it holds.
 */
export class FingerprintSet {
  #slots: Uint32Array;
  #size = 0;
  #offered = 0;
  #threshold = 0xffffffff;
  readonly #limit: number;

  constructor(limit: number, data?: FingerprintData) {
    this.#limit = limit;
    this.#slots = data?.slots ?? new Uint32Array(2048);
    this.#size = data?.size ?? 0;
    this.#offered = data?.offered ?? 0;
    this.#threshold = data?.threshold ?? 0xffffffff;
  }

  get size(): number {
    return this.#size;
  }

  get data(): FingerprintData {
    return { slots: this.#slots, size: this.#size, offered: this.#offered, threshold: this.#threshold };
  }

  add(high: number, low: number): void {
    this.#offered++;
    if (high > this.#threshold) return;
    this.#insert(high, low);
    if (this.#size * 4 > this.#slots.length) this.#grow();
    while (this.#size > this.#limit) this.#halve();
  }

  has(high: number, low: number): boolean {
    const slots = this.#slots;
    const mask = slots.length / 2 - 1;
    for (let slot = low & mask; ; slot = (slot + 1) & mask) {
      const known = slots[slot * 2 + 1] as number;
      if (known === 0) return false;
      if (known === low && slots[slot * 2] === high) return true;
    }
  }

  merge(other: FingerprintData): void {
    this.#offered += other.offered;
    if (other.threshold < this.#threshold) {
      this.#threshold = other.threshold;
      this.#rebuild(this.#slots.length);
    }
    for (let i = 0; i < other.slots.length; i += 2) {
      const low = other.slots[i + 1] as number;
      const high = other.slots[i] as number;
      if (low === 0 || high > this.#threshold) continue;
      this.#insert(high, low);
      if (this.#size * 4 > this.#slots.length) this.#grow();
      while (this.#size > this.#limit) this.#halve();
    }
  }

  #insert(high: number, low: number): void {
    const slots = this.#slots;
    const mask = slots.length / 2 - 1;
    for (let slot = low & mask; ; slot = (slot + 1) & mask) {
      const known = slots[slot * 2 + 1] as number;
      if (known === low && slots[slot * 2] === high) return;
      if (known !== 0) continue;
      slots[slot * 2] = high;
      slots[slot * 2 + 1] = low;
      this.#size++;
      return;
    }
  }

  #grow(): void {
    this.#rebuild(this.#slots.length * 2);
  }

  #halve(): void {
    this.#threshold = Math.floor(this.#threshold / 2);
    this.#rebuild(this.#slots.length);
  }

  #rebuild(length: number): void {
    const old = this.#slots;
    this.#slots = new Uint32Array(length);
    this.#size = 0;
    for (let i = 0; i < old.length; i += 2) {
      const low = old[i + 1] as number;
      if (low !== 0 && (old[i] as number) <= this.#threshold) this.#insert(old[i] as number, low);
    }
  }
}
