import { isUtf8 } from 'node:buffer';
import type { TransformerName } from '../plan.ts';

/** What a property's value holds, whole or by its components between `;`. Of RFC 6350 (vCard 4), 2426 (3) and vCard 2.1. */
const holds: Readonly<Record<string, readonly (TransformerName | undefined)[]>> = {
  FN: ['fullName'],
  N: ['familyName', 'givenName', 'givenName'],
  NICKNAME: ['givenName'],
  'X-MAIDENNAME': ['familyName'],
  'X-SPOUSE': ['fullName'],
  'X-MANAGER': ['fullName'],
  'X-ASSISTANT': ['fullName'],
  EMAIL: ['email'],
  TEL: ['phone'],
  // Post office box, extended address, street, city, region, postcode, country.
  ADR: ['street', 'street', 'street', 'city', undefined, 'postcode'],
  BDAY: ['birthDate'],
  ANNIVERSARY: ['birthDate'],
  'X-ANNIVERSARY': ['birthDate'],
  DEATHDATE: ['birthDate'],
  ORG: ['company'],
  URL: ['url'],
};
/** Pictures, sounds, keys and places: no shape of them is worth keeping. A label is the address once more. */
const emptied = new Set(['PHOTO', 'LOGO', 'SOUND', 'KEY', 'GEO', 'LABEL', 'BIRTHPLACE', 'DEATHPLACE']);

/** The replacement of one value of a kind, and of text that is of no kind. */
export interface CardParts {
  kind(name: TransformerName, value: string): string;
  text(value: string): string;
}

/** Whether the first letter of `bytes[start, end)` is that of a vCard: nearly all texts have another. */
export function mayBeContactCard(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    const byte = bytes[i] as number;
    // What `isContactCard` trims: white space of Latin-1.
    if (byte === 0x20 || byte === 0xa0 || (byte >= 0x09 && byte <= 0x0d)) continue;
    return (byte | 0x20) === 0x62;
  }
  return false;
}

/** Whether a value is a vCard or an iCalendar object. */
export function isContactCard(value: Buffer): boolean {
  const head = value.toString('latin1', 0, 24).trimStart().toUpperCase();
  return (head.startsWith('BEGIN:VCARD') || head.startsWith('BEGIN:VCALENDAR')) && isUtf8(value);
}

/**
 * vCard and iCalendar, as address books and calendars keep them: names, addresses, numbers and dates of birth by their properties, names
 * of attendees, and everything else as text. Folded lines become whole ones; what is encoded otherwise is emptied.
 */
export function rewriteContactCard(card: string, parts: CardParts): string {
  return unfolded(card)
    .map(({ line, end }) => rewriteLine(line, parts) + end)
    .join('');
}

function rewriteLine(line: string, parts: CardParts): string {
  const found = /^((?:[\w-]+\.)?([\w-]+))((?:;(?:"[^"]*"|[^":])*)?):(.*)$/s.exec(line);
  if (found === null) return parts.text(line);
  const [, head = '', property = '', parameters = '', value = ''] = found;
  const name = property.toUpperCase();
  const before = head + named(parameters, parts);
  const kinds = holds[name];
  if (emptied.has(name)) return `${before}:`;
  if (kinds === undefined) return `${before}:${parts.text(value)}`;
  if (/ENCODING=(?:QUOTED-PRINTABLE|BASE64|B)\b/i.test(parameters)) return `${before}:`;
  return `${before}:${kinds.length === 1 && name !== 'ORG' ? whole(kinds[0], value, parts) : structured(kinds, value, parts)}`;
}

/** `CN="Anna Schmidt"` of an attendee. */
function named(parameters: string, parts: CardParts): string {
  const replaced = parameters.replace(
    /;CN=(?:"([^"]*)"|([^";]*))/gi,
    (_, quoted?: string, bare?: string) =>
      `;CN="${parts.kind('fullName', quoted ?? bare ?? '').replaceAll('"', '')}"`,
  );
  return replaced.includes('@') ? parts.text(replaced) : replaced;
}

function whole(kind: TransformerName | undefined, value: string, parts: CardParts): string {
  const [, scheme = '', rest = ''] = /^((?:tel|mailto):)?(.*)$/is.exec(value) ?? [];
  return kind === undefined || rest === '' ? value : scheme + escaped(parts.kind(kind, unescaped(rest)));
}

function structured(
  kinds: readonly (TransformerName | undefined)[],
  value: string,
  parts: CardParts,
): string {
  return value
    .split(/(?<!\\);/)
    .map((component, index) => {
      const kind = kinds[index];
      if (component === '') return component;
      return kind === undefined ? parts.text(component) : escaped(parts.kind(kind, unescaped(component)));
    })
    .join(';');
}

const unescaped = (text: string): string => text.replace(/\\([\\;,])/g, '$1');
const escaped = (text: string): string => text.replace(/[\\;,]/g, '\\$&').replace(/[\r\n]+/g, ' ');

/** Lines as they were meant: a line that begins with a blank goes on with the one before, and so does quoted-printable after `=`. */
function unfolded(card: string): { line: string; end: string }[] {
  const lines: { line: string; end: string }[] = [];
  for (const [, line = '', end = ''] of card.matchAll(/([^\r\n]*)(\r?\n|\r|$)/g)) {
    const last = lines.at(-1);
    if (last !== undefined && /^[ \t]/.test(line))
      Object.assign(last, { line: last.line + line.slice(1), end });
    else if (last !== undefined && /QUOTED-PRINTABLE/i.test(last.line) && last.line.endsWith('='))
      Object.assign(last, { line: last.line.slice(0, -1) + line, end });
    else if (line !== '' || end !== '') lines.push({ line, end });
  }
  return lines;
}
