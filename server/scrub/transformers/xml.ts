import * as z from 'zod';
import { isBytes, isCharacter } from '../columnType.ts';
import { LeafScrubber } from '../containers/leaf.ts';
import { pathRules } from '../containers/pathRules.ts';
import { rewriteXml } from '../containers/xml.ts';
import { cutBytes } from '../encode.ts';
import type { Transform, TransformContext, Transformer } from '../transformer.ts';

const options = z.strictObject({
  /** Rules by path of element and attribute names: `{ "order.customer.name": "fullName", "*.@mail": "email" }`. */
  paths: pathRules.default({}),
});

/**
 * XML and HTML: `<email>anna@firma.de</email>` → `<email>dieter.lacroix.zq8xwrgpih6f@example.com</email>`. Text, attributes and CDATA are replaced by
 * path, name and pattern as in `json`; mark-up, comments' places and entities stay.
 */
export const xml: Transformer = {
  name: 'xml',
  version: 4,
  summary: 'XML with the personal values in elements and attributes replaced.',
  example: {
    before: '<email>anna@firma.de</email>',
    after: '<email>dieter.lacroix.zq8xwrgpih6f@example.com</email>',
  },
  options,
  accepts: column => isCharacter(column) || isBytes(column),
  sameness: 'exact',
  uniqueness: 'never',
  cached: false,
  readsRow: true,
  create,
};

function create(context: TransformContext): Transform {
  const leaves = new LeafScrubber(context, options.parse(context.options).paths);
  const limit = context.column.maxLength ?? Number.MAX_SAFE_INTEGER;
  return (value, row) => {
    if (value.length === 0) return value;
    const replaced = rewriteXml(value.toString('utf8'), {
      text: (path, text, isOfPerson) =>
        leaves.text(path, Buffer.from(text), row, isOfPerson)?.toString('utf8') ?? '',
      isOfPeople: name => leaves.isOfPeople(name),
    });
    return cutBytes(Buffer.from(replaced), limit);
  };
}
