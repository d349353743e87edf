import * as z from 'zod';
import { isBytes, isCharacter } from '../columnType.ts';
import { copyOut, cutText, isBlank } from '../encode.ts';
import type { Transform, TransformContext, Transformer } from '../transformer.ts';

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
  create,
};

/** Titles and particles, packed as {@link packed} does. */
const kept = new Set(
  `dr prof dipl ing mr mrs ms miss mx sir herr frau hr fr m mme mlle sr sra srta dott jr ii iii iv phd md von van de der den di da
do dos das del della la le du zu zur vom und and et y e`
    .split(/\s+/)
    .map(word => packed(Buffer.from(word), 0, word.length)),
);

function create(context: TransformContext): Transform {
  const given = context.nested('givenName');
  const family = context.nested('familyName');
  const limit = context.column.maxLength ?? Number.MAX_SAFE_INTEGER;
  let out = Buffer.alloc(512);
  return (value, row) => {
    if (isBlank(value)) return value;
    const words = wordsOf(value);
    const comma = value.indexOf(0x2c);
    let last: Word | undefined;
    for (const word of words) if (!word.isKept) last = word;
    if (out.length < value.length * 3 + words.length * 24)
      out = Buffer.alloc((value.length * 3 + words.length * 24) * 2);
    let length = 0;
    let end = 0;
    for (const word of words) {
      length += value.copy(out, length, end, word.start);
      end = word.end;
      const text = value.subarray(word.start, word.end);
      const isFamily = last === undefined || (comma > 0 ? word.start < comma : word === last);
      const replaced =
        word.isKept && last !== undefined ? text : ((isFamily ? family : given)(text, row) ?? text);
      length += replaced.copy(out, length);
    }
    length += value.copy(out, length, end);
    return cutText(copyOut(out, length), limit);
  };
}

interface Word {
  start: number;
  end: number;
  isKept: boolean;
}

/** Separators: white space, comma, and the punctuation that joins names in lists. */
function wordsOf(value: Buffer): Word[] {
  const words: Word[] = [];
  let start = -1;
  for (let i = 0; i <= value.length; i++) {
    const byte = i < value.length ? (value[i] as number) : 0x20;
    const separates = byte <= 0x20 || byte === 0x2c || byte === 0x2f || byte === 0x26 || byte === 0x3b;
    if (separates && start >= 0) {
      words.push({ start, end: i, isKept: isKept(value, start, i) });
      start = -1;
    } else if (!separates && start < 0) start = i;
  }
  return words;
}

/** A title, a particle, or punctuation alone. */
function isKept(value: Buffer, start: number, end: number): boolean {
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
