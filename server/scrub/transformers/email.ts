import * as z from 'zod';
import { isBytes, isCharacter } from '../columnType.ts';
import { copyOut, isBlank, writeBytes, writeTail } from '../encode.ts';
import { Folder } from '../normalize.ts';
import { pick } from '../prf.ts';
import type { Transform, TransformContext, Transformer } from '../transformer.ts';
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
  create,
};

function create(context: TransformContext): Transform {
  const { domain } = options.parse(context.options);
  const one = singleAddress(context, domain === 'class');
  const limit = context.column.maxLength ?? Number.MAX_SAFE_INTEGER;
  const fullName = () => context.nested('fullName');
  let nameOf: Transform | undefined;
  return (value, row) => {
    for (let i = 0; i < value.length; i++) {
      const byte = value[i] as number;
      // `,` `;` `<`: a list, or an address with a display name.
      if (byte !== 0x2c && byte !== 0x3b && byte !== 0x3c) continue;
      if (value.indexOf(0x40) === -1) break;
      nameOf ??= fullName();
      const list = replaceList(
        value,
        part => one(part),
        name => nameOf?.(name, row) ?? name,
      );
      return list.length <= limit ? list : one(value);
    }
    return isBlank(value) ? value : one(value);
  };
}

function singleAddress(context: TransformContext, keepClass: boolean): (value: Buffer) => Buffer {
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
  return value => {
    folder.fold(value);
    const { bytes, length } = folder;
    let end = 0;
    let hostName: Buffer = host;
    if (keepClass) hostName = classHost(bytes.toString('utf8', bytes.lastIndexOf(0x40, length) + 1, length));
    if (column.unique && folder.changed && needsVariant(column, value, bytes, length))
      hash.update(value, 0, value.length);
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
    return copyOut(out, Math.min(end, limit));
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
