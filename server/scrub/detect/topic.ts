import type { TransformerName } from '../plan.ts';
import { nameWords, ownAddress } from './contextWords.ts';

/** `linked`: things, with a key or an address of a person beside them: notes there are about somebody. */
export type Topic = 'people' | 'speech' | 'linked' | 'things';

/** A column as its table's topic is read from it. */
export interface ReadColumn {
  words: readonly string[];
  /** What it would be in a table of things. */
  use: TransformerName | undefined;
  /** `user_id`: says whose row it is. */
  isPersonKey: boolean;
}

/** Kinds that only a table about people has two of. */
const ofPeople: ReadonlySet<TransformerName> = new Set<TransformerName>([
  'email',
  'phone',
  'givenName',
  'familyName',
  'birthDate',
  'nationalId',
  'street',
]);

/**
 * What a table is about: columns speak louder than its name, two that only people have make it one about people.
 *
 * @param named what its name says
 * @param isOfMachines whether its name says that it is about machines: they have addresses and owners, too
 */
export function topicOfColumns(named: Topic, columns: readonly ReadColumn[], isOfMachines: boolean): Topic {
  const strong = new Set(columns.flatMap(({ use }) => (use !== undefined && ofPeople.has(use) ? [use] : [])));
  const isLinked = strong.size > 0 || columns.some(({ isPersonKey }) => isPersonKey);
  if (isOfMachines && named === 'things') return isLinked ? 'linked' : 'things';
  const has = (...kinds: TransformerName[]) =>
    columns.some(({ use }) => use !== undefined && kinds.includes(use));
  if (strong.size >= 2) return 'people';
  // An address is somebody's.
  if (strong.has('street') && has('postcode', 'city')) return 'people';
  // `name` beside `email`: whoever it is that can be written to.
  if (columns.some(isOwnAddress) && columns.some(isJustName)) return 'people';
  // From whom and to whom: a mail.
  if (hasAddressOf(columns, /^(?:from|sender)$/) && hasAddressOf(columns, /^(?:to|recipients?|rcpt)$/))
    return 'speech';
  // Who keeps the address that something came from keeps what somebody did.
  if (named !== 'speech' && has('ip') && !isOfMachines) return 'speech';
  return named === 'things' && isLinked ? 'linked' : named;
}

const isOwnAddress = ({ words, use }: ReadColumn): boolean =>
  use === 'email' && words.length <= 2 && words.every(word => ownAddress.has(word));

const isJustName = ({ words }: ReadColumn): boolean => words.length === 1 && nameWords.has(words[0] ?? '');

const hasAddressOf = (columns: readonly ReadColumn[], whose: RegExp): boolean =>
  columns.some(({ words, use }) => use === 'email' && words.some(word => whose.test(word)));
