import * as z from 'zod';
import { isBytes, isCharacter } from '../columnType.ts';
import { copyBytes, endOfText, isBlank } from '../encode.ts';
import { Place } from '../place.ts';
import type { PlaceTransform, TransformContext, Transformer } from '../transformer.ts';

/**
 * Full name, word by word: `Dr. Anna von Müller` → `Dr. Oskar von Keller`, `Müller, Anna` → `Keller, Oskar`. The words
 * are replaced as given and family names, so that a person whose name stands in two columns elsewhere stays the same
 * person. Titles and particles are kept; a single word is a family name.
 */
export const fullName: Transformer = {
  name: 'fullName',
  version: 1,
  summary: 'A full name, each word replaced as the given or family name that it is.',
  example: { before: 'Anna Müller', after: 'Oskar Keller' },
  options: z.strictObject({}),
  accepts: column => isCharacter(column) || isBytes(column),
  sameness: 'words',
  uniqueness: 'tail',
  cached: true,
  createInPlace,
};

/** Titles and particles, packed as {@link packed} does. */
const kept = new Set(
  `dr prof dipl ing mr mrs ms miss mx sir herr frau hr fr m mme mlle sr sra srta dott jr ii iii iv phd md von van de der den di da
do dos das del della la le du zu zur vom und and et y e`
    .split(/\s+/)
    .map(word => packed(Buffer.from(word), 0, word.length)),
);

function createInPlace(context: TransformContext): PlaceTransform {
  const given = context.nestedInPlace('givenName');
  const family = context.nestedInPlace('familyName');
  const limit = context.column.maxLength ?? Number.MAX_SAFE_INTEGER;
  const words = new Words();
  const part = new Place();
  let result = Buffer.alloc(512);
  return (bytes, start, end, row, out) => {
    if (isBlank(bytes, start, end)) {
      out.set(bytes, start, end);
      return;
    }
    words.read(bytes, start, end);
    const { count, comma } = words;
    const last = words.lastName();
    const room = (end - start) * 3 + count * 24;
    if (result.length < room) result = Buffer.alloc(room * 2);
    let length = 0;
    let at = start;
    for (let index = 0; index < count; index++) {
      const from = words.starts[index] as number;
      const to = words.ends[index] as number;
      length = copyBytes(result, length, bytes, at, from);
      at = to;
      const isFamily = last < 0 || (comma > start ? from < comma : index === last);
      if (last >= 0 && words.isKept(index)) part.set(bytes, from, to);
      else (isFamily ? family : given)(bytes, from, to, row, part);
      if (part.isNull) part.set(bytes, from, to);
      length = copyBytes(result, length, part.bytes, part.start, part.end);
    }
    length = copyBytes(result, length, bytes, at, end);
    out.set(result, 0, endOfText(result, 0, length, limit));
  };
}

/** Where the words of one value are, in memory that is used again for the next. */
class Words {
  count = 0;
  /** Of the first comma; -1: there is none. */
  comma = -1;
  starts = new Int32Array(64);
  ends = new Int32Array(64);
  #kept = new Uint8Array(64);

  /** Separators: white space, comma, and the punctuation that joins names in lists. */
  read(bytes: Uint8Array, from: number, to: number): void {
    this.count = 0;
    this.comma = -1;
    let start = -1;
    for (let i = from; i <= to; i++) {
      const byte = i < to ? (bytes[i] as number) : 0x20;
      if (byte === 0x2c && this.comma < 0) this.comma = i;
      const separates = byte <= 0x20 || byte === 0x2c || byte === 0x2f || byte === 0x26 || byte === 0x3b;
      if (separates && start >= 0) {
        this.#add(start, i, isKept(bytes, start, i));
        start = -1;
      } else if (!separates && start < 0) start = i;
    }
  }

  isKept(index: number): boolean {
    return this.#kept[index] === 1;
  }

  /** The last word that is a name; -1: none is. */
  lastName(): number {
    let index = this.count - 1;
    while (index >= 0 && this.isKept(index)) index--;
    return index;
  }

  #add(start: number, end: number, kept: boolean): void {
    if (this.count === this.starts.length) this.#grow();
    this.starts[this.count] = start;
    this.ends[this.count] = end;
    this.#kept[this.count++] = kept ? 1 : 0;
  }

  #grow(): void {
    const { starts, ends } = this;
    const kept = this.#kept;
    this.starts = new Int32Array(starts.length * 2);
    this.ends = new Int32Array(starts.length * 2);
    this.#kept = new Uint8Array(starts.length * 2);
    this.starts.set(starts);
    this.ends.set(ends);
    this.#kept.set(kept);
  }
}

/** A title, a particle, or punctuation alone. */
function isKept(value: Uint8Array, start: number, end: number): boolean {
  if (end - start > 6) return false;
  const word = packed(value, start, end);
  return word === 0 || kept.has(word);
}

/** The letters of a short word as one number, case and full stops aside; -1 where there are others. */
function packed(value: Uint8Array, start: number, end: number): number {
  let number = 0;
  for (let i = start; i < end; i++) {
    const byte = value[i] as number;
    if (byte === 0x2e || byte === 0x28 || byte === 0x29) continue;
    const letter = (byte | 0x20) - 0x60;
    if (letter < 1 || letter > 26 || byte >= 0x80) return byte < 0x30 ? number : -1;
    number = number * 32 + letter;
  }
  return number;
}
