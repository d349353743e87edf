import { isBlank, sameBytes } from '../encode.ts';
import { Folder } from '../normalize.ts';
import { pick } from '../prf.ts';
import type { PlaceTransform, TransformContext } from '../transformer.ts';
import { byteList } from '../values/lists.ts';

/**
 * A transform that draws from a list by the keyed hash of the folded value: the core of the name, city and company
 * transformers. Blank stays blank. A draw that would give the original back takes the next entry.
 */
export function fromList(context: TransformContext, kind: string, list: readonly string[]): PlaceTransform {
  const { charset, maxLength } = context.column;
  const limit = maxLength ?? Number.MAX_SAFE_INTEGER;
  const latin = charset === null || charset.startsWith('utf8') || charset === 'latin1' || charset === 'ucs2';
  const { entries, folded } = byteList(list, !latin, limit);
  const hash = context.hash(kind);
  const folder = new Folder('words');
  return (bytes, start, end, _row, out) => {
    if (isBlank(bytes, start, end)) {
      out.set(bytes, start, end);
      return;
    }
    folder.fold(bytes, start, end);
    hash.update(folder.bytes, 0, folder.length);
    let index = pick(hash.words[0] as number, entries.length);
    const drawn = folded[index] as Buffer;
    if (drawn.length === folder.length && sameBytes(drawn, 0, folder.bytes, 0, folder.length))
      index = (index + 1) % entries.length;
    const entry = entries[index] as Buffer;
    out.set(entry, 0, entry.length);
  };
}
