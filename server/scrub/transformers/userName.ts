import * as z from 'zod';
import { isBytes, isCharacter } from '../columnType.ts';
import { copyOut, cutText, isBlank, writeBytes, writeTail } from '../encode.ts';
import { Folder } from '../normalize.ts';
import { permutation } from '../permute.ts';
import { pick } from '../prf.ts';
import type { Transform, TransformContext, Transformer } from '../transformer.ts';
import { needsVariant } from '../unique.ts';
import { asciiGivenNames } from '../values/lists.ts';

const options = z.strictObject({
  /** Logins that stay: `["admin"]`, for signing in to the environment. */
  keep: z.array(z.string()).default([]),
});

/**
 * Login name: `aschmidt77` → `oskar.k3f9x2a7qmztb`. The thirteen letters are 65 keyed bits and the name eight more; columns
 * shorter than 24 get letters alone, unique ones shorter than 16 are permuted (`permute.ts`). A login that is an e-mail address
 * gets that address's replacement.
 */
export const userName: Transformer = {
  name: 'userName',
  version: 1,
  summary: 'A login name that stays unique; e-mail addresses as logins are replaced as e-mail.',
  example: { before: 'aschmidt77', after: 'oskar.k3f9x2a7qmztb' },
  options,
  accepts: column => isCharacter(column) || isBytes(column),
  sameness: 'address',
  uniqueness: 'own',
  cached: false,
  create,
};

const letters = 13;

function create(context: TransformContext): Transform {
  const { column } = context;
  const limit = column.maxLength ?? Number.MAX_SAFE_INTEGER;
  const kept = new Set(options.parse(context.options).keep.map(login => login.toLowerCase()));
  if (column.unique && limit < 16) return permutation(context, 'userName');
  const email = context.nested('email');
  const hash = context.hash('userName');
  const folder = new Folder('address');
  const given = asciiGivenNames();
  const out = Buffer.alloc(64);
  return (value, row) => {
    if (isBlank(value)) return value;
    folder.fold(value);
    const { bytes, length } = folder;
    const isVariant = column.unique && folder.changed && needsVariant(column, value, bytes, length);
    if (value.indexOf(0x40) > 0 && !isVariant) {
      const replaced = email(value, row);
      if (replaced !== null && replaced.length <= limit) return replaced;
    }
    if (kept.size > 0 && kept.has(bytes.toString('utf8', 0, length))) return value;
    if (isVariant) hash.update(value, 0, value.length);
    else hash.update(bytes, 0, length);
    const name = given[pick(hash.words[3] as number, given.length)] as Buffer;
    let end = 0;
    if (name.length + 1 + letters <= limit) {
      end = writeBytes(out, 0, name);
      out[end++] = 0x2e;
      end = writeTail(out, end, hash.words, letters);
    } else end = writeTail(out, 0, hash.words, Math.min(18, limit));
    return cutText(copyOut(out, end), limit);
  };
}
