import { isUtf8 } from 'node:buffer';

/**
 * What counts as the same value, as bytes to hash. `address`: case and outer white space do not matter. `words`: nor do
 * runs of white space and diacritics. `exact`: every byte matters.
 */
export type Sameness = 'address' | 'words' | 'exact';

/**
 * Folds values into one reused buffer: read `bytes[0, length)` before the next call. ASCII, which is nearly everything,
 * is folded byte by byte without making a string. Bytes that are not UTF-8 (binary columns) count as they are.
 */
export class Folder {
  bytes: Buffer = Buffer.alloc(256);
  length = 0;
  /** False when folding left every byte as it was: the spelling is the canonical one. */
  changed = false;
  readonly #sameness: Sameness;
  #letters: Uint8Array[] | undefined;

  constructor(sameness: Sameness) {
    this.#sameness = sameness;
  }

  /** Folds `value[from, to)`. */
  fold(value: Buffer, from = 0, to = value.length): void {
    const size = to - from;
    if (size > this.bytes.length) this.bytes = Buffer.alloc(size * 2);
    if (this.#sameness === 'exact') {
      this.length = value.copy(this.bytes, 0, from, to);
      this.changed = false;
      return;
    }
    let start = from;
    let end = to;
    while (start < end && (value[start] as number) <= 0x20) start++;
    while (end > start && (value[end - 1] as number) <= 0x20) end--;
    const bytes = this.bytes;
    const words = this.#sameness === 'words';
    let length = 0;
    let upper = 0;
    for (let i = start; i < end; i++) {
      const byte = value[i] as number;
      if (byte >= 0x80) {
        if (hasControls(value, from, to) || !this.#foldLatin(value, start, end))
          this.#foldText(value.subarray(from, to));
        return;
      }
      if (byte >= 0x41 && byte <= 0x5a) {
        bytes[length++] = byte | 0x20;
        upper++;
      } else if (byte <= 0x20 && words) {
        if (bytes[length - 1] !== 0x20) bytes[length++] = 0x20;
      } else bytes[length++] = byte;
    }
    this.length = length;
    // White space that became one space may have been another kind of it: that counts as changed too.
    this.changed = upper > 0 || length !== size || words;
  }

  /**
   * As {@link foldText} for what is ASCII and letters of Europe's Latin alphabets, byte by byte: these fold one by one, because none of them
   * combines with its neighbours.
   *
   * @returns false where there is anything else
   */
  #foldLatin(value: Buffer, start: number, end: number): boolean {
    // A letter of two bytes may fold to three.
    if ((end - start) * 2 > this.bytes.length) this.bytes = Buffer.alloc((end - start) * 4);
    const { bytes } = this;
    const words = this.#sameness === 'words';
    this.#letters ??= foldedLetters(this.#sameness);
    let length = 0;
    for (let i = start; i < end; i++) {
      const byte = value[i] as number;
      if (byte >= 0x80) {
        const next = i + 1 < end ? (value[i + 1] as number) : 0;
        if (byte < 0xc3 || byte > 0xc5 || (next & 0xc0) !== 0x80) return false;
        const letter = this.#letters[((byte & 0x1f) << 6) | (next & 0x3f)] as Uint8Array;
        for (let j = 0; j < letter.length; j++) bytes[length++] = letter[j] as number;
        i++;
      } else if (byte >= 0x41 && byte <= 0x5a) bytes[length++] = byte | 0x20;
      else if (byte <= 0x20 && words) {
        if (bytes[length - 1] !== 0x20) bytes[length++] = 0x20;
      } else bytes[length++] = byte;
    }
    this.length = length;
    this.changed = true;
    return true;
  }

  #foldText(value: Buffer): void {
    this.changed = true;
    if (!isUtf8(value)) {
      this.length = value.copy(this.bytes);
      return;
    }
    const text = foldText(value.toString('utf8'), this.#sameness);
    const size = Buffer.byteLength(text);
    if (size > this.bytes.length) this.bytes = Buffer.alloc(size * 2);
    this.length = this.bytes.write(text);
  }
}

/** Bytes below the space that are no white space: {@link foldText} takes them for text. */
function hasControls(value: Buffer, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    const byte = value[i] as number;
    if (byte < 0x20 && (byte < 0x09 || byte > 0x0d)) return true;
  }
  return false;
}

const letterTables = new Map<Sameness, Uint8Array[]>();

/** U+00C0 to U+017F folded, by code point. Made once: every list of names is folded for every part of a table. */
function foldedLetters(sameness: Sameness): Uint8Array[] {
  let letters = letterTables.get(sameness);
  if (letters === undefined) {
    letters = Array.from({ length: 0x180 }, (_, code) =>
      Buffer.from(foldText(String.fromCharCode(code), sameness)),
    );
    letterTables.set(sameness, letters);
  }
  return letters;
}

const expansions: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
};

/** The same folding for strings that are at hand. */
export function foldText(text: string, sameness: Sameness): string {
  if (sameness === 'exact') return text;
  const lower = text.trim().toLowerCase();
  if (sameness === 'address') return lower.normalize('NFC');
  return lower
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .replace(/[ßæœøłđðþı]/g, letter => expansions[letter] ?? letter)
    .replace(/\s+/g, ' ')
    .normalize('NFC');
}

/** Latin-1 letters as ASCII, for columns whose character set has nothing else: `Müller` → `Muller`, `Strauß` → `Strauss`. */
export function toAscii(text: string): string {
  if (/^[\x00-\x7f]*$/.test(text)) return text;
  return text
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .replace(/ß/g, 'ss')
    .replace(/[^\x00-\x7f]/g, '');
}
