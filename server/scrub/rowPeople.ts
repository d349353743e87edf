import { isUtf8 } from 'node:buffer';
import type { TransformerName } from './plan.ts';
import type { Row, TransformContext } from './transformer.ts';

const personal: ReadonlySet<TransformerName> = new Set<TransformerName>([
  'email',
  'givenName',
  'familyName',
  'fullName',
  'userName',
  'phone',
  'street',
  'company',
  'iban',
  'cardNumber',
  'nationalId',
  'taxNumber',
  'url',
]);
/** A value shorter than this is part of too many words. */
const shortest = 3;

/** Finds the values of a row's personal columns inside its free text and replaces each as its column does. */
export class RowPeople {
  readonly #columns: { index: number; use: TransformerName }[];
  readonly #context: TransformContext;

  constructor(context: TransformContext, alsoColumns: readonly string[]) {
    this.#context = context;
    const also = new Set(alsoColumns);
    this.#columns = context.columns.flatMap(({ name, use }, index) =>
      name !== context.column.name && (personal.has(use) || (also.has(name) && use !== 'keep'))
        ? [{ index, use }]
        : [],
    );
  }

  replaceIn(value: Buffer, row: Row): Buffer {
    if (this.#columns.length === 0 || !isUtf8(value)) return value;
    let text: string | undefined;
    let lower = '';
    let changed = false;
    for (const { index, use } of this.#columns) {
      const original = row[index];
      if (original === null || original === undefined || original.length < shortest) continue;
      if (text === undefined) {
        text = value.toString('utf8');
        lower = fold(text);
      }
      for (const needle of needlesOf(original, use)) {
        const folded = fold(needle.text.toString('utf8'));
        if (!lower.includes(folded)) continue;
        const replacement = this.#replacementOf(index, needle, row);
        text = replaceWords(text, lower, folded, replacement);
        changed = true;
        lower = fold(text);
      }
    }
    return text === undefined || !changed ? value : Buffer.from(text);
  }

  #replacementOf(index: number, needle: Needle, row: Row): string {
    const transform =
      needle.part === undefined ? this.#context.transformOf(index) : this.#context.nested(needle.part);
    return transform(needle.text, row)?.toString('utf8') ?? '';
  }
}

interface Needle {
  text: Buffer;
  /** Set for one word of a full name: what it is replaced as. */
  part?: 'givenName' | 'familyName';
}

/** The value, and for a full name its words: a text says “Anna” or “Ms Schmidt”. */
function needlesOf(original: Buffer, use: TransformerName): Needle[] {
  const needles: Needle[] = [{ text: original }];
  if (use !== 'fullName') return needles;
  const text = original.toString('utf8');
  const words = text.split(/[\s,]+/).filter(word => word !== '');
  if (words.length < 2) return needles;
  const family = text.includes(',') ? words[0] : words.at(-1);
  for (const word of words)
    if (word.length >= 4)
      needles.push({ text: Buffer.from(word), part: word === family ? 'familyName' : 'givenName' });
  return needles;
}

/** Lower case with every offset where it was: the few letters that grow in lower case keep ASCII folding alone. */
function fold(text: string): string {
  const lower = text.toLowerCase();
  return lower.length === text.length ? lower : text.replace(/[A-Z]+/g, letters => letters.toLowerCase());
}

function replaceWords(text: string, lower: string, needle: string, replacement: string): string {
  let result = '';
  let at = 0;
  for (let found = lower.indexOf(needle); found >= 0; found = lower.indexOf(needle, found + 1)) {
    if (found < at || isInsideWord(lower, found, found + needle.length)) continue;
    result += text.slice(at, found) + replacement;
    at = found + needle.length;
  }
  return result + text.slice(at);
}

function isInsideWord(text: string, start: number, end: number): boolean {
  const isLetter = (letter: string | undefined) => letter !== undefined && /[\p{L}\p{N}]/u.test(letter);
  return isLetter(text[start - 1]) || isLetter(text[end]);
}
