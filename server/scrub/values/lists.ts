import { Folder, toAscii } from '../normalize.ts';
import { once } from '../once.ts';
import { familyNames, givenNames } from './names.ts';

/** A list as bytes, ready to be copied into values; made once per thread, because each part of each table asks for it. */
export interface ByteList {
  entries: readonly Buffer[];
  /** The entries as values are folded that may be the same word. */
  folded: readonly Buffer[];
}

const made = new Map<readonly string[], Map<string, ByteList>>();

/**
 * @param ascii without accents
 * @param limit characters that an entry may have
 */
export function byteList(list: readonly string[], ascii: boolean, limit: number): ByteList {
  const longest = Math.max(...list.map(text => text.length));
  const id = `${ascii} ${Math.min(limit, longest)}`;
  const known = made.get(list) ?? new Map<string, ByteList>();
  made.set(list, known);
  const bytes = known.get(id) ?? toBytes(list, ascii, limit);
  known.set(id, bytes);
  return bytes;
}

function toBytes(list: readonly string[], ascii: boolean, limit: number): ByteList {
  const folder = new Folder('words');
  return {
    entries: list.map(text => Buffer.from([...(ascii ? toAscii(text) : text)].slice(0, limit).join(''))),
    folded: list.map(text => {
      folder.fold(Buffer.from(text));
      return Buffer.from(folder.bytes.subarray(0, folder.length));
    }),
  };
}

const addressPart = (text: string) => Buffer.from(toAscii(text).toLowerCase(), 'latin1');

export const asciiGivenNames = once(() => givenNames.map(addressPart));
export const asciiFamilyNames = once(() => familyNames.map(addressPart));
