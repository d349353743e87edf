import { isBytes, isCharacter } from '../columnType.ts';
import type { About, Classified } from './classify.ts';
import { contentWords, objectWords, thingWords } from './contextWords.ts';
import { attributeWords, codeWords, remarkWords, topicWords, whoWords } from './doubtWords.ts';
import type { TypedColumn } from './fitsType.ts';

/** What is proposed in doubt is less certain than anything that a name says. */
export const doubtful = 0.4;

/** Longer than any UUID: where a key of a person is longer, it may be what he is called. */
const longestKey = 36;

/** Shorter columns hold codes. */
const shortest = 8;

/**
 * Detection is fail-closed: a column that can hold free text, whose name says nothing known to be harmless, is proposed as text where its
 * table is about people or about what they write. `text` replaces only the persons it finds, so it costs a column nothing that holds nobody.
 *
 * @param isWhoseKey whether a name says whose row it is: `user_id`
 * @param isHarmless whether a word at the end of a name, or anywhere in it, says that it is about something else
 */
export function inDoubt(
  words: readonly string[],
  column: TypedColumn,
  { topic, isCatalogue }: Pick<About, 'topic' | 'isCatalogue'>,
  isHarmless: (words: readonly string[]) => boolean,
  isWhoseKey: (words: readonly string[]) => boolean,
  isPerson: (word: string) => boolean,
): Classified | undefined {
  if (column.dataType === 'varchar' && (column.maxLength ?? 0) > longestKey && isWhoseKey(words))
    return { ...doubt(column, 'whose row it is, in letters'), use: 'userName' };
  if (!holdsText(column) || words.length === 0 || isHarmless(words)) return undefined;
  const first = words[0] ?? '';
  const last = words.at(-1) ?? '';
  if (codeWords.has(last)) return undefined;
  if (words.length === 1 && whoWords.has(first) && isCharacter(column))
    return { ...doubt(column, 'it may say who'), use: 'fullName' };
  if (topic !== 'things' && words.some(word => objectWords.has(word))) return undefined;
  // `author_information`, in any table.
  if (topic === 'things' && words.length === 2 && isPerson(first) && contentWords.has(last))
    return doubt(column, 'something of a person');
  const why = whyDoubt(words, column, topic, isCatalogue);
  return why === undefined ? undefined : doubt(column, why);
}

function whyDoubt(
  words: readonly string[],
  column: TypedColumn,
  topic: About['topic'],
  isCatalogue: boolean,
): string | undefined {
  const [first = ''] = words;
  const last = words.at(-1) ?? '';
  if (topic === 'things') {
    const isRemark = remarkWords.has(last) || remarkWords.has(first);
    // What describes an entry of a list is about the entry.
    return isRemark && !isCatalogue && !/blob$/.test(column.dataType)
      ? 'a remark, in a table of things'
      : undefined;
  }
  const isAttribute = words.some(word => attributeWords.has(word)) || thingWords.has(last);
  if (topic === 'people') return isAttribute ? undefined : 'an unknown word in a table about people';
  if (topic === 'speech' && !isAttribute && !numberWords.has(last))
    return 'an unknown word in a table of what people write or do';
  const isFree = isLong(column) || topicWords.has(last) || topicWords.has(first);
  return isFree && !(topic === 'linked' && isBytes(column))
    ? 'free text in a table of what belongs to somebody'
    : undefined;
}

/** In a table of orders or tickets they are the order's. */
const numberWords = new Set(['number', 'numero', 'nummer', 'num', 'no', 'nr']);

const isLong = (column: TypedColumn): boolean =>
  /^(?:text|mediumtext|longtext)$/.test(column.dataType) || /blob$/.test(column.dataType);

function holdsText(column: TypedColumn): boolean {
  if (column.maxLength !== null && column.maxLength < shortest) return false;
  return (
    isCharacter(column) || column.dataType === 'json' || (isBytes(column) && column.dataType !== 'binary')
  );
}

function doubt(column: TypedColumn, what: string): Classified {
  return {
    use: column.dataType === 'json' ? 'json' : /blob$/.test(column.dataType) ? 'blob' : 'text',
    reason: `in doubt: ${what}; keep it if it holds nobody`,
    confidence: doubtful,
  };
}
