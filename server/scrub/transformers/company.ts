import * as z from 'zod';
import { isBytes, isCharacter } from '../columnType.ts';
import { cutText, isBlank } from '../encode.ts';
import { Folder, toAscii } from '../normalize.ts';
import { pick } from '../prf.ts';
import type { Transform, TransformContext, Transformer } from '../transformer.ts';
import { familyNames } from '../values/names.ts';
import { companyWords } from '../values/places.ts';

/** Company with its legal form kept: `Müller Bau GmbH` → `Lacroix Systems GmbH`. */
export const company: Transformer = {
  name: 'company',
  version: 1,
  summary: 'A company name from two lists, the legal form kept.',
  example: { before: 'Müller Bau GmbH', after: 'Lacroix Systems GmbH' },
  options: z.strictObject({}),
  accepts: column => isCharacter(column) || isBytes(column),
  sameness: 'words',
  uniqueness: 'tail',
  cached: true,
  create,
};

const legalForm =
  /[\s,]+((?:GmbH(?: & Co\.? KG)?|AG|SE|KG|OHG|GbR|UG|e\.?\s?V\.?|Ltd\.?|Limited|LLC|LLP|Inc\.?|Corp\.?|PLC|S\.?A\.?R?\.?L?\.?|SAS|S\.?p\.?A\.?|S\.?r\.?l\.?|B\.?V\.?|N\.?V\.?|S\.?L\.?|Lda\.?|AB|A\/S|Oy|Pty Ltd))\s*$/i;

function create(context: TransformContext): Transform {
  const { charset, maxLength } = context.column;
  const limit = maxLength ?? Number.MAX_SAFE_INTEGER;
  const ascii = charset !== null && !charset.startsWith('utf8') && charset !== 'latin1';
  const hash = context.hash('company');
  const folder = new Folder('words');
  return value => {
    if (isBlank(value)) return value;
    folder.fold(value);
    hash.update(folder.bytes, 0, folder.length);
    const name = familyNames[pick(hash.words[0] as number, familyNames.length)] as string;
    const word = companyWords[pick(hash.words[1] as number, companyWords.length)] as string;
    const form = legalForm.exec(value.toString('utf8'))?.[1];
    const whole = `${name} ${word}${form === undefined ? '' : ` ${form}`}`;
    return cutText(Buffer.from(ascii ? toAscii(whole) : whole), limit);
  };
}
