import * as z from 'zod';
import { isBytes, isCharacter } from '../columnType.ts';
import { cutText, isBlank } from '../encode.ts';
import { KeyStream } from '../keyStream.ts';
import { Folder, toAscii } from '../normalize.ts';
import type { Transform, TransformContext, Transformer } from '../transformer.ts';
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
  create,
};

function create(context: TransformContext): Transform {
  const { charset, maxLength } = context.column;
  const limit = maxLength ?? Number.MAX_SAFE_INTEGER;
  const ascii = charset !== null && !charset.startsWith('utf8') && charset !== 'latin1';
  const entries = streets.map(text => (ascii ? toAscii(text) : text));
  const stream = new KeyStream(context.hash('street'));
  const folder = new Folder('words');
  return value => {
    if (isBlank(value)) return value;
    folder.fold(value);
    stream.seed(folder.bytes, 0, folder.length);
    const name = entries[stream.below(entries.length)] as string;
    const number = String(1 + stream.below(180));
    return cutText(Buffer.from(arrange(value, name, number)), limit);
  };
}

function arrange(value: Buffer, name: string, number: string): string {
  let digit = 0;
  while (digit < value.length && !isDigit(value[digit] as number)) digit++;
  if (digit === value.length) return name;
  return digit === 0 ? `${number} ${name}` : `${name} ${number}`;
}

const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39;
