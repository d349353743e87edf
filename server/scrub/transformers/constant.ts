import * as z from 'zod';
import { isBytes, isCharacter } from '../columnType.ts';
import { cutBytes, cutText } from '../encode.ts';
import type { Transformer } from '../transformer.ts';

const options = z.strictObject({ value: z.union([z.string(), z.number()]).default('') });

/** Replaces every value by one: `{ "use": "constant", "value": "removed" }`: `Anna` → `removed`. NULL stays NULL. */
export const constant: Transformer = {
  name: 'constant',
  version: 1,
  summary: 'The same given value for every row; NULL stays NULL.',
  example: { before: 'Anna', after: 'removed' },
  options,
  accepts: () => true,
  sameness: 'exact',
  uniqueness: 'never',
  cached: false,
  create(context) {
    const { column } = context;
    const whole = Buffer.from(String(options.parse(context.options).value));
    const limit = column.maxLength ?? Number.MAX_SAFE_INTEGER;
    const fits = isCharacter(column)
      ? cutText(whole, limit)
      : isBytes(column)
        ? cutBytes(whole, limit)
        : whole;
    return () => fits;
  },
};
