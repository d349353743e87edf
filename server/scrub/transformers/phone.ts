import * as z from 'zod';
import { isBytes, isCharacter, isDecimal, isInteger } from '../columnType.ts';
import { isBlank } from '../encode.ts';
import { FeistelNetwork } from '../permute.ts';
import { NumberPlan } from '../phonePlan.ts';
import type { KeyedHash } from '../prf.ts';
import type { Transform, TransformContext, Transformer } from '../transformer.ts';
import { unassignedCallingCode } from '../values/phones.ts';

const options = z.strictObject({
  /** Country of numbers that are written without one, as ISO 3166 code: `DE`. */
  country: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .optional(),
});

/**
 * Phone number, in its own writing: `+49 (171) 5550123` → `+49 (171) 3920047`. Country and kind are kept. The number
 * is one that nobody can be called on: of a range that the country's regulator reserves for films and documentation, else one that the
 * country's numbering plan does not know, else one below +990, which E.164 has never assigned. Numbers without a country
 * count as those of the option `country`; without it they go below +990.
 *
 * Reserved ranges are small: where some column of phone numbers is unique, all phone columns use the wide form,
 * +990, the country's code, and the national number permuted digit by digit (`permute.ts`): a bijection.
 */
export const phone: Transformer = {
  name: 'phone',
  version: 1,
  summary: 'A phone number of the same country and shape that nobody can be called on.',
  example: { before: '+44 20 7123 4567', after: '+44 20 7946 0482' },
  options,
  accepts: column => isCharacter(column) || isBytes(column) || isInteger(column) || isDecimal(column),
  sameness: 'exact',
  uniqueness: 'own',
  cached: true,
  create,
};

function create(context: TransformContext): Transform {
  const { column } = context;
  const plan = new NumberPlan(options.parse(context.options).country);
  const hash = context.hash('phone');
  const network = new FeistelNetwork(context.hash('phone wide'));
  const wide = column.unique || context.wide.has('phone');
  const numeric = isInteger(column) || isDecimal(column);
  const limit = numeric ? numericDigits(column.columnType) : (column.maxLength ?? Number.MAX_SAFE_INTEGER);
  let scratch = Buffer.alloc(64);
  return value => {
    if (isBlank(value)) return value;
    const text = value.toString('utf8');
    const number = plan.parse(text);
    const national = number.national;
    const seed = `${number.callingCode ?? ''}|${national}`;
    if (seed.length > scratch.length) scratch = Buffer.alloc(seed.length * 2);
    hash.update(scratch, 0, scratch.write(seed, 'latin1'));
    if (national === '') return Buffer.from(shorten(`+${unassignedCallingCode} ${digitsOf(hash, 8)}`, limit));
    if (wide)
      return Buffer.from(wideForm(number.callingCode ?? '', permuted(network, national), limit, numeric));
    const drawn =
      number.callingCode === undefined ? undefined : plan.uncallable(number.callingCode, national, hash);
    if (drawn !== undefined) return Buffer.from(plan.pour(text, number, drawn));
    return Buffer.from(unassigned(text, digitsOf(hash, 18), limit, numeric));
  };
}

function permuted(network: FeistelNetwork, digits: string): string {
  const numbers = [...digits].map(Number);
  network.apply(
    numbers,
    numbers.map(() => 10),
  );
  return numbers.join('');
}

/** The injective form; in a column too short for its prefix each digit becomes a letter, which no one can dial. */
function wideForm(callingCode: string, national: string, limit: number, numeric: boolean): string {
  const full = `${numeric ? '' : '+'}${unassignedCallingCode}${callingCode}${national}`;
  if (full.length <= limit) return full;
  const digits = callingCode + national;
  return numeric
    ? digits.slice(-limit)
    : digits.replace(/\d/g, digit => 'abcdefghij'[Number(digit)] ?? '').slice(-limit);
}

/** `0171 5550123` → `+990 0171 …` in the writing of the original, or over its first digits where there is no room. */
function unassigned(text: string, digits: string, limit: number, numeric: boolean): string {
  let at = 0;
  const body = text.replace(/^\s*(\+|00)?/, '').replace(/\d/g, () => digits[at++ % digits.length] ?? '0');
  const prefix = numeric ? unassignedCallingCode : `+${unassignedCallingCode} `;
  if (prefix.length + body.length <= limit) return prefix + body;
  const plain = prefix.trim() + body.replace(/\D/g, '');
  return shorten(plain, limit);
}

const shorten = (text: string, limit: number): string => text.slice(0, limit);

/** `count` decimal digits from the hash's words, at most 18. */
function digitsOf(hash: KeyedHash, count: number): string {
  const [a = 0, b = 0] = hash.words;
  return `${(a % 1e9).toString().padStart(9, '0')}${(b % 1e9).toString().padStart(9, '0')}`.slice(0, count);
}

function numericDigits(columnType: string): number {
  if (columnType.startsWith('bigint')) return 18;
  if (columnType.startsWith('int')) return 9;
  const precision = /^\w+\((\d+)(?:,(\d+))?\)/.exec(columnType);
  return precision === null ? 9 : Number(precision[1]) - Number(precision[2] ?? 0);
}
