import * as z from 'zod';
import { isBytes, isCharacter } from '../columnType.ts';
import { rewriteJson } from '../containers/json.ts';
import { LeafScrubber } from '../containers/leaf.ts';
import { keyColumn, pathRules } from '../containers/pathRules.ts';
import type { Transform, TransformContext, Transformer } from '../transformer.ts';

const options = z.strictObject({
  /** Rules by path: `{ "customer.email": "email", "*.note": "null", "items.*.sku": { "keep": "catalogue" } }`. */
  paths: pathRules.default({}),
  /** Column of the same table that says what the value is: `meta_key`. */
  key: z.string().optional(),
});

/**
 * JSON document: `{"email":"anna@firma.de","size":"L"}` → `{"email":"dieter.lacroix.zq8xwrgpih6f@example.com","size":"L"}`. Each value is replaced by the
 * rule for its path, else by what its key says, else as text; `name`, `first` and the like are a person's where an address or a number stands beside them. JSON and PHP-serialized data inside strings is entered. Everything
 * else in the document stays, to the white space. What is no valid JSON is scrubbed as text, and counted as a problem.
 */
export const json: Transformer = {
  name: 'json',
  version: 4,
  summary: 'A JSON document with the personal values inside replaced, by path, key and pattern.',
  example: {
    before: '{"email":"anna@firma.de","size":"L"}',
    after: '{"email":"dieter.lacroix.zq8xwrgpih6f@example.com","size":"L"}',
  },
  options,
  accepts: column => isCharacter(column) || isBytes(column) || column.dataType === 'json',
  sameness: 'exact',
  uniqueness: 'never',
  cached: false,
  readsRow: true,
  create,
};

function create(context: TransformContext): Transform {
  const { paths, key } = options.parse(context.options);
  const leaves = new LeafScrubber(context, paths);
  const keyOf = keyColumn(context, key);
  const limit = context.column.maxLength ?? Number.MAX_SAFE_INTEGER;
  return (value, row) => {
    if (value.length === 0) return value;
    const replaced = rewriteJson(value.toString('utf8'), {
      text: (path, text, isOfPerson) => {
        const bytes = Buffer.from(text);
        const after = leaves.text(path.length === 0 ? keyOf(row) : path, bytes, row, isOfPerson);
        return after === bytes ? text : (after?.toString('utf8') ?? null);
      },
      number: (path, digits) => leaves.number(path, digits, row),
      isOfPeople: key => leaves.isOfPeople(key),
    });
    if (replaced === undefined) {
      context.problem('no valid JSON');
      return context.nested('text')(value, row);
    }
    const bytes = Buffer.from(replaced);
    if (bytes.length <= limit) return bytes;
    context.problem('JSON longer than its column after scrubbing: emptied');
    return Buffer.from(replaced.startsWith('[') ? '[]' : '{}');
  };
}
