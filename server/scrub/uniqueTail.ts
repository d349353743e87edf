import { isInteger } from './columnType.ts';
import { isBlank, writeTail } from './encode.ts';
import { Folder } from './normalize.ts';
import { permutation } from './permute.ts';
import type { Transform, TransformContext, Transformer } from './transformer.ts';
import { needsVariant } from './unique.ts';

/** Letters of a tail: 100 keyed bits. Two of 5 million values meet with a chance of 10⁻¹⁷. */
const tailLetters = 20;

/**
 * Makes a replacement from a short list fit for unique columns: `Oskar` → `Oskar k3f9x2a7qmztb4vh8wd6`. Where the column
 * is too short for the tail its values are permuted within their shape instead, which cannot collide (see `permute.ts`). A column that
 * is not unique itself, but of a kind that is unique elsewhere, gets the same replacement, cut where it must be.
 */
export function withTail(
  transform: Transform,
  transformer: Transformer,
  context: TransformContext,
): Transform {
  const { column } = context;
  const limit = column.maxLength ?? Number.MAX_SAFE_INTEGER;
  if (isInteger(column) || (column.unique && limit < tailLetters + 1))
    return permutation(context, transformer.name);
  const folder = new Folder(transformer.sameness);
  const hash = context.hash(`tail ${transformer.name}`);
  const tail = Buffer.alloc(tailLetters + 1, ' ');
  return (value, row) => {
    if (isBlank(value)) return value;
    const base = transform(value, row);
    if (base === null) return null;
    folder.fold(value);
    if (column.unique && needsVariant(column, value, folder.bytes, folder.length))
      hash.update(value, 0, value.length);
    else hash.update(folder.bytes, 0, folder.length);
    writeTail(tail, 1, hash.words, tailLetters);
    const room = limit - tail.length;
    if (base.length <= room) return Buffer.concat([base, tail]);
    // Too long with its head: the tail alone is what must stay whole.
    const whole = tail.subarray(1);
    return Buffer.from(whole.subarray(0, Math.min(whole.length, limit)));
  };
}
