import { toAscii } from '../normalize.ts';
import { familyNames, givenNames } from './names.ts';

/** Lists as bytes, ready to be copied into values. Made anew per scrubber: a few kilobytes. */
export function asBytes(list: readonly string[], ascii = false): Buffer[] {
  return list.map(text => Buffer.from(ascii ? toAscii(text) : text));
}

const addressPart = (text: string) => Buffer.from(toAscii(text).toLowerCase(), 'latin1');

export function asciiGivenNames(): Buffer[] {
  return givenNames.map(addressPart);
}

export function asciiFamilyNames(): Buffer[] {
  return familyNames.map(addressPart);
}
