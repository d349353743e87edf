/** Letters and digits that survive every character set and stay apart under every collation; none that look alike. */
const alphabet = Buffer.from('abcdefghijkmnpqrstuvwxyz23456789', 'latin1');

/**
 * Writes `count` letters of five keyed bits each, six to a word, starting with `words[0]`. At most 24.
 *
 * @returns the position after the last letter
 */
export function writeTail(target: Uint8Array, at: number, words: Uint32Array, count: number): number {
  let end = at;
  for (let next = 0; end < at + count; next++) {
    let word = words[next] as number;
    for (let i = 0; i < 6 && end < at + count; i++) {
      target[end++] = alphabet[word & 31] as number;
      word >>>= 5;
    }
  }
  return end;
}

/** The first `length` bytes of a reused buffer as a value of their own. */
export function copyOut(source: Buffer, length: number): Buffer {
  const copy = Buffer.allocUnsafe(length);
  source.copy(copy, 0, 0, length);
  return copy;
}

/** Copies a short list entry; a loop beats `copy` for a dozen bytes. */
export function writeBytes(target: Uint8Array, at: number, source: Uint8Array): number {
  for (let i = 0; i < source.length; i++) target[at + i] = source[i] as number;
  return at + source.length;
}

/** Bytes of the longest prefix of at most `characters` characters that ends between characters. */
export function cutText(value: Buffer, characters: number): Buffer {
  if (value.length <= characters) return value;
  let count = 0;
  for (let i = 0; i < value.length; i++) {
    if (((value[i] as number) & 0xc0) === 0x80) continue;
    if (count++ === characters) return value.subarray(0, i);
  }
  return value;
}

/** Bytes of the longest prefix of at most `bytes` bytes that ends between UTF-8 characters. */
export function cutBytes(value: Buffer, bytes: number): Buffer {
  if (value.length <= bytes) return value;
  let end = bytes;
  while (end > 0 && ((value[end] as number) & 0xc0) === 0x80) end--;
  return value.subarray(0, end);
}

/** True when a value has nothing to replace: empty, or only white space. */
export function isBlank(value: Buffer): boolean {
  for (let i = 0; i < value.length; i++) if ((value[i] as number) > 0x20) return false;
  return true;
}
