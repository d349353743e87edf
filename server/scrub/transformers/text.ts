import * as z from 'zod';
import { isBytes, isCharacter } from '../columnType.ts';
import { cutBytes, cutText } from '../encode.ts';
import { RowPeople } from '../rowPeople.ts';
import { TextReplacer } from '../textReplacer.ts';
import type { Transform, TransformContext, Transformer } from '../transformer.ts';

const options = z.strictObject({
  /** Further columns of the same table whose values are replaced in the text. All personal ones are by default. */
  people: z.array(z.string()).default([]),
});

/**
 * Free text: what points at a person is replaced, the rest is kept: `Anna (anna@firma.de, 0171 5550123) called` →
 * `Oskar (dieter.lacroix.zq8xwrgpih6f@example.com, +990 …) called`. Replaced are e-mail addresses, phone and card numbers, IBANs and
 * IP addresses, every value that the row's own personal columns hold, each by that column's replacement, and names that the text itself
 * greets, signs with or gives a title (`salutations.ts`). Other names of third persons are not found: use `null` or `constant` for texts
 * that must not keep any.
 */
export const text: Transformer = {
  name: 'text',
  version: 3,
  summary:
    'Free text with the persons of the row, addresses, numbers and IPs replaced inside; the rest stays.',
  example: {
    before: 'Mail anna@firma.de or call +49 171 5550123',
    after: 'Mail dieter.lacroix.zq8xwrgpih6f@example.com or call +49 171 3920027',
  },
  options,
  accepts: column => isCharacter(column) || isBytes(column),
  sameness: 'exact',
  uniqueness: 'tail',
  cached: false,
  readsRow: true,
  create,
};

function create(context: TransformContext): Transform {
  const { column } = context;
  const replacer = new TextReplacer(context);
  const people = new RowPeople(context, options.parse(context.options).people);
  const limit = column.maxLength ?? Number.MAX_SAFE_INTEGER;
  const cut = column.dataType === 'char' || column.dataType === 'varchar' ? cutText : cutBytes;
  return (value, row) => {
    if (value.length < 3) return value;
    const replaced = replacer.replace(value, part => people.replaceIn(part, row));
    return replaced.length > limit ? cut(replaced, limit) : replaced;
  };
}
