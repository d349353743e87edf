import * as z from 'zod';
import { isBytes, isCharacter } from '../columnType.ts';
import { KeyStream } from '../keyStream.ts';
import { permutation } from '../permute.ts';
import type { Transform, TransformContext, Transformer } from '../transformer.ts';

/**
 * Secret of the same shape: `sk_live_4eC39HqLyjWDarjt` → `sk_test_9bT07KmXquRPelvw`, hexadecimal stays hexadecimal, a UUID stays one of its
 * version. Values with fewer than twenty letters and digits in unique columns are permuted (`permute.ts`); longer ones have at least
 * 80 keyed bits.
 */
export const token: Transformer = {
  name: 'token',
  version: 1,
  summary: 'A random secret of the same shape.',
  example: { before: 'sk_live_4eC39HqLyjWDarjt', after: 'sk_test_9bT07KmXquRPelvw' },
  options: z.strictObject({}),
  accepts: column => isCharacter(column) || isBytes(column),
  sameness: 'exact',
  uniqueness: 'own',
  cached: false,
  create,
};

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-([0-9a-f])[0-9a-f]{3}-([0-9a-f])[0-9a-f]{3}-[0-9a-f]{12}$/i;

function create(context: TransformContext): Transform {
  const stream = new KeyStream(context.hash('token'));
  const permute = permutation(context, 'token');
  return (value, row) => {
    if (value.length === 0) return value;
    stream.seed(value, 0, value.length);
    if (isBytes(context.column) && !isText(value)) {
      if (context.column.unique && value.length < 12) return permute(value, row);
      const bytes = Buffer.from(value);
      for (let i = 0; i < bytes.length; i++) bytes[i] = stream.below(256);
      return bytes;
    }
    const text = value.toString('utf8');
    const replaceable = text.replace(/[^0-9a-z]/gi, '').length;
    if (context.column.unique && replaceable < 20) return permute(value, row);
    return Buffer.from(sameShape(text, stream));
  };
}

export function isText(value: Buffer): boolean {
  for (let i = 0; i < value.length; i++) {
    const byte = value[i] as number;
    if (byte < 0x20 || byte >= 0x7f) return false;
  }
  return true;
}

const hexLower = '0123456789abcdef';

/** Keyed letters and digits in the places of the original's. */
export function sameShape(text: string, stream: KeyStream): string {
  const identity = uuid.exec(text);
  if (identity !== null) {
    const hex = fillHex(text, stream);
    return `${hex.slice(0, 14)}${identity[1]}${hex.slice(15, 19)}${identity[2]}${hex.slice(20)}`;
  }
  // `sk_live_`, `ghp_`: says whose key it is, and must not go on saying it is live.
  const lead = /^(?:[a-z]{2,8}_){1,2}/i.exec(text)?.[0] ?? '';
  const rest = text.slice(lead.length);
  const body =
    /^[0-9a-f]+$|^[0-9A-F]+$/.test(rest) && rest.length >= 8
      ? fillHex(rest, stream)
      : fillLetters(rest, stream);
  return lead.replace(/live/i, 'test') + body;
}

function fillHex(text: string, stream: KeyStream): string {
  const upper = /[A-F]/.test(text);
  return text.replace(/[0-9a-f]/gi, () => {
    const digit = hexLower[stream.below(16)] as string;
    return upper ? digit.toUpperCase() : digit;
  });
}

function fillLetters(text: string, stream: KeyStream): string {
  return text.replace(/[0-9a-z]|[^\x00-\x7f]/giu, letter => {
    if (letter > '\x7f')
      return /[\p{L}\p{N}]/u.test(letter) ? String.fromCharCode(97 + stream.below(26)) : letter;
    if (letter <= '9') return String(stream.below(10));
    const drawn = String.fromCharCode(97 + stream.below(26));
    return letter <= 'Z' ? drawn.toUpperCase() : drawn;
  });
}
