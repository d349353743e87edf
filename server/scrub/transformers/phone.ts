import * as z from 'zod';
import { isBytes, isCharacter, isDecimal, isInteger } from '../columnType.ts';
import { cutText, isBlank } from '../encode.ts';
import { FeistelNetwork } from '../permute.ts';
import { afterSpace, isDigit, PhoneNumber } from '../phoneNumber.ts';
import { NumberPlan } from '../phonePlan.ts';
import type { KeyedHash } from '../prf.ts';
import type { PlaceTransform, TransformContext, Transformer } from '../transformer.ts';
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
  createInPlace,
};

function createInPlace(context: TransformContext): PlaceTransform {
  const { column } = context;
  const number = new PhoneNumber(options.parse(context.options).country);
  const plan = new NumberPlan();
  const hash = context.hash('phone');
  const network = new FeistelNetwork(context.hash('phone wide'));
  const wide = column.unique || context.wide.has('phone');
  const numeric = isInteger(column) || isDecimal(column);
  const limit = numeric ? numericDigits(column.columnType) : (column.maxLength ?? Number.MAX_SAFE_INTEGER);
  let poured = Buffer.alloc(64);
  /** What no range of numbers is kept for. */
  const rare = (value: Buffer): Buffer => {
    const { callingCode, length } = number;
    if (length === 0) return cutText(Buffer.concat([prefixOf(numeric), digitsOf(hash, 8)]), limit);
    if (wide)
      return Buffer.from(wideForm(callingCode ?? '', permuted(network, number.national), limit, numeric));
    return unassigned(value, digitsOf(hash, 18), limit, numeric);
  };
  return (bytes, start, end, _row, out) => {
    if (isBlank(bytes, start, end)) {
      out.set(bytes, start, end);
      return;
    }
    number.read(bytes, start, end);
    number.hashInto(hash);
    if (!wide && number.length > 0 && plan.drawUncallable(number, hash.words)) {
      if (poured.length < end - start) poured = Buffer.alloc((end - start) * 2);
      number.pour(bytes, start, end, plan.drawn, poured);
      out.set(poured, 0, end - start);
    } else out.put(rare(bytes.subarray(start, end)));
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

const prefixes = {
  text: Buffer.from(`+${unassignedCallingCode} `),
  number: Buffer.from(unassignedCallingCode),
};
const prefixOf = (numeric: boolean): Buffer => (numeric ? prefixes.number : prefixes.text);

/** `0171 5550123` → `+990 0171 …` in the writing of the original, or digits alone where there is no room. */
function unassigned(value: Buffer, digits: Buffer, limit: number, numeric: boolean): Buffer {
  let start = afterSpace(value);
  if (value[start] === 0x2b) start++;
  else if (value[start] === 0x30 && value[start + 1] === 0x30) start += 2;
  const prefix = prefixOf(numeric);
  const whole = Buffer.allocUnsafe(prefix.length + value.length - start);
  whole.set(prefix);
  let at = 0;
  let characters = prefix.length;
  for (let i = start, end = prefix.length; i < value.length; i++, end++) {
    const byte = value[i] as number;
    whole[end] = isDigit(byte) ? (digits[at++ % digits.length] as number) : byte;
    if ((byte & 0xc0) !== 0x80) characters++;
  }
  if (characters <= limit) return whole;
  // The sign of the prefix is kept.
  const plain = whole.filter((byte, index) => isDigit(byte) || (index === 0 && !numeric));
  return Buffer.from(plain.subarray(0, limit));
}

/** `count` decimal digits from the hash's words, at most 18. */
function digitsOf(hash: KeyedHash, count: number): Buffer {
  const digits = Buffer.allocUnsafe(count);
  for (let i = 0; i < count; i++)
    digits[i] = 0x30 + (Math.floor(((hash.words[i < 9 ? 0 : 1] as number) % 1e9) / 10 ** (8 - (i % 9))) % 10);
  return digits;
}

function numericDigits(columnType: string): number {
  if (columnType.startsWith('bigint')) return 18;
  if (columnType.startsWith('int')) return 9;
  const precision = /^\w+\((\d+)(?:,(\d+))?\)/.exec(columnType);
  return precision === null ? 9 : Number(precision[1]) - Number(precision[2] ?? 0);
}
