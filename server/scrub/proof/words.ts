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

export function isWordByte(byte: number): boolean {
  return (
    (byte >= 0x30 && byte <= 0x39) ||
    ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a) ||
    byte >= 0x80 ||
    byte === 0x27 ||
    byte === 0x2d
  );
}

/** A word as one of 65 536 bits, case folded: a filter, not a fingerprint. */
export function firstWordBit(bytes: Buffer, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let i = start; i < end; i++) {
    const byte = bytes[i] as number;
    hash = Math.imul(hash ^ (byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte), 0x01000193);
  }
  return (hash ^ (hash >>> 16)) & 0xffff;
}
