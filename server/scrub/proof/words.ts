/** Offsets of the words of a text: runs of letters, digits, apostrophes and hyphens. */
export function wordsIn(bytes: Buffer): (readonly [start: number, end: number])[] {
  const words: [number, number][] = [];
  let start = -1;
  for (let i = 0; i <= bytes.length; i++) {
    const inside = i < bytes.length && isWordByte(bytes[i] as number);
    if (inside && start < 0) start = i;
    else if (!inside && start >= 0) {
      words.push([start, i]);
      start = -1;
    }
  }
  return words;
}

const wordBytes = new Uint8Array(256);
for (let byte = 0; byte < 256; byte++) wordBytes[byte] = isLetterOrDigit(byte) ? 1 : 0;

export const isWordByte = (byte: number): boolean => wordBytes[byte] === 1;

function isLetterOrDigit(byte: number): boolean {
  return (
    (byte >= 0x30 && byte <= 0x39) ||
    ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a) ||
    byte >= 0x80 ||
    byte === 0x27 ||
    byte === 0x2d
  );
}

export const wordStart = 0x811c9dc5;

/** Takes one more byte into a word's filter hash, case folded. */
export function addToWord(hash: number, byte: number): number {
  return Math.imul(hash ^ (byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte), 0x01000193);
}

/** A word's hash as one of 65 536 bits: a filter, not a fingerprint. */
export const wordBit = (hash: number): number => (hash ^ (hash >>> 16)) & 0xffff;

/** The filter hash of a word. */
export function hashWord(bytes: Uint8Array, start: number, end: number): number {
  let hash = wordStart;
  for (let i = start; i < end; i++) hash = addToWord(hash, bytes[i] as number);
  return hash;
}

export const isWordStart = (bytes: Uint8Array, at: number, from: number): boolean =>
  isWordByte(bytes[at] as number) && (at === from || !isWordByte(bytes[at - 1] as number));

export function endOfWord(bytes: Uint8Array, start: number, to: number): number {
  let end = start;
  while (end < to && isWordByte(bytes[end] as number)) end++;
  return end;
}
