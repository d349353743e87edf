import * as z from 'zod';
import { isBytes, isCharacter } from '../columnType.ts';
import { LeafScrubber } from '../containers/leaf.ts';
import { pathRules } from '../containers/pathRules.ts';
import { cutBytes } from '../encode.ts';
import type { Row, Transform, TransformContext, Transformer } from '../transformer.ts';

const options = z.strictObject({
  /** Rules by field: `{ "customer[email]": "email" }`. */
  paths: pathRules.default({}),
});

/**
 * URL-encoded form or query: `name=Anna&mail=anna%40firma.de` → `name=Oskar&mail=dieter.lacroix.zq8xwrgpih6f%40example.com`. Fields are
 * replaced by name and pattern as in `json`. In a whole address (`/search?q=…`) the part before the `?` is scrubbed as text.
 */
export const formEncoded: Transformer = {
  name: 'formEncoded',
  version: 4,
  summary: 'A URL-encoded form or query with the personal fields replaced.',
  example: {
    before: 'size=L&mail=anna%40firma.de',
    after: 'size=L&mail=dieter.lacroix.zq8xwrgpih6f%40example.com',
  },
  options,
  accepts: column => isCharacter(column) || isBytes(column),
  sameness: 'exact',
  uniqueness: 'never',
  cached: false,
  readsRow: true,
  create,
};

function create(context: TransformContext): Transform {
  const leaves = new LeafScrubber(context, options.parse(context.options).paths);
  const limit = context.column.maxLength ?? Number.MAX_SAFE_INTEGER;
  const scrub = (path: string[], text: string, row: Row, isOfPerson = false) =>
    leaves.text(path, Buffer.from(text), row, isOfPerson)?.toString('utf8') ?? '';
  return (value, row) => {
    const source = value.toString('utf8');
    const question = source.indexOf('?');
    const hasFields = source.includes('=');
    const head = question >= 0 ? source.slice(0, question + 1) : hasFields ? '' : source;
    const fields = question >= 0 ? source.slice(question + 1) : hasFields ? source : '';
    const list = fields.split('&');
    const isOfPerson = list.some(
      field => /=./.test(field) && leaves.isOfPeople(decode(field.replace(/=.*/s, ''))),
    );
    const replaced = list.map(field =>
      replaceField(field, (name, text) => scrub([name], text, row, isOfPerson)),
    );
    return cutBytes(Buffer.from((head === '' ? '' : scrub([], head, row)) + replaced.join('&')), limit);
  };
}

function replaceField(field: string, scrub: (name: string, text: string) => string): string {
  const equals = field.indexOf('=');
  const name = equals < 0 ? '' : field.slice(0, equals + 1);
  const raw = field.slice(equals + 1);
  const text = decode(raw);
  const replaced = scrub(decode(name.slice(0, -1)), text);
  if (replaced === text) return field;
  const encoded = encodeURIComponent(replaced);
  return name + (raw.includes('+') ? encoded.replaceAll('%20', '+') : encoded);
}

function decode(text: string): string {
  const spaced = text.replaceAll('+', ' ');
  try {
    return decodeURIComponent(spaced);
  } catch {
    // A stray percent sign: the text is then what it says.
    return spaced;
  }
}
