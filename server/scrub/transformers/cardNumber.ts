import * as z from 'zod';
import { isBytes, isCharacter, isDecimal, isInteger } from '../columnType.ts';
import { isBlank } from '../encode.ts';
import { KeyStream } from '../keyStream.ts';
import { FeistelNetwork } from '../permute.ts';
import { luhnDigit } from '../reserved.ts';
import type { Transform, TransformContext, Transformer } from '../transformer.ts';

/**
 * Card number of the same scheme and length, in its own grouping: `4539 1488 0343 6467` → `4000 0071 9382 5509`: the issuer of the
 * providers' test cards, and a valid check digit. Masked numbers (`**** 6467`) get other digits. Where a column of them is unique, all
 * digits are permuted behind a 9, which no card scheme begins with, and a check digit is added.
 */
export const cardNumber: Transformer = {
  name: 'cardNumber',
  version: 1,
  summary: 'A card number of the scheme’s test range with a valid check digit.',
  example: { before: '4539 1488 0343 6467', after: '4000 0071 9382 5509' },
  options: z.strictObject({}),
  accepts: column => isCharacter(column) || isBytes(column) || isInteger(column) || isDecimal(column),
  sameness: 'exact',
  uniqueness: 'own',
  cached: false,
  create,
};

const issuers: readonly (readonly [RegExp, string])[] = [
  [/^3[47]/, '378282'],
  [/^3[0689]/, '305693'],
  [/^35/, '353011'],
  [/^[25]/, '555555'],
  [/^6/, '601111'],
  [/^/, '400000'],
];

function create(context: TransformContext): Transform {
  const { column } = context;
  const stream = new KeyStream(context.hash('cardNumber'));
  const network = new FeistelNetwork(context.hash('cardNumber wide'));
  const limit = column.maxLength ?? Number.MAX_SAFE_INTEGER;
  const wide = column.unique || context.wide.has('cardNumber');
  return value => {
    if (isBlank(value)) return value;
    const text = value.toString('latin1');
    const digits = text.replace(/\D/g, '');
    const seed = Buffer.from(digits);
    stream.seed(seed, 0, seed.length);
    if (wide) return Buffer.from(wideForm(digits, network, limit));
    const replaced = digits.length >= 12 ? testCard(digits, stream) : stream.digits(digits.length);
    let at = 0;
    return Buffer.from(
      text.replace(/\d/g, () => replaced[at++] ?? '0'),
      'latin1',
    );
  };
}

function testCard(digits: string, stream: KeyStream): string {
  const issuer = issuers.find(([pattern]) => pattern.test(digits))?.[1] ?? '400000';
  const body = issuer + stream.digits(digits.length - issuer.length - 1);
  return body + luhnDigit(body);
}

/** Two digits longer, where there is room for them; digits alone otherwise. */
function wideForm(digits: string, network: FeistelNetwork, limit: number): string {
  const numbers = [...digits].map(Number);
  network.apply(
    numbers,
    numbers.map(() => 10),
  );
  const body = `9${numbers.join('')}`;
  return digits.length + 2 <= limit ? body + luhnDigit(body) : numbers.join('');
}
