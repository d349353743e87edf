import * as z from 'zod';
import { isBytes, isCharacter } from '../columnType.ts';
import { isBlank, writeBytes, writeTail } from '../encode.ts';
import { asTransform } from '../inPlace.ts';
import { Folder } from '../normalize.ts';
import type { Place } from '../place.ts';
import { pick } from '../prf.ts';
import type { PlaceTransform, Row, Transform, TransformContext, Transformer } from '../transformer.ts';
import { needsVariant } from '../unique.ts';
import { asciiFamilyNames, asciiGivenNames } from '../values/lists.ts';

const options = z.strictObject({
  /** `replace`: everything below example.com. `class`: free-mail hosts below example.com, each other domain keeps to a host of its own below example.org. */
  domain: z.enum(['replace', 'class']).default('replace'),
});

const freeMail = new Set(
  `gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com ymail.com icloud.com me.com mac.com aol.com gmx.de
gmx.net gmx.at gmx.ch web.de t-online.de freenet.de mail.ru yandex.ru proton.me protonmail.com orange.fr wanadoo.fr free.fr laposte.net
libero.it virgilio.it hotmail.fr hotmail.de hotmail.it hotmail.es yahoo.fr yahoo.de yahoo.it yahoo.es yahoo.co.uk btinternet.com qq.com
163.com ziggo.nl kpnmail.nl sapo.pt uol.com.br bol.com.br`.split(/\s+/),
);

/**
 * E-mail address: `Anna.Schmidt@Firma.de` → `oskar.keller.k3f9x2a7qmzt@example.com`.
 *
 * The twelve letters before the `@` are 60 keyed bits, the names add 17: two of n addresses meet with a chance below
 * n²/2⁷⁸ (5 million: 4·10⁻¹¹), and the unique key that is built after the load would then stop the build, not pass it.
 * Columns too short for the whole get the letters alone, as many as fit. A list of addresses is replaced one by one; a
 * display name (`Anna <a@b.de>`) is replaced as a name; what is no address still becomes one. Empty stays empty.
 */
export const email: Transformer = {
  name: 'email',
  version: 1,
  summary:
    'An e-mail address below a reserved domain; the same address gives the same replacement everywhere.',
  example: { before: 'Anna.Schmidt@firma.de', after: 'oskar.keller.k3f9x2a7qmzt@example.com' },
  options,
  accepts: column => isCharacter(column) || isBytes(column),
  sameness: 'address',
  uniqueness: 'own',
  cached: false,
  createInPlace,
};

function createInPlace(context: TransformContext): PlaceTransform {
  const { domain } = options.parse(context.options);
  const one = singleAddress(context, domain === 'class');
  const limit = context.column.maxLength ?? Number.MAX_SAFE_INTEGER;
  const fullName = () => context.nested('fullName');
  let nameOf: Transform | undefined;
  const addressOf = asTransform((bytes, start, end, _row, out) => one(bytes, start, end, out));
  const replaceAll = (value: Buffer, row: Row): Buffer | undefined => {
    if (value.indexOf(0x40) === -1) return undefined;
    nameOf ??= fullName();
    return replaceList(
      value,
      part => addressOf(part, row) as Buffer,
      name => nameOf?.(name, row) ?? name,
    );
  };
  return (bytes, start, end, row, out) => {
    // `,` `;` `<`: a list, or an address with a display name.
    let i = start;
    while (i < end && listBytes[bytes[i] as number] === 0) i++;
    const list = i < end ? replaceAll(bytes.subarray(start, end), row) : undefined;
    if (list !== undefined && list.length <= limit) out.set(list, 0, list.length);
    else if (isBlank(bytes, start, end)) out.set(bytes, start, end);
    else one(bytes, start, end, out);
  };
}

const listBytes = new Uint8Array(256);
for (const letter of ',;<') listBytes[letter.charCodeAt(0)] = 1;

function singleAddress(
  context: TransformContext,
  keepClass: boolean,
): (value: Buffer, from: number, to: number, result: Place) => void {
  const { column } = context;
  const limit = column.maxLength ?? Number.MAX_SAFE_INTEGER;
  const hash = context.hash('email');
  const domainHash = context.hash('email domain');
  const folder = new Folder('address');
  const given = asciiGivenNames();
  const family = asciiFamilyNames();
  const host = Buffer.from('@example.com');
  const shortHost = Buffer.from('@x.test');
  const out = Buffer.alloc(128);
  return (value, from, to, result) => {
    folder.fold(value, from, to);
    const { bytes, length } = folder;
    let end = 0;
    let hostName: Buffer = host;
    if (keepClass) hostName = classHost(bytes.toString('utf8', bytes.lastIndexOf(0x40, length) + 1, length));
    if (column.unique && folder.changed && needsVariant(column, value.subarray(from, to), bytes, length))
      hash.update(value, from, to);
    else hash.update(bytes, 0, length);
    const { words } = hash;
    const first = given[pick(words[2] as number, given.length)] as Buffer;
    const last = family[pick(words[3] as number, family.length)] as Buffer;
    if (first.length + last.length + 14 + hostName.length <= limit) {
      end = writeBytes(out, end, first);
      out[end++] = 0x2e;
      end = writeBytes(out, end, last);
      out[end++] = 0x2e;
      end = writeTail(out, end, words, 12);
      end = writeBytes(out, end, hostName);
    } else {
      const tailHost = limit >= 24 ? host : shortHost;
      end = writeTail(out, 0, words, Math.max(0, Math.min(20, limit - tailHost.length)));
      end = writeBytes(out, end, tailHost);
    }
    result.set(out, 0, Math.min(end, limit));
  };

  function classHost(domain: string): Buffer {
    if (freeMail.has(domain)) return host;
    const bytes = Buffer.from(domain);
    domainHash.update(bytes, 0, bytes.length);
    const tail = Buffer.alloc(8);
    writeTail(tail, 0, domainHash.words, 8);
    return Buffer.from(`@${tail.toString('latin1')}.example.org`);
  }
}

function replaceList(
  value: Buffer,
  address: (part: Buffer) => Buffer,
  name: (part: Buffer) => Buffer | null,
): Buffer {
  const replaced = value
    .toString('utf8')
    .split(/([,;])/)
    .map((part, index) => {
      if (index % 2 === 1) return part;
      const named = /^(\s*)("?)([^<"]*?)\2(\s*)<([^>]*)>?(.*)$/s.exec(part);
      const text = (bytes: Buffer | null) => bytes?.toString('utf8') ?? '';
      if (named !== null) {
        const [, before = '', quote = '', display = '', space = '', inner = ''] = named;
        const shown = display.trim() === '' ? '' : text(name(Buffer.from(display)));
        return `${before}${quote}${shown}${quote}${space}<${text(address(Buffer.from(inner)))}>`;
      }
      const trimmed = part.trim();
      if (trimmed === '') return part;
      const lead = part.slice(0, part.indexOf(trimmed));
      return `${lead}${text(address(Buffer.from(trimmed)))}`;
    });
  return Buffer.from(replaced.join(''));
}
