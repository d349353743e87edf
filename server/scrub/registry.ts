import type { TransformerName } from './plan.ts';
import type { Transformer } from './transformer.ts';
import { birthDate } from './transformers/birthDate.ts';
import { blob } from './transformers/blob.ts';
import { cardNumber } from './transformers/cardNumber.ts';
import { city } from './transformers/city.ts';
import { company } from './transformers/company.ts';
import { constant } from './transformers/constant.ts';
import { date } from './transformers/date.ts';
import { email } from './transformers/email.ts';
import { familyName } from './transformers/familyName.ts';
import { formEncoded } from './transformers/formEncoded.ts';
import { fullName } from './transformers/fullName.ts';
import { geoPoint } from './transformers/geoPoint.ts';
import { givenName } from './transformers/givenName.ts';
import { hash } from './transformers/hash.ts';
import { iban } from './transformers/iban.ts';
import { ip } from './transformers/ip.ts';
import { json } from './transformers/json.ts';
import { keep } from './transformers/keep.ts';
import { mac } from './transformers/mac.ts';
import { nationalId } from './transformers/nationalId.ts';
import { nullValue } from './transformers/null.ts';
import { passwordHash } from './transformers/passwordHash.ts';
import { phone } from './transformers/phone.ts';
import { phpSerialized } from './transformers/phpSerialized.ts';
import { postcode } from './transformers/postcode.ts';
import { street } from './transformers/street.ts';
import { taxNumber } from './transformers/taxNumber.ts';
import { template } from './transformers/template.ts';
import { text } from './transformers/text.ts';
import { token } from './transformers/token.ts';
import { url } from './transformers/url.ts';
import { userName } from './transformers/userName.ts';
import { xml } from './transformers/xml.ts';

const all: readonly Transformer[] = [
  birthDate,
  blob,
  cardNumber,
  city,
  company,
  constant,
  date,
  email,
  familyName,
  formEncoded,
  fullName,
  geoPoint,
  givenName,
  hash,
  iban,
  ip,
  json,
  keep,
  mac,
  nationalId,
  nullValue,
  passwordHash,
  phone,
  phpSerialized,
  postcode,
  street,
  taxNumber,
  template,
  text,
  token,
  url,
  userName,
  xml,
];

const byName = new Map(all.map(transformer => [transformer.name, transformer]));

/** The transformer of that name, as `greenroom.jsonc` spells it. */
export function transformerNamed(name: TransformerName): Transformer {
  const transformer = byName.get(name);
  if (transformer === undefined) throw new RangeError(`no transformer is named ${name}`);
  return transformer;
}
