import * as z from 'zod';
import { isBytes, isCharacter } from '../columnType.ts';
import type { Transformer } from '../transformer.ts';
import { givenNames } from '../values/names.ts';
import { fromList } from './names.ts';

/** Given name: `Anna` → `Oskar`. `ANNA`, ` anna ` and `Ánna` are the same name. */
export const givenName: Transformer = {
  name: 'givenName',
  version: 1,
  summary: 'A given name from a list, the same for the same name.',
  example: { before: 'Anna', after: 'Oskar' },
  options: z.strictObject({}),
  accepts: column => isCharacter(column) || isBytes(column),
  sameness: 'words',
  uniqueness: 'tail',
  cached: true,
  createInPlace: context => fromList(context, 'givenName', givenNames),
};
