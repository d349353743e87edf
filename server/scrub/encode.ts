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
export function copyOut(source: Buffer, length: number, start = 0): Buffer {
  const copy = Buffer.allocUnsafe(length);
  source.copy(copy, 0, start, start + length);
  return copy;
}

/** Copies a short list entry; a loop beats `copy` for a dozen bytes. */
export function writeBytes(target: Uint8Array, at: number, source: Uint8Array): number {
  for (let i = 0; i < source.length; i++) target[at + i] = source[i] as number;
  return at + source.length;
}

/**
 * The same for a part of something: `source[start, end)`.
 *
 * @returns the position after the last byte
 */
export function copyBytes(
  target: Uint8Array,
  at: number,
  source: Uint8Array,
  start: number,
  end: number,
): number {
  let position = at;
  for (let i = start; i < end; i++) target[position++] = source[i] as number;
  return position;
}

/** Whether `a[at, …)` goes on as `b[start, end)` does. */
export function sameBytes(a: Uint8Array, at: number, b: Uint8Array, start: number, end: number): boolean {
  for (let i = start, j = at; i < end; i++, j++) if (a[j] !== b[i]) return false;
  return true;
}

/** Bytes of the longest prefix of at most `characters` characters that ends between characters. */
export function cutText(value: Buffer, characters: number): Buffer {
  const end = endOfText(value, 0, value.length, characters);
  return end === value.length ? value : value.subarray(0, end);
}

/** Where the first `characters` characters of `bytes[start, end)` end. */
export function endOfText(bytes: Uint8Array, start: number, end: number, characters: number): number {
  if (end - start <= characters) return end;
  let count = 0;
  for (let i = start; i < end; i++) {
    if (((bytes[i] as number) & 0xc0) === 0x80) continue;
    if (count++ === characters) return i;
  }
  return end;
}

/** Bytes of the longest prefix of at most `bytes` bytes that ends between UTF-8 characters. */
export function cutBytes(value: Buffer, bytes: number): Buffer {
  if (value.length <= bytes) return value;
  let end = bytes;
  while (end > 0 && ((value[end] as number) & 0xc0) === 0x80) end--;
  return value.subarray(0, end);
}

/** True when a value has nothing to replace: empty, or only white space. */
export function isBlank(value: Uint8Array, start = 0, end = value.length): boolean {
  for (let i = start; i < end; i++) if ((value[i] as number) > 0x20) return false;
  return true;
}
