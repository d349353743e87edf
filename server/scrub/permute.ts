import { isUtf8 } from 'node:buffer';
import { isBytes, isInteger } from './columnType.ts';
import type { ColumnPlan } from './plan.ts';
import type { KeyedHash } from './prf.ts';
import type { Transform, TransformContext } from './transformer.ts';

/**
 * A keyed permutation of a value within its own shape: `AB-1042` → `QX-7316`. Each letter, digit or other letter of a
 * known alphabet is replaced by one of the same alphabet; everything else stays where it is. Two different values of one
 * shape can never meet, because a Feistel network is a bijection whatever its round function; values of different
 * shapes keep their shapes and so cannot meet either. This is how unique columns stay unique without luck where a
 * keyed tail does not fit.
 *
 * Ten rounds as in NIST SP 800-38G's FF1: the positions are dealt into two halves, each round adds a keyed number that
 * depends on the other half and the shape, digit by digit. A shape with a single position is shuffled by a keyed table.
 *
 * Under a case-insensitive collation a column cannot hold two values that differ in case alone, so letters are folded to
 * lower case first; the result keeps distinct under every collation because each alphabet's letters have distinct
 * primary weights.
 */
export function permutation(context: TransformContext, kind: string): Transform {
  const { column } = context;
  const folds = column.collation !== null && /_ci$/.test(column.collation);
  const keepsAccents = column.collation !== null && /_as_ci$/.test(column.collation);
  const network = new FeistelNetwork(context.hash(`permute ${kind}`));
  return value => {
    if (value.length === 0) return value;
    if (isBytes(column) || !isUtf8(value)) return permuteBytes(network, value);
    const text = value.toString('utf8');
    const letters = [...(folds ? withoutCase(text, keepsAccents) : text)];
    const alphabets = letters.map(alphabetOf);
    const isNumber = isInteger(column);
    if (isNumber) protectLeadingDigit(letters, alphabets);
    const positions = alphabets.flatMap((alphabet, index) => (alphabet === undefined ? [] : [index]));
    if (positions.length === 0) return value;
    const radices = positions.map(index => (alphabets[index] as string | AlphabetRange).length);
    const digits = positions.map(index => indexIn(alphabets[index] as Alphabet, letters[index] as string));
    do {
      network.apply(digits, radices);
      positions.forEach((index, i) => {
        letters[index] = letterOf(alphabets[index] as Alphabet, digits[i] as number);
      });
      // A number beyond its type's range goes round again: cycle walking keeps the bijection.
    } while (isNumber && !fitsInteger(column, letters.join('')));
    const permuted = letters.join('');
    // Case means nothing to a collation that folds it: keep the way of writing.
    return Buffer.from(folds && text === text.toUpperCase() ? permuted.toUpperCase() : permuted);
  };
}

const integerBits: Readonly<Record<string, bigint>> = {
  tinyint: 8n,
  smallint: 16n,
  mediumint: 24n,
  int: 32n,
  bigint: 64n,
};

function fitsInteger(column: ColumnPlan, text: string): boolean {
  const bits = integerBits[column.dataType];
  if (bits === undefined) return true;
  const number = BigInt(text);
  if (column.columnType.includes('unsigned')) return number < 1n << bits;
  return number < 1n << (bits - 1n) && number >= -(1n << (bits - 1n));
}

/** What a case-insensitive collation makes no difference between, accents too unless it keeps them. */
function withoutCase(text: string, keepsAccents: boolean): string {
  const lower = text.toLowerCase();
  return keepsAccents
    ? lower.normalize('NFC')
    : lower
        .normalize('NFD')
        .replace(/\p{M}+/gu, '')
        .normalize('NFC');
}

/** Raw bytes (BINARY columns): every byte is a position. */
function permuteBytes(network: FeistelNetwork, value: Buffer): Buffer {
  const digits = [...value];
  network.apply(
    digits,
    digits.map(() => 256),
  );
  return Buffer.from(digits);
}

interface AlphabetRange {
  first: number;
  length: number;
}
type Alphabet = string | AlphabetRange;

const lower = 'abcdefghijklmnopqrstuvwxyz';
const upper = lower.toUpperCase();
const decimal = '0123456789';
const cyrillic = 'абвгдежзиклмнопрстуфхцчшщъыьэюя';
const accented = 'àáâãäåçèéêëìíîïñòóôõöùúûüý';
const accentedUpper = accented.toUpperCase();
const greek = 'αβγδεζηθικλμνξοπρστυφχψω';
const han = { first: 0x4e00, length: 0x9fa6 - 0x4e00 };
const hangul = { first: 0xac00, length: 0xd7a4 - 0xac00 };

function alphabetOf(letter: string): Alphabet | undefined {
  for (const alphabet of [decimal, lower, upper, accented, accentedUpper, cyrillic, greek])
    if (alphabet.includes(letter)) return alphabet;
  const code = letter.codePointAt(0) ?? 0;
  for (const range of [han, hangul])
    if (code >= range.first && code < range.first + range.length) return range;
  return undefined;
}

/** A number keeps its count of digits: its first digit is permuted among 1–9, unless it is the only one. */
function protectLeadingDigit(letters: readonly string[], alphabets: (Alphabet | undefined)[]): void {
  const first = letters.findIndex(letter => decimal.includes(letter));
  if (first === -1) return;
  if (letters[first] === '0') alphabets[first] = undefined;
  else alphabets[first] = decimal.slice(1);
}

function indexIn(alphabet: Alphabet, letter: string): number {
  return typeof alphabet === 'string'
    ? alphabet.indexOf(letter)
    : (letter.codePointAt(0) ?? 0) - alphabet.first;
}

function letterOf(alphabet: Alphabet, index: number): string {
  return typeof alphabet === 'string'
    ? (alphabet[index] as string)
    : String.fromCodePoint(alphabet.first + index);
}

const rounds = 10;

/** A Feistel network over digits of mixed radices: a bijection of the tuples, keyed by the hash. */
export class FeistelNetwork {
  readonly #hash: KeyedHash;
  #input = Buffer.alloc(1024);
  /** Keyed tables of single positions, by radix. */
  readonly #tables = new Map<number, number[]>();

  constructor(hash: KeyedHash) {
    this.#hash = hash;
  }

  /** Replaces `digits[i]`, each in `0 … radices[i] - 1`, in place. */
  apply(digits: number[], radices: readonly number[]): void {
    const only = digits[0];
    if (digits.length === 1 && only !== undefined) {
      const radix = radices[0] as number;
      const table = this.#tables.get(radix) ?? this.#shuffled(radix);
      this.#tables.set(radix, table);
      digits[0] = table[only] as number;
      return;
    }
    const middle = digits.length >>> 1;
    for (let round = 0; round < rounds; round++) {
      const [from, to, other, otherEnd] =
        round % 2 === 0 ? [0, middle, middle, digits.length] : [middle, digits.length, 0, middle];
      this.#addRound(round, digits, radices, from, to, other, otherEnd);
    }
  }

  #addRound(
    round: number,
    digits: number[],
    radices: readonly number[],
    from: number,
    to: number,
    other: number,
    otherEnd: number,
  ): void {
    const size = 8 + digits.length * 4;
    if (this.#input.length < size) this.#input = Buffer.alloc(size * 2);
    const input = this.#input;
    let at = 4;
    for (const radix of radices) {
      input.writeUInt16LE(radix & 0xffff, at);
      at += 2;
    }
    for (let i = other; i < otherEnd; i++) {
      input.writeUInt16LE(digits[i] as number, at);
      at += 2;
    }
    for (let i = from; i < to; i++) {
      const offset = i - from;
      if (offset % 4 === 0) {
        input[0] = round;
        input.writeUInt16LE(offset >>> 2, 1);
        this.#hash.update(input, 0, at);
      }
      const radix = radices[i] as number;
      digits[i] = ((digits[i] as number) + ((this.#hash.words[offset % 4] as number) % radix)) % radix;
    }
  }

  #shuffled(radix: number): number[] {
    const table = Array.from({ length: radix }, (_, index) => index);
    const input = Buffer.alloc(8);
    for (let i = radix - 1; i > 0; i--) {
      input.writeUInt32LE(i, 0);
      input.writeUInt32LE(radix, 4);
      this.#hash.update(input, 0, 8);
      const j = (this.#hash.words[0] as number) % (i + 1);
      [table[i], table[j]] = [table[j] as number, table[i] as number];
    }
    return table;
  }
}
