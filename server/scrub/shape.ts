import { isBlank } from './encode.ts';
import { KeyStream } from './keyStream.ts';
import { permutation } from './permute.ts';
import type { Transform, TransformContext } from './transformer.ts';

const digitsOnly = '0123456789';
const lower = 'abcdefghijklmnopqrstuvwxyz';

/**
 * Replaces letters by letters and digits by digits, everything else kept: `AB-1042/x` → `QX-7316/k`. `canonical` makes the
 * bytes that are hashed (what counts as the same value), `fix` may correct the result (check digits, forbidden prefixes).
 * Unique columns are permuted instead, so that different values cannot meet.
 */
export function shapeOf(
  context: TransformContext,
  kind: string,
  canonical: (text: string) => string,
  fix: (shaped: string, stream: KeyStream, original: string) => string = shaped => shaped,
): Transform {
  if (context.column.unique || context.wide.has(context.column.use)) return permutation(context, kind);
  const stream = new KeyStream(context.hash(kind));
  return value => {
    if (isBlank(value)) return value;
    const text = value.toString('utf8');
    const seed = Buffer.from(canonical(text));
    stream.seed(seed, 0, seed.length);
    return Buffer.from(fix(reshape(text, stream), stream, text));
  };
}

export function reshape(text: string, stream: KeyStream): string {
  let shaped = '';
  let isFirst = true;
  for (const letter of text) {
    if (letter >= '0' && letter <= '9') {
      // A number that does not begin with 0 goes on not doing so: columns may be numeric.
      shaped += isFirst && letter !== '0' ? digitsOnly[1 + stream.below(9)] : digitsOnly[stream.below(10)];
      isFirst = false;
    } else if (letter >= 'a' && letter <= 'z') shaped += lower[stream.below(26)];
    else if (letter >= 'A' && letter <= 'Z') shaped += lower[stream.below(26)]?.toUpperCase();
    else if (letter > '\x7f' && /\p{L}/u.test(letter)) shaped += lower[stream.below(26)];
    else shaped += letter;
  }
  return shaped;
}

/** Letters and digits alone, upper case: how postal codes, tax numbers and ids are compared. */
export const compactUpper = (text: string): string => text.toUpperCase().replace(/[^\p{L}\p{N}]+/gu, '');
