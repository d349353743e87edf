import { copyBytes } from './encode.ts';
import { once } from './once.ts';
import { sipHashModule } from './sipHashCode.ts';

/** What is used of WebAssembly, which no library of types for Node describes. */
interface Memory {
  buffer: ArrayBuffer;
  grow(pages: number): number;
}
interface WebAssemblyNames {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object) => { exports: { memory: Memory; hash: SipHash } };
}
type SipHash = (k0l: number, k0h: number, k1l: number, k1h: number, start: number, end: number) => void;

const page = 65_536;
/** The result lies before the input. */
const inputAt = 16;

/** The function and its memory: one per thread. */
class SipHashMachine {
  readonly hash: SipHash;
  readonly #memory: Memory;
  bytes: Uint8Array;
  words: Uint32Array;

  constructor() {
    const { Module, Instance } = (globalThis as unknown as { WebAssembly: WebAssemblyNames }).WebAssembly;
    const { memory, hash } = new Instance(new Module(sipHashModule)).exports;
    this.hash = hash;
    this.#memory = memory;
    this.bytes = new Uint8Array(memory.buffer);
    this.words = new Uint32Array(memory.buffer, 0, 4);
  }

  /** Room for an input of so many bytes, and for the whole block that is read at its end. */
  reserve(length: number): void {
    const missing = inputAt + length + 8 - this.bytes.length;
    if (missing <= 0) return;
    this.#memory.grow(Math.ceil(missing / page));
    this.bytes = new Uint8Array(this.#memory.buffer);
    this.words = new Uint32Array(this.#memory.buffer, 0, 4);
  }
}

const longInput = 1 << 20;

const sharedMachine = once(() => new SipHashMachine());

/**
 * SipHash-2-4 with a 128-bit key and 128-bit output: a pseudo-random function (Aumasson and Bernstein, 2012). Chosen by
 * measurement (`npm run bench`, row "keyed function"): node's HMAC and `crypto.hash` cost microseconds of call overhead
 * per short value, this costs a small part of one, and without the key its output cannot be computed or checked
 * against a dictionary.
 *
 * An instance is not re-entrant: read the result words before hashing again.
 */
export class KeyedHash {
  /** Result of the last {@link update}: four unsigned 32-bit words. */
  readonly words = new Uint32Array(4);
  readonly #machine = sharedMachine();
  readonly #k0l: number;
  readonly #k0h: number;
  readonly #k1l: number;
  readonly #k1h: number;

  constructor(key: Uint8Array) {
    if (key.length !== 16) throw new RangeError('SipHash takes a key of 16 bytes');
    const view = new DataView(key.buffer, key.byteOffset, 16);
    this.#k0l = view.getInt32(0, true);
    this.#k0h = view.getInt32(4, true);
    this.#k1l = view.getInt32(8, true);
    this.#k1h = view.getInt32(12, true);
  }

  /** Hashes `data[start, end)`; the result is in {@link words}. */
  update(data: Uint8Array, start: number, end: number): void {
    const length = end - start;
    // The memory that a long input takes is not kept.
    const machine = length < longInput ? this.#machine : new SipHashMachine();
    machine.reserve(length);
    if (length < 64) copyBytes(machine.bytes, inputAt, data, start, end);
    else machine.bytes.set(data.subarray(start, end), inputAt);
    machine.hash(this.#k0l, this.#k0h, this.#k1l, this.#k1h, inputAt, inputAt + length);
    const { words } = this;
    const result = machine.words;
    words[0] = result[0] as number;
    words[1] = result[1] as number;
    words[2] = result[2] as number;
    words[3] = result[3] as number;
  }
}

/** Maps a 32-bit word evenly onto `0 … size - 1`. */
export function pick(word: number, size: number): number {
  return Math.floor((word * size) / 4294967296);
}
