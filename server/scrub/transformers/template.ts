import * as z from 'zod';
import { isBytes, isCharacter } from '../columnType.ts';
import { cutText } from '../encode.ts';
import { KeyStream } from '../keyStream.ts';
import { Folder } from '../normalize.ts';
import type { Transform, TransformContext, Transformer } from '../transformer.ts';
import { familyNames, givenNames } from '../values/names.ts';

const place = /\{(given|family|letters|digits)(?::(\d{1,2}))?\}/g;

const options = z.strictObject({
  /** Text with places to fill: `{given}` `{family}` `{letters:8}` `{digits:6}`. */
  template: z.string().min(1),
});

/**
 * Text made from a template: `{ "use": "template", "template": "Customer {digits:6}" }`: `Müller Bau` → `Customer 730412`. The places are filled
 * by the value's keyed hash: `{given}`, `{family}`, `{letters:n}`, `{digits:n}`.
 */
export const template: Transformer = {
  name: 'template',
  version: 1,
  summary: 'Text of your own with keyed letters, digits or names in it.',
  example: { before: 'Müller Bau', after: 'Customer 730412' },
  options,
  accepts: column => isCharacter(column) || isBytes(column),
  sameness: 'words',
  uniqueness: 'tail',
  cached: true,
  create,
};

function create(context: TransformContext): Transform {
  const pattern = options.parse(context.options).template;
  const stream = new KeyStream(context.hash('template'));
  const folder = new Folder('words');
  const limit = context.column.maxLength ?? Number.MAX_SAFE_INTEGER;
  return value => {
    if (value.length === 0) return value;
    folder.fold(value);
    stream.seed(folder.bytes, 0, folder.length);
    const text = pattern.replace(place, (_, kind: string, count: string | undefined) =>
      fill(kind, Number(count ?? 8), stream),
    );
    return cutText(Buffer.from(text), limit);
  };
}

function fill(kind: string, count: number, stream: KeyStream): string {
  if (kind === 'given') return givenNames[stream.below(givenNames.length)] ?? '';
  if (kind === 'family') return familyNames[stream.below(familyNames.length)] ?? '';
  if (kind === 'digits') return stream.digits(count);
  let letters = '';
  for (let i = 0; i < count; i++) letters += String.fromCharCode(97 + stream.below(26));
  return letters;
}
