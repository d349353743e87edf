import { isBytes, isCharacter } from '../columnType.ts';
import type { Classified } from './classify.ts';
import { objectWords, thingWords } from './contextWords.ts';
import { attributeWords, codeWords, remarkWords, topicWords } from './doubtWords.ts';
import type { TypedColumn } from './fitsType.ts';
import type { Topic } from './topic.ts';

/** What is proposed in doubt is less certain than anything that a name says. */
export const doubtful = 0.4;

/** Shorter columns hold codes. */
const shortest = 8;

/**
 * Detection is fail-closed: a column that can hold free text, whose name says nothing known to be harmless, is proposed as text where its
 * table is about people or about what they write. `text` replaces only the persons it finds, so it costs a column nothing that holds nobody.
 *
 * @param isHarmless whether a word at the end of a name, or anywhere in it, says that it is about something else
 */
export function inDoubt(
  words: readonly string[],
  column: TypedColumn,
  topic: Topic,
  isHarmless: (words: readonly string[]) => boolean,
): Classified | undefined {
  if (!holdsText(column) || words.length === 0 || isHarmless(words)) return undefined;
  const first = words[0] ?? '';
  const last = words.at(-1) ?? '';
  if (codeWords.has(last)) return undefined;
  const isRemark = remarkWords.has(last) || remarkWords.has(first);
  if (topic === 'things')
    return isRemark && isCharacter(column) ? doubt(column, 'a remark, in a table of things') : undefined;
  if (words.some(word => objectWords.has(word))) return undefined;
  const isAttribute = words.some(word => attributeWords.has(word)) || thingWords.has(last);
  if (topic === 'people')
    return isAttribute ? undefined : doubt(column, 'an unknown word in a table about people');
  if (topic === 'speech' && !isAttribute)
    return doubt(column, 'an unknown word in a table of what people write or do');
  const isFree = isLong(column) || topicWords.has(last) || topicWords.has(first);
  if (!isFree || (topic === 'linked' && isBytes(column))) return undefined;
  return doubt(column, 'free text in a table of what belongs to somebody');
}

const isLong = (column: TypedColumn): boolean =>
  /^(?:text|mediumtext|longtext)$/.test(column.dataType) || /blob$/.test(column.dataType);

function holdsText(column: TypedColumn): boolean {
  if (column.maxLength !== null && column.maxLength < shortest) return false;
  return isCharacter(column) || column.dataType === 'json' || (isBytes(column) && isLong(column));
}

function doubt(column: TypedColumn, what: string): Classified {
  return {
    use: column.dataType === 'json' ? 'json' : isBytes(column) ? 'blob' : 'text',
    reason: `in doubt: ${what}; keep it if it holds nobody`,
    confidence: doubtful,
  };
}
