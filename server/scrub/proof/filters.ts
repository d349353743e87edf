import { addToWord, wordBit, wordStart } from './words.ts';

/**
 * Three filters of 65 536 bits each, which the proof asks before it hashes anything: the first words of collected names, the beginnings of these
 * words, and the shapes of collected values. A bit that is not set means that no original is meant; one that is set means nothing.
 */
export const filterWords = 6144;
const shapesAt = 2048;
const beginningsAt = 4096;

export function noteName(filters: Uint32Array, bytes: Uint8Array, start: number, end: number): void {
  let hash = wordStart;
  for (let i = start; i < end; i++) hash = addToWord(hash, bytes[i] as number);
  set(filters, 0, wordBit(hash));
  const first = folded(bytes[start] as number);
  if (end - start > 1) set(filters, beginningsAt, (first << 8) | folded(bytes[start + 1] as number));
  // After an initial anything may follow.
  else for (let second = 0; second < 256; second++) set(filters, beginningsAt, (first << 8) | second);
}

/** The first two bytes that collected names begin with, case folded, as `first * 256 + second`. */
export function beginningsOf(filters: Uint32Array): number[] {
  const beginnings: number[] = [];
  for (let word = 0; word < 2048; word++)
    for (let bits = filters[beginningsAt + word] as number, bit = 0; bits !== 0; bits >>>= 1, bit++)
      if ((bits & 1) === 1) beginnings.push(word * 32 + bit);
  return beginnings;
}

const folded = (byte: number): number => byte | 0x20;

/** @param hash of the word, as `addToWord` makes it */
export const mayBeginName = (filters: Uint32Array, hash: number): boolean => has(filters, 0, wordBit(hash));

export const noteValue = (filters: Uint32Array, value: Uint8Array): void =>
  set(filters, shapesAt, shapeBit(value, 0, value.length));

export const mayBeValue = (filters: Uint32Array, bytes: Uint8Array, start: number, end: number): boolean =>
  has(filters, shapesAt, shapeBit(bytes, start, end));

export function mergeFilters(into: Uint32Array, part: Uint32Array): void {
  for (let i = 0; i < into.length; i++) into[i] = (into[i] as number) | (part[i] ?? 0);
}

/** Length, first and last bytes, case folded as fingerprints fold it. */
function shapeBit(bytes: Uint8Array, start: number, end: number): number {
  let hash = addToWord(wordStart ^ (end - start), bytes[start] ?? 0);
  hash = addToWord(hash, bytes[start + 1] ?? 0);
  hash = addToWord(hash, bytes[end - 2] ?? 0);
  hash = addToWord(hash, bytes[end - 1] ?? 0);
  return wordBit(hash);
}

function set(filters: Uint32Array, from: number, bit: number): void {
  const word = from + (bit >>> 5);
  filters[word] = (filters[word] as number) | (1 << (bit & 31));
}

function has(filters: Uint32Array, from: number, bit: number): boolean {
  return ((filters[from + (bit >>> 5)] as number) & (1 << (bit & 31))) !== 0;
}
