import { z } from 'zod';
import { isBytes, isCharacter } from '../columnType.ts';
import { cutText, isBlank } from '../encode.ts';
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

const kept = new Set(
  `dr prof dipl ing mr mrs ms miss mx sir herr frau hr fr m mme mlle sr sra srta dott jr ii iii iv phd md von van de der den di da
do dos das del della la le du zu zur vom und and et y e`.split(/\s+/),
);

function create(context: TransformContext): Transform {
  const given = context.nested('givenName');
  const family = context.nested('familyName');
  const limit = context.column.maxLength ?? Number.MAX_SAFE_INTEGER;
  return (value, row) => {
    if (isBlank(value)) return value;
    const comma = value.indexOf(0x2c);
    const parts: Buffer[] = [];
    const words = wordsOf(value);
    const names = words.filter(word => !isKept(value, word));
    const last = names.at(-1);
    let end = 0;
    for (const word of words) {
      parts.push(value.subarray(end, word.start));
      end = word.end;
      const text = value.subarray(word.start, word.end);
      if (names.length > 0 && isKept(value, word)) {
        parts.push(text);
        continue;
      }
      const isFamily = comma > 0 ? word.start < comma : word === last;
      parts.push((isFamily || names.length === 0 ? family : given)(text, row) ?? text);
    }
    parts.push(value.subarray(end));
    return cutText(Buffer.concat(parts), limit);
  };
}

interface Word {
  start: number;
  end: number;
}

/** Separators: white space, comma, and the punctuation that joins names in lists. */
function wordsOf(value: Buffer): Word[] {
  const words: Word[] = [];
  let start = -1;
  for (let i = 0; i <= value.length; i++) {
    const byte = i < value.length ? (value[i] as number) : 0x20;
    const separates = byte <= 0x20 || byte === 0x2c || byte === 0x2f || byte === 0x26 || byte === 0x3b;
    if (separates && start >= 0) {
      words.push({ start, end: i });
      start = -1;
    } else if (!separates && start < 0) start = i;
  }
  return words;
}

/** A title, a particle, or punctuation alone. Words of two letters with a full stop are titles; initials are names. */
function isKept(value: Buffer, word: Word): boolean {
  if (word.end - word.start > 6) return false;
  const text = value.toString('utf8', word.start, word.end).toLowerCase().replace(/[.()]/g, '');
  return text === '' || kept.has(text);
}
