import * as z from 'zod';
import type { Transformer } from '../transformer.ts';

/** Leaves values as they are: `Blue T-Shirt` → `Blue T-Shirt`. A rule states the reason: `{ "keep": "catalogue" }`. */
export const keep: Transformer = {
  name: 'keep',
  version: 1,
  summary: 'Leaves the value as it is; for columns without personal data, with the reason.',
  example: { before: 'Blue T-Shirt', after: 'Blue T-Shirt' },
  options: z.strictObject({}),
  accepts: () => true,
  sameness: 'exact',
  uniqueness: 'own',
  cached: false,
  create: () => value => value,
};
