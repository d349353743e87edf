import * as z from 'zod';
import { isBytes, isCharacter } from '../columnType.ts';
import { isBlank, writeTail } from '../encode.ts';
import { Folder } from '../normalize.ts';
import type { Transform, TransformContext, Transformer } from '../transformer.ts';

/**
 * Address on the web: `https://anna-schmidt.de/me.jpg?id=7` → `https://www.example.com/k3f9x2a7qmztb4vh8wd6.jpg`. The scheme and the
 * ending of a file are kept, host, path and query are not: any of them may name a person. A short column gets as much as fits.
 */
export const url: Transformer = {
  name: 'url',
  version: 1,
  summary: 'A web address below example.com; scheme and file ending are kept.',
  example: {
    before: 'https://anna-schmidt.de/me.jpg',
    after: 'https://www.example.com/k3f9x2a7qmztb4vh8wd6.jpg',
  },
  options: z.strictObject({}),
  accepts: column => isCharacter(column) || isBytes(column),
  sameness: 'address',
  uniqueness: 'own',
  cached: true,
  create,
};

const letters = 20;

function create(context: TransformContext): Transform {
  const limit = context.column.maxLength ?? Number.MAX_SAFE_INTEGER;
  const hash = context.hash('url');
  const folder = new Folder(context.column.unique ? 'exact' : 'address');
  const tail = Buffer.alloc(letters);
  return value => {
    if (isBlank(value)) return value;
    folder.fold(value);
    hash.update(folder.bytes, 0, folder.length);
    writeTail(tail, 0, hash.words, letters);
    const text = value.toString('utf8').trim();
    const scheme = /^[a-z][a-z0-9+.-]{1,11}:\/\//i.exec(text)?.[0] ?? (text.startsWith('//') ? '//' : '');
    const ending =
      /\.[a-z0-9]{2,4}(?=$|[?#])/i.exec(text.slice(scheme.length).replace(/^[^/?#]*/, ''))?.[0] ?? '';
    const name = tail.toString('latin1');
    // Host alone: a site's own address stays recognisable as one.
    const forms = [`${scheme}www.example.com/${name}${ending}`, `${scheme}x.test/${name}`, name];
    return Buffer.from((forms.find(form => form.length <= limit) ?? name).slice(0, limit), 'latin1');
  };
}
