import * as z from 'zod';
import { isCharacter, isDate, isInteger } from '../columnType.ts';
import { shiftDates } from '../dates.ts';
import type { Transformer } from '../transformer.ts';

const options = z.strictObject({
  /** Largest shift in days, both ways. */
  days: z.number().int().min(1).max(3650).default(30),
  /** Column that says whose date it is: `user_id`. All of one person's dates then move by the same number of days. */
  subject: z.string().optional(),
});

/**
 * Date or time, moved by up to a month: `2024-03-10 09:30:00` → `2024-03-22 09:30:00`. With `{ "use": "date", "subject": "user_id" }`
 * all dates of one person move alike, and the time between them stays true.
 */
export const date: Transformer = {
  name: 'date',
  version: 1,
  summary: 'A date moved by up to a month, the same way for all dates of one subject.',
  example: { before: '2024-03-10 09:30:00', after: '2024-03-22 09:30:00' },
  options,
  accepts: column => isDate(column) || isCharacter(column) || isInteger(column),
  sameness: 'exact',
  uniqueness: 'own',
  cached: false,
  create(context) {
    const { days, subject } = options.parse(context.options);
    return shiftDates(context, { kind: 'date', days, subject });
  },
};
