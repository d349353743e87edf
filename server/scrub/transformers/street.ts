import * as z from 'zod';
import { isBytes, isCharacter } from '../columnType.ts';
import { endOfText, isBlank, writeBytes } from '../encode.ts';
import { Folder } from '../normalize.ts';
import { pick } from '../prf.ts';
import type { PlaceTransform, TransformContext, Transformer } from '../transformer.ts';
import { byteList } from '../values/lists.ts';
import { streets } from '../values/places.ts';

/**
 * Street with its house number, in the original's order: `Hauptstraße 12a` → `Lindenstraße 47`, `12 Main St` → `47 Elm Street`. The whole
 * line counts as one value. A line without digits gets a street alone.
 */
export const street: Transformer = {
  name: 'street',
  version: 1,
  summary: 'A street and house number from a list.',
  example: { before: 'Hauptstraße 12a', after: 'Lindenstraße 47' },
  options: z.strictObject({}),
  accepts: column => isCharacter(column) || isBytes(column),
  sameness: 'words',
  uniqueness: 'tail',
  cached: true,
  createInPlace,
};

function createInPlace(context: TransformContext): PlaceTransform {
  const { charset, maxLength } = context.column;
  const limit = maxLength ?? Number.MAX_SAFE_INTEGER;
  const ascii = charset !== null && !charset.startsWith('utf8') && charset !== 'latin1';
  const entries = byteList(streets, ascii, Number.MAX_SAFE_INTEGER).entries;
  const hash = context.hash('street');
  const folder = new Folder('words');
  const result = Buffer.alloc(128);
  return (bytes, start, end, _row, out) => {
    if (isBlank(bytes, start, end)) {
      out.set(bytes, start, end);
      return;
    }
    folder.fold(bytes, start, end);
    hash.update(folder.bytes, 0, folder.length);
    const name = entries[pick(hash.words[0] as number, entries.length)] as Buffer;
    const number = 1 + pick(hash.words[1] as number, 180);
    let digit = start;
    while (digit < end && !isDigit(bytes[digit] as number)) digit++;
    let length = 0;
    if (digit === start) {
      length = writeNumber(result, 0, number);
      result[length++] = 0x20;
    }
    length = writeBytes(result, length, name);
    if (digit > start && digit < end) {
      result[length++] = 0x20;
      length = writeNumber(result, length, number);
    }
    out.set(result, 0, endOfText(result, 0, length, limit));
  };
}

/** @returns the position after the last digit of `number`, which is below a thousand */
function writeNumber(target: Uint8Array, at: number, number: number): number {
  let end = at;
  if (number >= 100) target[end++] = 0x30 + Math.floor(number / 100);
  if (number >= 10) target[end++] = 0x30 + (Math.floor(number / 10) % 10);
  target[end++] = 0x30 + (number % 10);
  return end;
}

const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39;
