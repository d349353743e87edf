/**
 * SipHash-2-4-128 as WebAssembly, put together here instruction by instruction: JavaScript has no words of 64 bits, and takes three times as
 * long with halves. The function is that of the paper (section 2) with the additions for 128 bits of its reference implementation.
 */

/* Instructions of WebAssembly (its core specification, "Instructions" and "Binary format"). */
const get = (local: number) => [0x20, local];
const set = (local: number) => [0x21, local];
const i32 = (value: number) => [0x41, ...signed(BigInt(value))];
const i64 = (value: bigint) => [0x42, ...signed(BigInt.asIntN(64, value))];
const load64 = [0x29, 0, 0];
const store64 = [0x37, 0, 0];
const [extend, add, sub, and, or, xor, shiftLeft, rotateLeft] = [
  0xad, 0x7c, 0x7d, 0x83, 0x84, 0x85, 0x86, 0x89,
];
const [add32, sub32, atLeast32] = [0x6a, 0x6b, 0x4f];
const [block, loop, branch, branchIf, isZero32, end] = [0x02, 0x03, 0x0c, 0x0d, 0x45, 0x0b];
const noResult = 0x40;

/** Parameters: the key's four words, and where the input begins and ends. */
const [k0Low, k0High, k1Low, k1High, at, stop] = [0, 1, 2, 3, 4, 5];
const [v0, v1, v2, v3, m] = [6, 7, 8, 9, 10];

/** Integers in LEB128. */
function signed(value: bigint): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; ) {
    const byte = Number(rest & 0x7fn);
    rest >>= 7n;
    if ((rest === 0n && byte < 0x40) || (rest === -1n && byte >= 0x40)) return [...bytes, byte];
    bytes.push(byte | 0x80);
  }
}

function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

const wide = (low: number, high: number) => [
  ...get(low),
  extend,
  ...get(high),
  extend,
  ...i64(32n),
  shiftLeft,
  or,
];
const addTo = (a: number, b: number) => [...get(a), ...get(b), add, ...set(a)];
const xorInto = (a: number, value: number[]) => [...get(a), ...value, xor, ...set(a)];
const rotate = (a: number, bits: bigint) => [...get(a), ...i64(bits), rotateLeft, ...set(a)];

const halfRound = (a: number, b: number, bits: bigint) => [
  ...addTo(a, b),
  ...rotate(b, bits),
  ...xorInto(b, get(a)),
];
const round = [
  ...halfRound(v0, v1, 13n),
  ...rotate(v0, 32n),
  ...halfRound(v2, v3, 16n),
  ...halfRound(v0, v3, 21n),
  ...halfRound(v2, v1, 17n),
  ...rotate(v2, 32n),
];
const mix = [...xorInto(v3, get(m)), ...round, ...round, ...xorInto(v0, get(m))];
const finish = (word: number) => [
  ...[...round, ...round, ...round, ...round],
  ...i32(word),
  ...[...get(v0), ...get(v1), xor, ...get(v2), xor, ...get(v3), xor],
  ...store64,
];

const body = [
  // Locals: five of 64 bits, and one of 32 for the length.
  ...[2, 5, 0x7e, 1, 0x7f],
  ...[...get(stop), ...get(at), sub32, ...set(11)],
  ...[...wide(k0Low, k0High), ...i64(0x736f6d6570736575n), xor, ...set(v0)],
  ...[...wide(k1Low, k1High), ...i64(0x646f72616e646f6dn ^ 0xeen), xor, ...set(v1)],
  ...[...wide(k0Low, k0High), ...i64(0x6c7967656e657261n), xor, ...set(v2)],
  ...[...wide(k1Low, k1High), ...i64(0x7465646279746573n), xor, ...set(v3)],
  ...[block, noResult, loop, noResult],
  ...[...get(stop), ...get(at), sub32, ...i32(8), atLeast32, isZero32, branchIf, 1],
  ...[...get(at), ...load64, ...set(m), ...mix],
  ...[...get(at), ...i32(8), add32, ...set(at), branch, 0, end, end],
  // The last block: what is left, and the length above it.
  ...[...get(at), ...load64, ...i64(1n)],
  ...[...get(stop), ...get(at), sub32, extend, ...i64(3n), shiftLeft, shiftLeft, ...i64(1n), sub, and],
  ...[...get(11), extend, ...i64(56n), shiftLeft, or, ...set(m), ...mix],
  ...[...xorInto(v2, i64(0xeen)), ...finish(0)],
  ...[...xorInto(v1, i64(0xddn)), ...finish(8)],
  end,
];

const section = (id: number, content: number[]) => [id, ...unsigned(content.length), ...content];
const named = (name: string) => [name.length, ...Buffer.from(name)];

/** A module with one function, `hash`, and its memory: the result's two words of 64 bits come to lie at its beginning. */
export const sipHashModule = Uint8Array.from([
  ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...section(1, [1, 0x60, 6, 0x7f, 0x7f, 0x7f, 0x7f, 0x7f, 0x7f, 0]),
  ...section(3, [1, 0]),
  ...section(5, [1, 0, 1]),
  ...section(7, [2, ...named('memory'), 2, 0, ...named('hash'), 0, 0]),
  ...section(10, [1, ...unsigned(body.length), ...body]),
]);
