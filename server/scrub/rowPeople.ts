import { isUtf8 } from 'node:buffer';
import { Glance } from './glance.ts';
import { Place } from './place.ts';
import type { TransformerName } from './plan.ts';
import { findNames, mayHoldNames } from './salutations.ts';
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
/** Nor is a word of a name that is shorter than this looked for alone. */
const shortestWord = 4;

/**
 * Finds the values of a row's personal columns inside its free text and replaces each as its column does; then the names that the text
 * itself greets, signs with or gives a title.
 */
export class RowPeople {
  readonly #columns: { index: number; use: TransformerName }[];
  readonly #context: TransformContext;
  readonly #glance = new Glance();
  readonly #text = new Place();
  #isGlancedAt = false;

  constructor(context: TransformContext, alsoColumns: readonly string[]) {
    this.#context = context;
    const also = new Set(alsoColumns);
    this.#columns = context.columns.flatMap(({ name, use }, index) =>
      name !== context.column.name && (personal.has(use) || (also.has(name) && use !== 'keep'))
        ? [{ index, use }]
        : [],
    );
  }

  /**
   * False where {@link replaceIn} would find nothing of the row in the text `bytes[start, end)`.
   *
   * @param hasAt whether the text has an `@`
   */
  mayFind(bytes: Buffer, start: number, end: number, row: Row, hasAt: boolean): boolean {
    this.#text.set(bytes, start, end);
    this.#isGlancedAt = false;
    for (const { index, use } of this.#columns) {
      const original = row[index];
      if (original !== undefined && this.#mayStandIn(original, use, hasAt)) return true;
    }
    return false;
  }

  replaceIn(value: Buffer, row: Row): Buffer {
    let lower: string | undefined;
    let edits: Edit[] | undefined;
    const hasAt = value.includes(0x40);
    this.#text.put(value);
    this.#isGlancedAt = false;
    for (const { index, use } of this.#columns) {
      const place = row[index];
      if (place === undefined || !this.#mayStandIn(place, use, hasAt)) continue;
      const original = place.value() as Buffer;
      lower ??= fold(value.toString('utf8'));
      const text = original.toString('utf8');
      const folded = fold(text);
      if (lower.includes(folded)) {
        edits ??= [];
        this.#find(lower, folded, () => this.#context.transformOf(index)(original, row), edits);
      }
      // A text says “Anna” or “Ms Schmidt” of whoever is called Anna Schmidt.
      if (use !== 'fullName') continue;
      for (const word of wordsOf(folded)) {
        if (word.length < shortestWord || word.length === folded.length || !lower.includes(word)) continue;
        edits ??= [];
        const kind = isFamilyName(folded, word) ? 'familyName' : 'givenName';
        this.#find(lower, word, () => this.#context.nested(kind)(Buffer.from(word), row), edits);
      }
    }
    edits = this.#addGreeted(value, row, edits);
    return edits === undefined || edits.length === 0 || !isUtf8(value) ? value : apply(value, edits);
  }

  /** False where neither the value nor, of a full name, a word of it stands in the text. */
  #mayStandIn(original: Place, use: TransformerName, hasAt: boolean): boolean {
    const { bytes, end } = original;
    let { start } = original;
    if (end - start < shortest) return false;
    // The addresses of a text have been replaced before.
    if (use === 'email' && !hasAt && holds(original, 0x40)) return false;
    if (!this.#isGlancedAt) this.#glance.at(this.#text.bytes, this.#text.start, this.#text.end);
    this.#isGlancedAt = true;
    if (this.#glance.mayHold(bytes, start, end)) return true;
    if (use !== 'fullName') return false;
    const hasComma = holds(original, 0x2c);
    for (let i = start; i <= end; i++) {
      const byte = i < end ? (bytes[i] as number) : 0x20;
      // White space outside ASCII parts words too, beside a comma.
      if (hasComma && byte >= 0x80) return true;
      if (byte > 0x20 && byte !== 0x2c) continue;
      if (i - start >= shortestWord && this.#glance.mayHold(bytes, start, i)) return true;
      start = i + 1;
    }
    return false;
  }

  /** Names of third persons, as far as the text says that they are names. The row's own come first. */
  #addGreeted(value: Buffer, row: Row, edits: Edit[] | undefined): Edit[] | undefined {
    if (!mayHoldNames(value)) return edits;
    let all = edits;
    const text = value.toString('utf8');
    for (const { start, end, use } of findNames(text)) {
      if (all?.some(edit => start < edit.end && edit.start < end)) continue;
      const replaced = this.#context.nested(use)(Buffer.from(text.slice(start, end)), row);
      all ??= [];
      all.push({ start, end, replacement: replaced?.toString('utf8') ?? '' });
    }
    return all;
  }

  /** Notes every place where the needle stands as a word of its own and nothing else was found before. */
  #find(lower: string, needle: string, replace: () => Buffer | null, edits: Edit[]): void {
    let replacement: string | undefined;
    for (let start = lower.indexOf(needle); start >= 0; start = lower.indexOf(needle, start + 1)) {
      const end = start + needle.length;
      if (isInsideWord(lower, start, end) || edits.some(edit => start < edit.end && edit.start < end))
        continue;
      replacement ??= replace()?.toString('utf8') ?? '';
      edits.push({ start, end, replacement });
    }
  }
}

function holds({ bytes, start, end }: Place, byte: number): boolean {
  for (let i = start; i < end; i++) if (bytes[i] === byte) return true;
  return false;
}

interface Edit {
  start: number;
  end: number;
  replacement: string;
}

function apply(value: Buffer, edits: readonly Edit[]): Buffer {
  const text = value.toString('utf8');
  let result = '';
  let at = 0;
  for (const { start, end, replacement } of [...edits].sort((a, b) => a.start - b.start)) {
    result += text.slice(at, start) + replacement;
    at = end;
  }
  return Buffer.from(result + text.slice(at));
}

function wordsOf(text: string): string[] {
  return text.includes(',') ? text.split(/[\s,]+/) : text.split(' ');
}

/** The last word, or the one before the comma. */
function isFamilyName(name: string, word: string): boolean {
  const comma = name.indexOf(',');
  return comma > 0 ? name.indexOf(word) < comma : name.endsWith(word);
}

/** Lower case with every offset where it was: the few letters that grow in lower case keep ASCII folding alone. */
function fold(text: string): string {
  const lower = text.toLowerCase();
  return lower.length === text.length ? lower : text.replace(/[A-Z]+/g, letters => letters.toLowerCase());
}

function isInsideWord(text: string, start: number, end: number): boolean {
  const isLetter = (letter: string | undefined) => letter !== undefined && /[\p{L}\p{N}]/u.test(letter);
  return isLetter(text[start - 1]) || isLetter(text[end]);
}
