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

  constructor(sameness: Sameness) {
    this.#sameness = sameness;
  }

  fold(value: Buffer): void {
    if (value.length > this.bytes.length) this.bytes = Buffer.alloc(value.length * 2);
    if (this.#sameness === 'exact') {
      this.length = value.copy(this.bytes);
      this.changed = false;
      return;
    }
    let start = 0;
    let end = value.length;
    while (start < end && (value[start] as number) <= 0x20) start++;
    while (end > start && (value[end - 1] as number) <= 0x20) end--;
    const bytes = this.bytes;
    const words = this.#sameness === 'words';
    let length = 0;
    let upper = 0;
    for (let i = start; i < end; i++) {
      const byte = value[i] as number;
      if (byte >= 0x80) {
        this.#foldText(value);
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
    this.changed = upper > 0 || length !== value.length || words;
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
  return text
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .replace(/ß/g, 'ss')
    .replace(/[^\x00-\x7f]/g, '');
}
