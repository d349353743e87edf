import * as z from 'zod';
import { isBytes, isCharacter, isInteger } from '../columnType.ts';
import { compactUpper, shapeOf } from '../shape.ts';
import type { Transformer } from '../transformer.ts';

const options = z.strictObject({
  /** Leading letters or digits that stay, for statistics by region. Default 0. */
  keepRegion: z.number().int().min(0).max(3).default(0),
});

/** Postal code of the same shape: `20095` → `48173`, `SW1A 1AA` → `KX4T 7QD`. Spaces and case do not make another code. */
export const postcode: Transformer = {
  name: 'postcode',
  version: 1,
  summary: 'A postal code of the same shape.',
  example: { before: 'SW1A 1AA', after: 'KX4T 7QD' },
  options,
  accepts: column => isCharacter(column) || isBytes(column) || isInteger(column),
  sameness: 'exact',
  uniqueness: 'own',
  cached: true,
  create(context) {
    const { keepRegion } = options.parse(context.options);
    return shapeOf(context, 'postcode', compactUpper, (shaped, _stream, original) =>
      keepRegion === 0 ? shaped : original.slice(0, keepRegion) + shaped.slice(keepRegion),
    );
  },
};
