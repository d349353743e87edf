import * as z from 'zod';
import { isBytes, isCharacter, isInteger } from '../columnType.ts';
import { compactUpper, shapeOf } from '../shape.ts';
import type { Transformer } from '../transformer.ts';

/** Tax and VAT numbers by their shape, the country's letters kept: `DE136695976` → `DE840219573`. */
export const taxNumber: Transformer = {
  name: 'taxNumber',
  version: 1,
  summary: 'A tax or VAT number of the same shape, the country kept.',
  example: { before: 'DE136695976', after: 'DE840219573' },
  options: z.strictObject({}),
  accepts: column => isCharacter(column) || isBytes(column) || isInteger(column),
  sameness: 'exact',
  uniqueness: 'own',
  cached: false,
  create: context =>
    shapeOf(context, 'taxNumber', compactUpper, (shaped, _stream, original) =>
      /^[A-Z]{2}[\d ]/.test(original) ? original.slice(0, 2) + shaped.slice(2) : shaped,
    ),
};
