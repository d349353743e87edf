import * as z from 'zod';
import { isBytes, isCharacter } from '../columnType.ts';
import { isContactCard, mayBeContactCard, rewriteContactCard } from '../containers/contactCard.ts';
import { cutBytes, cutText } from '../encode.ts';
import { valueAt } from '../place.ts';
import { RowPeople } from '../rowPeople.ts';
import { TextReplacer } from '../textReplacer.ts';
import { TextSigns } from '../textSigns.ts';
import type { PlaceTransform, Row, TransformContext, Transformer } from '../transformer.ts';

const options = z.strictObject({
  /** Further columns of the same table whose values are replaced in the text. All personal ones are by default. */
  people: z.array(z.string()).default([]),
});

/**
 * Free text: what points at a person is replaced, the rest is kept: `Anna (anna@firma.de, 0171 5550123) called` →
 * `Oskar (dieter.lacroix.zq8xwrgpih6f@example.com, +990 …) called`. Replaced are e-mail addresses, phone and card numbers, IBANs and
 * IP addresses, every value that the row's own personal columns hold, each by that column's replacement, and names that the text itself
 * greets, signs with or gives a title (`salutations.ts`). vCards and iCalendar objects are read by their properties. Other names of third persons are not found: use `null` or `constant` for texts
 * that must not keep any.
 */
export const text: Transformer = {
  name: 'text',
  version: 4,
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
  createInPlace,
};

function createInPlace(context: TransformContext): PlaceTransform {
  const { column } = context;
  const replacer = new TextReplacer(context);
  const people = new RowPeople(context, options.parse(context.options).people);
  const limit = column.maxLength ?? Number.MAX_SAFE_INTEGER;
  const cut = column.dataType === 'char' || column.dataType === 'varchar' ? cutText : cutBytes;
  const inText = (value: Buffer, row: Row) => replacer.replace(value, part => people.replaceIn(part, row));
  const inCard = (value: Buffer, row: Row) =>
    Buffer.from(
      rewriteContactCard(value.toString('utf8'), {
        kind: (name, part) =>
          (context.nested(name)(Buffer.from(part), row) ?? Buffer.alloc(0)).toString('utf8'),
        text: part => inText(Buffer.from(part), row).toString('utf8'),
      }),
    );
  const signs = new TextSigns();
  return (bytes, start, end, row, out) => {
    const length = end - start;
    const mayBeCard = mayBeContactCard(bytes, start, end);
    if (!mayBeCard) signs.read(bytes, start, end);
    const isPlain =
      !mayBeCard &&
      !signs.mayHoldValues &&
      !signs.mayHoldNames &&
      !people.mayFind(bytes, start, end, row, signs.hasAt);
    if (length < 3 || (isPlain && length <= limit)) {
      out.set(bytes, start, end);
      return;
    }
    const value = valueAt(bytes, start, end);
    const replaced = mayBeCard && isContactCard(value) ? inCard(value, row) : inText(value, row);
    if (replaced === value && length <= limit) out.set(bytes, start, end);
    else out.put(replaced.length > limit ? cut(replaced, limit) : replaced);
  };
}
