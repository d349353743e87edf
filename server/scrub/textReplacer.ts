import { isIPv4 } from 'node:net';
import { scanValue } from './proof/scan.ts';
import { isCardShape, isLuhnValid } from './reserved.ts';
import type { Transform, TransformContext } from './transformer.ts';

interface Edit {
  start: number;
  end: number;
  with: Buffer;
}

/** Replaces e-mail addresses, phone and card numbers, IBANs, IP addresses and secret keys inside a text, by the transformers of those kinds. */
export class TextReplacer {
  readonly #email: Transform;
  readonly #phone: Transform;
  readonly #card: Transform;
  readonly #iban: Transform;
  readonly #ip: Transform;
  #edits: Edit[] = [];

  constructor(context: TransformContext) {
    this.#email = context.nested('email');
    // Numbers without a country are those of the table's own phone column.
    const own = context.columns.find(({ use }) => use === 'phone');
    this.#phone = context.nested('phone', own?.options);
    this.#card = context.nested('cardNumber');
    this.#iban = context.nested('iban');
    this.#ip = context.nested('ip');
  }

  /**
   * Replaces what is found, and gives every stretch between to `rest`. Bytes that are not UTF-8 are no obstacle: everything that is
   * searched for is ASCII.
   */
  replace(value: Buffer, rest: (part: Buffer) => Buffer): Buffer {
    this.#edits = [];
    scanValue(value, this);
    if (mayHoldIpv6(value)) this.#findIpv6(value);
    if (value.indexOf(0x25) >= 0) this.#findEncoded(value);
    if (this.#edits.length === 0) return rest(value);
    return applyEdits(value, this.#edits, rest);
  }

  address(bytes: Buffer, start: number, end: number): void {
    this.#edit(bytes, start, end, this.#email);
  }

  number(bytes: Buffer, start: number, end: number, digits: number): void {
    const text = bytes.toString('latin1', start, end);
    if (isIPv4(text)) this.#edit(bytes, start, end, this.#ip);
    else if (digits >= 13 && digits <= 19 && isCard(text)) this.#edit(bytes, start, end, this.#card);
    else if (looksLikePhone(text, digits) || isLabelled(bytes, start, digits))
      this.#edit(bytes, start, end, this.#phone);
    else this.#searchParts(bytes, start, end);
  }

  shortNumber(bytes: Buffer, start: number, end: number): void {
    const text = bytes.toString('latin1', start, end);
    if (isIPv4(text)) this.#edit(bytes, start, end, this.#ip);
    else if (isLabelled(bytes, start, text.replace(/\D/g, '').length))
      this.#edit(bytes, start, end, this.#phone);
  }

  iban(bytes: Buffer, start: number, end: number): void {
    this.#edit(bytes, start, end, this.#iban);
  }

  secret(): void {
    // Keys are the business of the rules for tokens: a text that holds one fails the proof after the build.
  }

  /** `192.168.0.1 4111 1111 …`: separators join numbers that are two things. */
  #searchParts(bytes: Buffer, start: number, end: number): void {
    let at = start;
    for (const part of bytes.toString('latin1', start, end).split(/(\s+|[()/])/)) {
      const digits = part.replace(/\D/g, '').length;
      const stop = at + part.length;
      if (isIPv4(part)) this.#edit(bytes, at, stop, this.#ip);
      else if (digits >= 13 && isCard(part)) this.#edit(bytes, at, stop, this.#card);
      else if (digits >= 7 && looksLikePhone(part, digits)) this.#edit(bytes, at, stop, this.#phone);
      at = stop;
    }
  }

  #findIpv6(value: Buffer): void {
    const text = value.toString('latin1');
    for (const match of text.matchAll(
      /(?<![\w:.])(?:[0-9a-f]{1,4}:){2,7}(?::?[0-9a-f]{1,4}){1,7}(?![\w:])/gi,
    ))
      if (match[0].split(':').length >= 6 || match[0].includes('::'))
        this.#edit(value, match.index, match.index + match[0].length, this.#ip);
  }

  /** `…?mail=anna%40firma.de`: a link in a text. */
  #findEncoded(value: Buffer): void {
    const text = value.toString('latin1');
    for (const match of text.matchAll(/[\w.+-]{1,64}%40[\w-]+(?:\.[\w-]+)*\.[a-z]{2,24}/gi)) {
      const replaced = this.#email(Buffer.from(match[0].replace('%40', '@'), 'latin1'), []);
      const encoded = Buffer.from(replaced?.toString('latin1').replace('@', '%40') ?? '', 'latin1');
      this.#edits.push({ start: match.index, end: match.index + match[0].length, with: encoded });
    }
  }

  #edit(bytes: Buffer, start: number, end: number, transform: Transform): void {
    const replaced = transform(bytes.subarray(start, end), []);
    if (replaced !== null) this.#edits.push({ start, end, with: replaced });
  }
}

function applyEdits(value: Buffer, edits: Edit[], rest: (part: Buffer) => Buffer): Buffer {
  const parts: Buffer[] = [];
  let at = 0;
  for (const edit of edits.sort((a, b) => a.start - b.start || b.end - a.end)) {
    if (edit.start < at) continue;
    if (edit.start > at) parts.push(rest(value.subarray(at, edit.start)));
    parts.push(edit.with);
    at = edit.end;
  }
  if (at < value.length) parts.push(rest(value.subarray(at)));
  return Buffer.concat(parts);
}

function isCard(text: string): boolean {
  const digits = text.replace(/\D/g, '');
  return isLuhnValid(digits) && isCardShape(digits);
}

const dateLike = /^\(?(?:\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./](?:\d{4}|\d{2}))(?:$|[ T])/;

/**
 * `+49 …`, a leading zero with nine digits or more, or groups as phone numbers are written. Bare digits, dates, and decimal numbers
 * are left alone.
 */
export function looksLikePhone(text: string, digits: number): boolean {
  if (digits > 15 || dateLike.test(text)) return false;
  if (text.startsWith('+')) return true;
  if (/^\d+\.\d+$/.test(text)) return false;
  if (/^0\d/.test(text)) return digits >= 9;
  return (
    /^\(?\d{3}\)?[ .-]{1,2}\d{3}[ .-]\d{4}\b/.test(text) || /^1[ .-]\d{3}[ .-]\d{3}[ .-]\d{4}$/.test(text)
  );
}

const label =
  /(?<![a-z])(?:tel|telefon|telephone|phone|mobile?|mobil|handy|fax|cell|gsm|telefono|telefone|telefoon|movil|celular|cellulare|rufnummer|whatsapp)(?:nummer)?[.:]*\s*(?:nr|no|number)?[.:]*\s*\(?$/i;

/** `Tel. 55501`: too short or too plain to be told, but said to be one. */
function isLabelled(bytes: Buffer, start: number, digits: number): boolean {
  if (digits < 5 || digits > 15) return false;
  const before = start > 0 ? (bytes[start - 1] as number) : 0;
  // A blank, a colon, a point or a bracket.
  if (before !== 0x20 && before !== 0x3a && before !== 0x2e && before !== 0x28) return false;
  return label.test(bytes.toString('latin1', Math.max(0, start - 24), start));
}

function mayHoldIpv6(value: Buffer): boolean {
  const first = value.indexOf(0x3a);
  return first >= 0 && value.indexOf(0x3a, first + 1) >= 0;
}
