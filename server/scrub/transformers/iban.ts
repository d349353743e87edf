import * as z from 'zod';
import { isBytes, isCharacter } from '../columnType.ts';
import { isBlank } from '../encode.ts';
import { ibanCheckDigits, ibanLength } from '../iban.ts';
import { KeyStream } from '../keyStream.ts';
import type { Transform, TransformContext, Transformer } from '../transformer.ts';

/**
 * Account number with valid check digits, in its own grouping: `DE89 3704 0044 0532 0130 00` → `DE31 0000 0000 8273 6450 19`. The bank's code is
 * replaced by zeros, or `TEST` where it is written in letters: no bank has it. The national check digits that some countries
 * put inside are not computed. Where a column of them is unique, all become Maltese ones of a bank `TEST`, the only format with 93 free bits.
 * What is no IBAN (an old account number) keeps its length and gets other digits.
 */
export const iban: Transformer = {
  name: 'iban',
  version: 1,
  summary: 'An account number with valid check digits of a bank that does not exist.',
  example: { before: 'DE89 3704 0044 0532 0130 00', after: 'DE31 0000 0000 8273 6450 19' },
  options: z.strictObject({}),
  accepts: column => isCharacter(column) || isBytes(column),
  sameness: 'exact',
  uniqueness: 'own',
  cached: false,
  create,
};

const alphanumeric = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';

function create(context: TransformContext): Transform {
  const stream = new KeyStream(context.hash('iban'));
  const limit = context.column.maxLength ?? Number.MAX_SAFE_INTEGER;
  const wide = (context.column.unique || context.wide.has('iban')) && limit >= 31;
  return value => {
    if (isBlank(value)) return value;
    const text = value.toString('latin1');
    const compact = text.replace(/[^0-9a-z]/gi, '').toUpperCase();
    const seed = Buffer.from(compact);
    stream.seed(seed, 0, seed.length);
    if (wide) return Buffer.from(maltese(stream));
    const country = compact.slice(0, 2);
    const isIban = ibanLength(country) === compact.length;
    const replaced = isIban ? testIban(country, compact.slice(4), stream) : otherDigits(compact, stream);
    let at = 0;
    return Buffer.from(
      text.replace(/[0-9a-z]/gi, () => replaced[at++] ?? '0'),
      'latin1',
    );
  };
}

function maltese(stream: KeyStream): string {
  let account = 'TEST00000';
  for (let i = 0; i < 18; i++) account += alphanumeric[stream.below(36)];
  return `MT${ibanCheckDigits('MT', account)}${account}`;
}

/** First four places: the bank. The rest keeps its kinds of letters. */
function testIban(country: string, account: string, stream: KeyStream): string {
  const bankDigits = /^\d+/.exec(account)?.[0].length ?? 0;
  const zeros = Math.min(bankDigits, Math.max(4, account.length - 10), 8);
  let replaced =
    bankDigits === 0 ? 'TEST'.slice(0, /^[A-Z]{1,4}/.exec(account)?.[0].length ?? 0) : '0'.repeat(zeros);
  for (const letter of account.slice(replaced.length))
    replaced += /\d/.test(letter) ? String(stream.below(10)) : alphanumeric[10 + stream.below(26)];
  return country + ibanCheckDigits(country, replaced) + replaced;
}

function otherDigits(compact: string, stream: KeyStream): string {
  return compact.replace(/[0-9]/g, () => String(stream.below(10)));
}
