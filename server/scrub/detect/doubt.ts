import { isBytes, isCharacter } from '../columnType.ts';
import type { About, Classified } from './classify.ts';
import { contentWords, machineWords, objectWords, thingWords } from './contextWords.ts';
import { attributeWords, codeWords, notWho, remarkWords, topicWords, whoWords } from './doubtWords.ts';
import type { TypedColumn } from './fitsType.ts';
import { numberNames } from './kinds.ts';

/** What is proposed in doubt is less certain than anything that a name says. */
export const doubtful = 0.4;

/** Longer than any UUID: where a key of a person is longer, it may be what he is called. */
const longestKey = 36;

/** Shorter columns hold codes. */
const shortest = 8;

/** What the words of names mean, as far as a doubt depends on it. */
export interface Reader {
  /** The words of the table's name. */
  table: readonly string[];
  /** Whether a word at the end of a name, or anywhere in it, says that it is about something else. */
  isHarmless(words: readonly string[]): boolean;
  /** Whether a name says whose row it is: `user_id`. */
  isWhoseKey(words: readonly string[]): boolean;
  /** Whether a table may be called so that is about people. */
  isPerson(word: string): boolean;
}

/**
 * Detection is fail-closed: a column that can hold free text, whose name says nothing known to be harmless, is proposed as text where its
 * table is about people or about what they write. `text` replaces only the persons it finds, so it costs a column nothing that holds nobody.
 */
export function inDoubt(
  name: readonly string[],
  column: TypedColumn,
  { topic, isCatalogue }: Pick<About, 'topic' | 'isCatalogue'>,
  reader: Reader,
): Classified | undefined {
  if (column.dataType === 'varchar' && (column.maxLength ?? 0) > longestKey && reader.isWhoseKey(name))
    return { ...doubt(column, 'whose row it is, in letters'), use: 'userName' };
  if (!holdsText(column) || name.length === 0 || reader.isHarmless(name)) return undefined;
  const who = saysWho(name, column, reader);
  if (who !== undefined) return who;
  const words = withoutTable(name, reader.table);
  const first = words[0] ?? '';
  const last = words.at(-1) ?? '';
  if (topic === 'people' && words.length === 2 && /^(?:key|hash|salt)$/.test(last) && !ofData.has(first))
    return { ...doubt(column, 'a key in a table about people'), use: 'token' };
  if (codeWords.has(last)) return undefined;
  if (topic !== 'things' && words.some(word => objectWords.has(word))) return undefined;
  // `author_information`, in any table.
  if (topic === 'things' && words.length === 2 && reader.isPerson(first) && contentWords.has(last))
    return doubt(column, 'something of a person');
  const why = whyDoubt(words, column, topic, isCatalogue);
  return why === undefined ? undefined : doubt(column, why);
}

/** `owner`, `page_author`, `cal_boss`: who; `raw_ip`: from where. */
function saysWho(words: readonly string[], column: TypedColumn, reader: Reader): Classified | undefined {
  const last = words.at(-1) ?? '';
  if (
    words.includes('ip') &&
    words.length <= 3 &&
    !reader.table.some(word => machineWords.has(word.replace(/s$/, '')))
  )
    return { ...doubt(column, 'an address, and no word of a machine'), use: 'ip' };
  if (!isCharacter(column) || isLong(column) || words.length > 2) return undefined;
  if (words.some(word => attributeWords.has(word) || objectWords.has(word) || thingWords.has(word)))
    return undefined;
  const isWho = whoWords.has(last) || (words.length === 2 && reader.isPerson(last) && !notWho.has(last));
  return isWho ? { ...doubt(column, 'it may say who'), use: 'fullName' } : undefined;
}

/** `event_title` in a table of events: the title. */
function withoutTable(words: readonly string[], table: readonly string[]): readonly string[] {
  const [first = '', ...rest] = words;
  return rest.length > 0 && table.some(word => singular(word) === singular(first)) ? rest : words;
}

const singular = (word: string): string => word.replace(/(?:ies|y|s)$/, '');

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

/** Keys of these are no secrets of anybody. */
const ofData = new Set(
  'meta import export foreign primary sort data setting settings option preference preferences attribute property config external cache public search unique'.split(
    ' ',
  ),
);

/** In a table of orders or tickets they are the order's. */
const numberWords = new Set([...numberNames, 'ref', 'refs', 'reference', 'referencia', 'fingerprint']);

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
