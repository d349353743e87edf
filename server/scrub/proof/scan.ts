import { ibanCountryCodes, ibanLength, isIbanValid } from '../iban.ts';

/** What a value may hold that points at a person or opens a door. Ranges are byte offsets. */
export interface ScanVisitor {
  /** @param to end of the whole value */
  address(bytes: Buffer, start: number, end: number, to: number): void;
  /** A run of digits with the separators of phone and card numbers inside, at least seven digits. */
  number(bytes: Buffer, start: number, end: number, digits: number): void;
  /** A run with fewer digits, of four groups set apart by points. */
  shortNumber?(bytes: Buffer, start: number, end: number): void;
  /** Letters and digits that pass the checksum of ISO 13616, spaces inside. */
  iban(bytes: Buffer, start: number, end: number): void;
  secret(): void;
  /** True to be told of addresses in URL encoding (`anna%40firma.de`) too, in bytes of their own. */
  readsEncoded?: boolean;
  /** True for the `@` of an address that is of no interest, which spares looking for its ends. */
  isOwnHost?(bytes: Buffer, at: number, to: number): boolean;
  /** To be told of words too: the table that {@link wordPairs} makes. */
  pairs?: Uint8Array | undefined;
  /** Two bytes that words of interest begin with, in the middle of a word or not. */
  word?(bytes: Buffer, start: number, from: number, to: number): void;
}

const addressByte = new Uint8Array(256);
for (const letter of "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.!#$%&'*+/=?^_`{|}~-")
  addressByte[letter.charCodeAt(0)] = 1;
addressByte.fill(1, 0x80);
const domainByte = new Uint8Array(256);
for (const letter of 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-')
  domainByte[letter.charCodeAt(0)] = 1;
domainByte.fill(1, 0x80);
const quoteByte = new Uint8Array(256);
for (const letter of "'/=&?{}|`*#$%!^") quoteByte[letter.charCodeAt(0)] = 1;
const separator = new Uint8Array(256);
for (const letter of ' -./()') separator[letter.charCodeAt(0)] = 1;

const secretMarks = [
  'PRIVATE KEY-----',
  'sk_live_',
  'rk_live_',
  'ghp_',
  'github_pat_',
  'glpat-',
  'xoxb-',
  'xoxp-',
  'AKIA',
  'AIzaSy',
].map(text => Buffer.from(text, 'latin1'));
const secretTail: Readonly<Record<number, RegExp>> = {
  8: /^AKIA[0-9A-Z]{16}(?![0-9A-Za-z])/,
  9: /^AIzaSy[0-9A-Za-z_-]{33}/,
};
/** What a byte, or two of them, may begin; nearly all begin nothing and pass with one look. */
const digitMark = 1;
const addressMark = 2;
const encodedMark = 3;
/** The first two bytes of a key: one of them alone begins every tenth word. */
const secretMark = 4;
/** The first two bytes of a word that the visitor looks for. */
const wordMark = 8;

/** By pair of bytes: what the second is marked with, and whether the pair begins a key. */
const pairsAlone = new Uint8Array(65_536);
for (const [letters, mark] of [
  ['0123456789', digitMark],
  ['@', addressMark],
  ['%', encodedMark],
] as const)
  for (const byte of Buffer.from(letters))
    for (let before = 0; before < 256; before++) pairsAlone[(before << 8) | byte] = mark;
for (const mark of secretMarks) {
  const pair = mark.readUInt16BE(0);
  pairsAlone[pair] = (pairsAlone[pair] as number) | secretMark;
}

/**
 * The table for a pass that looks for words, too.
 *
 * @param beginnings the first two bytes of words, as `first * 256 + second`, in small letters
 */
export function wordPairs(beginnings: readonly number[]): Uint8Array {
  const pairs = pairsAlone.slice();
  for (const beginning of beginnings)
    for (const capitals of [0, 0x20, 0x2000, 0x2020]) {
      const pair = beginning & ~capitals;
      pairs[pair] = (pairs[pair] as number) | wordMark;
    }
  return pairs;
}

/**
 * One pass over the value `bytes[from, to)`, byte by byte: no regular expression runs until something is found. The visitor
 * is given places in `bytes`.
 */
export function scanValue(bytes: Buffer, visitor: ScanVisitor, from = 0, to = bytes.length): void {
  const pairs = visitor.pairs ?? pairsAlone;
  for (let i = nextMark(bytes, pairs, from, from, to); i < to; i = nextMark(bytes, pairs, i + 1, from, to)) {
    let before = i > from ? (bytes[i - 1] as number) : 0;
    const mark = pairs[(before << 8) | (bytes[i] as number)] as number;
    if (mark >= wordMark) visitor.word?.(bytes, i - 1, from, to);
    if ((mark & secretMark) !== 0 && to - i + 1 >= 20 && isSecret(bytes, i - 1, to)) visitor.secret();
    if ((mark & 3) === 0) continue;
    const last = visitMark(bytes, i, mark & 3, visitor, from, to);
    for (before = bytes[i] as number; i < last; i++) {
      const next = bytes[i + 1] as number;
      if ((pairs[(before << 8) | next] as number) >= wordMark) visitor.word?.(bytes, i, from, to);
      before = next;
    }
  }
}

/** The first place from `start` on that is marked; `to` if none is. A loop that calls nothing takes a third of the time of one that does. */
function nextMark(bytes: Uint8Array, pairs: Uint8Array, start: number, from: number, to: number): number {
  let before = start > from ? (bytes[start - 1] as number) : 0;
  for (let i = start; i < to; i++) {
    const byte = bytes[i] as number;
    if (pairs[(before << 8) | byte] !== 0) return i;
    before = byte;
  }
  return to;
}

/** @returns the last byte that has been looked at */
function visitMark(
  bytes: Buffer,
  at: number,
  mark: number,
  visitor: ScanVisitor,
  from: number,
  to: number,
): number {
  if (mark === digitMark) return visitNumber(bytes, at, visitor, from, to);
  if (mark === addressMark) {
    if (visitor.isOwnHost?.(bytes, at, to) !== true) visitAddress(bytes, at, visitor, from, to);
  } else if (visitor.readsEncoded === true && to - at >= 3) visitEncoded(bytes, at, visitor, from, to);
  return at;
}

function visitEncoded(bytes: Buffer, at: number, visitor: ScanVisitor, from: number, to: number): void {
  if (bytes[at + 1] !== 0x34 || bytes[at + 2] !== 0x30) return;
  const before = bytes.subarray(Math.max(from, at - 64), at);
  const decoded = Buffer.concat([before, Buffer.from('@'), bytes.subarray(at + 3, Math.min(to, at + 258))]);
  visitAddress(decoded, before.length, visitor, 0, decoded.length);
}

function visitAddress(bytes: Buffer, at: number, visitor: ScanVisitor, from: number, to: number): void {
  let start = at;
  while (start > from && addressByte[bytes[start - 1] as number] === 1 && at - start < 64) start--;
  let end = at + 1;
  let lastDot = -1;
  while (end < to && domainByte[bytes[end] as number] === 1 && end - at < 255) {
    if (bytes[end] === 0x2e) lastDot = end;
    end++;
  }
  while (end > at + 1 && (bytes[end - 1] === 0x2e || bytes[end - 1] === 0x2d)) end--;
  // Quotes and slashes belong to an address by the letter of RFC 5321, and to the text around it in practice.
  while (start < at && quoteByte[bytes[start] as number] === 1) start++;
  for (let i = at - 1; i >= start; i--)
    if (bytes[i] === 0x2f || bytes[i] === 0x3d || bytes[i] === 0x26 || bytes[i] === 0x3f) {
      start = i + 1;
      break;
    }
  if (start === at || lastDot <= at + 1 || lastDot >= end - 1) return;
  visitor.address(bytes, start, end, to);
  // `\\nanna@…` inside JSON text: the letter after the backslash is an escape, not the address.
  if (start > from && bytes[start - 1] === 0x5c && start + 1 < at) visitor.address(bytes, start + 1, end, to);
}

/** Whether `host`, an `@` and a domain, stands at `at` and ends there. */
export function isHostAt(bytes: Buffer, at: number, to: number, host: Buffer): boolean {
  const end = at + host.length;
  if (end > to || (end < to && domainByte[bytes[end] as number] === 1)) return false;
  for (let i = 1; i < host.length; i++) if (bytes[at + i] !== host[i]) return false;
  return true;
}

function visitNumber(bytes: Buffer, at: number, visitor: ScanVisitor, from: number, to: number): number {
  let end = at;
  let digits = 0;
  let gap = 0;
  let lastDigit = at;
  for (; end < to && end - at < 64; end++) {
    const byte = bytes[end] as number;
    if (byte >= 0x30 && byte <= 0x39) {
      digits++;
      gap = 0;
      lastDigit = end;
    } else if (separator[byte] !== 1 || ++gap > 2) break;
  }
  const before = at > from ? (bytes[at - 1] as number) : 0x20;
  const partOfWord = isLetter(before);
  if (
    partOfWord &&
    at - from >= 2 &&
    isDigit(at + 1 < to ? (bytes[at + 1] as number) : 0) &&
    ibanCountries.has(((bytes[at - 2] as number) << 8) | before) &&
    (at - from === 2 || !isLetterOrDigit(bytes[at - 3] as number))
  ) {
    const ibanEnd = endOfIban(bytes, at - 2, to);
    if (ibanEnd > 0) {
      visitor.iban(bytes, at - 2, ibanEnd);
      return ibanEnd - 1;
    }
  }
  if (partOfWord) return endOfToken(bytes, at, lastDigit);
  if (digits >= 7)
    visitor.number(bytes, before === 0x2b || before === 0x28 ? at - 1 : at, lastDigit + 1, digits);
  else if (digits >= 4) visitor.shortNumber?.(bytes, at, lastDigit + 1);
  return lastDigit;
}

/** The digits of `Room A1 0171 …` that belong to the word: up to the first blank. */
function endOfToken(bytes: Buffer, at: number, lastDigit: number): number {
  for (let i = at; i < lastDigit; i++) if ((bytes[i + 1] as number) === 0x20) return i;
  return lastDigit;
}

const isLetter = (byte: number): boolean => (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a;

const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39;

const isLetterOrDigit = (byte: number): boolean => isLetter(byte) || isDigit(byte);

/** The two letters that IBANs begin with, in capitals or not. */
const ibanCountries = new Set(
  ibanCountryCodes.flatMap(([first = '', second = '']) =>
    [first, first.toLowerCase()].flatMap(one =>
      [second, second.toLowerCase()].map(two => Buffer.from(one + two).readUInt16BE(0)),
    ),
  ),
);

/** End of the IBAN that begins at `start`, or 0. Groups may be set apart by single spaces. */
export function endOfIban(bytes: Buffer, start: number, to = bytes.length): number {
  const ends: number[] = [];
  let text = '';
  for (let i = start; i < to && text.length < 34; i++) {
    const byte = bytes[i] as number;
    if (byte === 0x20 && text.length >= 4 && bytes[i - 1] !== 0x20) continue;
    if (!isLetter(byte) && (byte < 0x30 || byte > 0x39)) break;
    text += String.fromCharCode(byte);
    if (text.length >= 15) ends.push(i + 1);
  }
  const national = ibanLength(text.slice(0, 2).toUpperCase());
  const end = ends[national - 15];
  // In the middle of a longer run of letters and digits (a hash) any 22 of them may happen to be valid.
  if (end === undefined || (end < to && isLetterOrDigit(bytes[end] as number))) return 0;
  return isIbanValid(text.slice(0, national)) ? end : 0;
}

/** Byte by byte: nearly all places differ in the second byte, and a native call costs more than that. */
function startsWith(bytes: Buffer, at: number, mark: Buffer): boolean {
  for (let i = 0; i < mark.length; i++) if (bytes[at + i] !== mark[i]) return false;
  return true;
}

function isSecret(bytes: Buffer, at: number, to: number): boolean {
  return secretMarks.some((mark, index) => {
    if (!startsWith(bytes, at, mark)) return false;
    const tail = secretTail[index];
    if (tail !== undefined) return tail.test(bytes.toString('latin1', at, Math.min(to, at + 64)));
    return (
      index === 0 ||
      /^\S{12}/.test(bytes.toString('latin1', at + mark.length, Math.min(to, at + mark.length + 12)))
    );
  });
}
