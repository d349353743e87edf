import * as z from 'zod';
import { isBytes, isCharacter, isInteger } from '../columnType.ts';
import { compactUpper, shapeOf } from '../shape.ts';
import type { Transformer } from '../transformer.ts';

/**
 * National identity, social security, passport and driving licence numbers by their shape: `123-45-6789` → `941-07-3382`. A number
 * of the shape of a US social security number gets an area and group that have never been issued.
 */
export const nationalId: Transformer = {
  name: 'nationalId',
  version: 1,
  summary: 'An identity number of the same shape.',
  example: { before: '123-45-6789', after: '941-07-3382' },
  options: z.strictObject({}),
  accepts: column => isCharacter(column) || isBytes(column) || isInteger(column),
  sameness: 'exact',
  uniqueness: 'own',
  cached: false,
  create: context => shapeOf(context, 'nationalId', compactUpper, unissued),
};

/** 9xx is no area, and groups below 50 are no tax-payer numbers either. */
function unissued(shaped: string): string {
  return /^\d{3}-\d{2}-\d{4}$/.test(shaped) ? `9${shaped.slice(1, 4)}0${shaped.slice(5)}` : shaped;
}
