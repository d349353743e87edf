import * as z from 'zod';
import { isBytes, isCharacter } from '../columnType.ts';
import type { Transformer } from '../transformer.ts';
import { cities } from '../values/places.ts';
import { fromList } from './names.ts';

/** City: `Hamburg` → `Klarafeld`. A list of places that are invented or exist many times. */
export const city: Transformer = {
  name: 'city',
  version: 1,
  summary: 'A city from a list, the same for the same city.',
  example: { before: 'Hamburg', after: 'Klarafeld' },
  options: z.strictObject({}),
  accepts: column => isCharacter(column) || isBytes(column),
  sameness: 'words',
  uniqueness: 'tail',
  cached: true,
  createInPlace: context => fromList(context, 'city', cities),
};
