import * as z from 'zod';
import { isCharacter, isDate, isInteger } from '../columnType.ts';
import { shiftDates } from '../dates.ts';
import type { Transformer } from '../transformer.ts';

const options = z.strictObject({
  /** Largest shift in days, both ways: ages stay about right. */
  days: z.number().int().min(1).max(3650).default(182),
  /** Column that says whose date it is. */
  subject: z.string().optional(),
});

/** Birth date, moved by up to half a year: `1984-05-17` → `1984-09-02`. The same date gives the same date. */
export const birthDate: Transformer = {
  name: 'birthDate',
  version: 1,
  summary: 'A birth date moved by up to half a year; ages stay about right.',
  example: { before: '1984-05-17', after: '1984-09-02' },
  options,
  accepts: column => isDate(column) || isCharacter(column) || isInteger(column),
  sameness: 'exact',
  uniqueness: 'own',
  cached: false,
  create(context) {
    const { days, subject } = options.parse(context.options);
    return shiftDates(context, { kind: 'birthDate', days, subject });
  },
};
