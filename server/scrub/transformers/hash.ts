import * as z from 'zod';
import { isBytes, isCharacter, isInteger } from '../columnType.ts';
import { copyOut } from '../encode.ts';
import { Folder } from '../normalize.ts';
import { permutation } from '../permute.ts';
import type { Transform, TransformContext, Transformer } from '../transformer.ts';

const options = z.strictObject({
  /** Letters of the result; 32 at most. Default: 32, or what the column holds. */
  length: z.number().int().min(1).max(32).optional(),
});

/**
 * Keyed hash in hexadecimal: `K-48213` → `9f2c1b7a60d34e5590aa1c3df0e87b42`. For identifiers that need to stay
 * comparable and nothing else. In a unique column shorter than 24 letters, and in numbers, the value is permuted within
 * its own shape instead (see `permute.ts`), which cannot collide.
 */
export const hash: Transformer = {
  name: 'hash',
  version: 1,
  summary: 'A keyed hash: equal values stay equal, nothing else is left of them.',
  example: { before: 'K-48213', after: '9f2c1b7a60d34e5590aa1c3df0e87b42' },
  options,
  accepts: column => isCharacter(column) || isBytes(column) || isInteger(column),
  sameness: 'exact',
  uniqueness: 'own',
  cached: false,
  create,
};

const digits = Buffer.from('0123456789abcdef', 'latin1');

function create(context: TransformContext): Transform {
  const { column } = context;
  const length = Math.min(options.parse(context.options).length ?? 32, column.maxLength ?? 32);
  if (isInteger(column) || (column.unique && length < 24)) return permutation(context, 'hash');
  const keyed = context.hash('hash');
  const folder = new Folder('exact');
  const out = Buffer.alloc(32);
  return value => {
    if (value.length === 0) return value;
    folder.fold(value);
    keyed.update(folder.bytes, 0, folder.length);
    for (let i = 0; i < length; i++)
      out[i] = digits[((keyed.words[i >>> 3] as number) >>> (4 * (i & 7))) & 15] as number;
    return copyOut(out, length);
  };
}
