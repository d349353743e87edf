import type { TransformerName } from './plan.ts';
import type { Transformer } from './transformer.ts';
import { constant } from './transformers/constant.ts';
import { email } from './transformers/email.ts';
import { familyName } from './transformers/familyName.ts';
import { fullName } from './transformers/fullName.ts';
import { givenName } from './transformers/givenName.ts';
import { hash } from './transformers/hash.ts';
import { keep } from './transformers/keep.ts';
import { nullValue } from './transformers/null.ts';
import { phone } from './transformers/phone.ts';

const all: readonly Transformer[] = [
  constant,
  email,
  familyName,
  fullName,
  givenName,
  hash,
  keep,
  nullValue,
  phone,
];

const byName = new Map(all.map(transformer => [transformer.name, transformer]));

/** The transformer of that name, as `greenroom.jsonc` spells it. */
export function transformerNamed(name: TransformerName): Transformer {
  const transformer = byName.get(name);
  if (transformer === undefined) throw new RangeError(`no transformer is named ${name}`);
  return transformer;
}
