import * as z from 'zod';
import type { Transformer } from '../transformer.ts';

/** Removes the value: `Anna Müller` → `NULL`. Only for columns that may be NULL. */
export const nullValue: Transformer = {
  name: 'null',
  version: 1,
  summary: 'Removes the value; the column must allow NULL.',
  example: { before: 'Anna Müller', after: 'NULL' },
  options: z.strictObject({}),
  accepts: column => column.nullable,
  sameness: 'exact',
  uniqueness: 'own',
  cached: false,
  create: () => () => null,
};
