import { toAscii } from '../normalize.ts';
import { once } from '../once.ts';
import type { TransformerName } from '../plan.ts';
import { familyNames, givenNames } from '../values/names.ts';
import { streets } from '../values/places.ts';
import { addToWord, hashWord, wordBit, wordStart } from './words.ts';

/**
 * What the scrubber itself draws, with a filter before it: nearly no value is of the lists, and to make a string of it, without accents and in
 * small letters, costs more than all else that is done to it.
 */
interface Drawn {
  texts: ReadonlySet<string>;
  /** 1 at the bit of each text's hash. */
  filter: Uint8Array;
}

const plainText = (text: string): string => toAscii(text).toLowerCase().trim();

function drawn(list: readonly string[], hashOf: (bytes: Buffer) => number): Drawn {
  const texts = new Set(list.map(plainText));
  const filter = new Uint8Array(65_536);
  for (const text of texts) filter[wordBit(hashOf(Buffer.from(text)))] = 1;
  return { texts, filter };
}

const names = once(() => drawn([...givenNames, ...familyNames], bytes => hashWord(bytes, 0, bytes.length)));
const drawnStreets = once(() => drawn(streets, hashOfFirstWord));

/** Whether the word `value[start, end)` is a name that the scrubber draws, accents and case aside. */
export function isDrawnName(value: Buffer, start: number, end: number): boolean {
  const { texts, filter } = names();
  if (isAscii(value, start, end) && filter[wordBit(hashWord(value, start, end))] === 0) return false;
  return texts.has(toAscii(value.toString('utf8', start, end)).toLowerCase());
}

/** A street of the scrubber's own list, with whatever number: somebody else may have been given it. */
export function mayBeDrawnStreet(value: Buffer): boolean {
  if (value.length > 80) return false;
  const { texts, filter } = drawnStreets();
  if (isAscii(value, 0, value.length) && filter[wordBit(hashOfFirstWord(value))] === 0) return false;
  return texts.has(plainText(value.toString('utf8').replace(/\d+\s?[a-z]?\b/gi, '')));
}

/** Of the first four letters of the first word that has two: the letter of a house number (`12 b`) has none beside it. */
function hashOfFirstWord(value: Uint8Array): number {
  let start = 0;
  while (start < value.length && !(isLetter(value[start]) && isLetter(value[start + 1]))) start++;
  let hash = wordStart;
  for (let i = start; i < start + 4 && isLetter(value[i]); i++) hash = addToWord(hash, value[i] as number);
  return hash;
}

const isLetter = (byte: number | undefined): boolean =>
  byte !== undefined && (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a;

function isAscii(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if ((bytes[i] as number) >= 0x80) return false;
  return true;
}

/**
 * Whether finding the value elsewhere can only mean a leak. A login `administrator` is a word, nine bare digits are any number.
 */
export function isDistinctive(use: TransformerName, value: Buffer): boolean {
  if (value.length < 8) return false;
  switch (use) {
    case 'userName':
      return has(value, isPartOfLogin) && hasLetter(value);
    case 'street':
      return has(value, isDigit) && hasLetter(value);
    case 'token':
    case 'passwordHash':
      return value.length >= 16;
    default:
      return value.length >= 13 || has(value, byte => !isDigit(byte));
  }
}

const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39;

/** A digit, `.`, `_`, `@` or `-`. */
const isPartOfLogin = (byte: number): boolean =>
  isDigit(byte) || byte === 0x2e || byte === 0x5f || byte === 0x40 || byte === 0x2d;

function has(value: Buffer, wanted: (byte: number) => boolean): boolean {
  for (let i = 0; i < value.length; i++) if (wanted(value[i] as number)) return true;
  return false;
}

/** A letter of any alphabet. */
function hasLetter(value: Buffer): boolean {
  return has(value, isLetter) || (!isAscii(value, 0, value.length) && /\p{L}/u.test(value.toString('utf8')));
}
