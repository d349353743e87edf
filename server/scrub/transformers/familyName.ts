import * as z from 'zod';
import { isBytes, isCharacter } from '../columnType.ts';
import type { Transformer } from '../transformer.ts';
import { familyNames } from '../values/names.ts';
import { fromList } from './names.ts';

/** Family name: `Müller` → `Keller`. `MÜLLER`, ` müller ` and `Muller` are the same name. */
export const familyName: Transformer = {
  name: 'familyName',
  version: 1,
  summary: 'A family name from a list, the same for the same name.',
  example: { before: 'Müller', after: 'Keller' },
  options: z.strictObject({}),
  accepts: column => isCharacter(column) || isBytes(column),
  sameness: 'words',
  uniqueness: 'tail',
  cached: true,
  createInPlace: context => fromList(context, 'familyName', familyNames),
};
