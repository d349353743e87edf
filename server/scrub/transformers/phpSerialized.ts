import * as z from 'zod';
import { isBytes, isCharacter } from '../columnType.ts';
import { LeafScrubber } from '../containers/leaf.ts';
import { keyColumn, pathRules } from '../containers/pathRules.ts';
import { looksLikePhpSerialized, rewritePhp } from '../containers/php.ts';
import type { Transform, TransformContext, Transformer } from '../transformer.ts';

const options = z.strictObject({
  /** Rules by path: `{ "billing.phone": "phone" }`. */
  paths: pathRules.default({}),
  /** Column of the same table that says what the value is: `meta_key`. */
  key: z.string().optional(),
});

/**
 * PHP-serialized value as WordPress and others keep it: `a:1:{s:5:"email";s:13:"anna@firma.de";}` →
 * `a:1:{s:5:"email";s:39:"dieter.lacroix.zq8xwrgpih6f@example.com";}`. Values are replaced as in `json`; lengths are recomputed. What is not
 * serialized is scrubbed as JSON or text, because such columns hold both; what is but is damaged counts as a problem and is
 * scrubbed as text.
 */
export const phpSerialized: Transformer = {
  name: 'phpSerialized',
  version: 4,
  summary: 'A PHP-serialized value with the personal values inside replaced and lengths recomputed.',
  example: {
    before: 'a:1:{s:5:"email";s:13:"anna@firma.de";}',
    after: 'a:1:{s:5:"email";s:39:"dieter.lacroix.zq8xwrgpih6f@example.com";}',
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
  const { paths, key } = options.parse(context.options);
  const leaves = new LeafScrubber(context, paths);
  const keyOf = keyColumn(context, key);
  const limit = context.column.maxLength ?? Number.MAX_SAFE_INTEGER;
  return (value, row) => {
    if (value.length === 0) return value;
    if (looksLikePhpSerialized(value)) {
      const replaced = rewritePhp(value, {
        text: (path, text, isOfPerson) =>
          leaves.text(path.length === 0 ? keyOf(row) : path, text, row, isOfPerson),
        isOfPeople: key => leaves.isOfPeople(key),
      });
      if (replaced !== undefined) {
        if (replaced.length <= limit) return replaced;
        context.problem('serialized value longer than its column after scrubbing: emptied');
        return Buffer.from('N;');
      }
      context.problem('no valid PHP-serialized value');
      return context.nested('text')(value, row);
    }
    const other = leaves.text(keyOf(row), value, row);
    return other !== null && other.length > limit
      ? context.nested('text')(value.subarray(0, limit), row)
      : other;
  };
}
