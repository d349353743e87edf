import { isInNumberPlan, phoneMetadata } from './numberValidity.ts';
import { type KeyedHash, pick } from './prf.ts';
import { mobilePrefixes, reservedNumbers, unassignedCallingCode } from './values/phones.ts';

export interface ParsedNumber {
  /** Country calling code without `+`; undefined where the number does not say and no country was given. */
  callingCode: string | undefined;
  /** National digits without trunk prefix; all digits where the country is unknown. */
  national: string;
}

/** What the world's numbering plans say, of libphonenumber's metadata and the regulators' lists. */
export class NumberPlan {
  readonly #defaultCode: string | undefined;

  /** @param country ISO 3166 code of numbers that are written without their country */
  constructor(country: string | undefined) {
    this.#defaultCode =
      country === undefined
        ? undefined
        : Object.entries(phoneMetadata.country_calling_codes).find(([, countries]) =>
            countries.includes(country),
          )?.[0];
  }

  /** Reads `+49 (0)171 …`, `0049171…`, `0171 …`; never fails: a text without digits gives an empty number. */
  parse(text: string): ParsedNumber {
    const trimmed = text.trimStart();
    let digits = digitsIn(trimmed);
    const international = trimmed.startsWith('+') || trimmed.startsWith('00') || trimmed.startsWith('(+');
    if (international && digits.startsWith('00')) digits = digits.slice(2);
    if (!international) {
      if (this.#defaultCode === undefined) return { callingCode: undefined, national: digits };
      return { callingCode: this.#defaultCode, national: stripTrunk(this.#defaultCode, digits) };
    }
    for (let length = 1; length <= 3; length++) {
      const callingCode = digits.slice(0, length);
      if (phoneMetadata.country_calling_codes[callingCode] === undefined) continue;
      return { callingCode, national: stripTrunk(callingCode, digits.slice(length)) };
    }
    return { callingCode: undefined, national: digits };
  }

  /** True for a number that a regulator keeps free, of a code that is nobody's, or that its country's plan does not know. */
  isUncallable(text: string): boolean {
    const { callingCode, national } = this.parse(text);
    if (callingCode === undefined)
      return text.replace(/\D/g, '').startsWith(unassignedCallingCode) || isFictional('1', national);
    return isFictional(callingCode, national) || !isInNumberPlan(callingCode, national);
  }

  /** National digits of the same length that cannot be called in that country, or undefined where none can be made surely. */
  uncallable(callingCode: string, national: string, hash: KeyedHash): string | undefined {
    const words = hash.words;
    if (callingCode === '1') {
      if (national.length < 10) return undefined;
      // The area is kept, unless it is none: 555-0100 to 555-0199 are fictional in every one.
      const area = /^[2-9]\d\d/.test(national) ? national.slice(0, 3) : '212';
      return fill(`${area}55501xx`, national.length, words);
    }
    const reserved = reservedNumbers[callingCode];
    if (reserved !== undefined) {
      const ranges = mobilePrefixes[callingCode]?.test(national) ? reserved.mobile : reserved.fixed;
      const range = ranges[pick(words[3] as number, ranges.length)] as string;
      if (fixedLength(range) < national.length) return fill(range, national.length, words);
    }
    for (const lead of ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11', '19', '99']) {
      const candidate = fill(lead, national.length, words);
      if (candidate.length === national.length && !isInNumberPlan(callingCode, candidate)) return candidate;
    }
    return undefined;
  }

  /** Writes the drawn national digits into the places of the original's, separators and trunk prefix kept. */
  pour(text: string, number: ParsedNumber, drawn: string): string {
    let toSkip = countDigits(text) - number.national.length;
    let at = 0;
    let poured = '';
    for (let i = 0; i < text.length; i++) {
      const letter = text[i] as string;
      if (letter < '0' || letter > '9') poured += letter;
      else if (toSkip > 0) {
        toSkip--;
        poured += letter;
      } else poured += drawn[at++] ?? '0';
    }
    return poured;
  }
}

/** The digits of a text; a loop, because it runs for every number of a table. */
function digitsIn(text: string): string {
  let digits = '';
  for (let i = 0; i < text.length; i++) {
    const letter = text[i] as string;
    if (letter >= '0' && letter <= '9') digits += letter;
  }
  return digits;
}

function countDigits(text: string): number {
  let count = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 48 && code <= 57) count++;
  }
  return count;
}

/** Countries whose national numbers begin with the 0 that others dial before them. */
const zeroIsPartOf = new Set(['39', '378', '379', '225', '242', '241']);

function stripTrunk(callingCode: string, digits: string): string {
  if (callingCode === '1') return digits.length === 11 && digits.startsWith('1') ? digits.slice(1) : digits;
  if (zeroIsPartOf.has(callingCode)) return digits;
  if (callingCode === '7') return digits.length === 11 && /^[78]/.test(digits) ? digits.slice(1) : digits;
  let zeros = 0;
  while (digits[zeros] === '0') zeros++;
  return zeros === 0 ? digits : digits.slice(zeros);
}

/** Digits of a range that are not free. */
function fixedLength(range: string): number {
  const free = range.indexOf('x');
  return free < 0 ? range.length : free;
}

const powers = [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7];

/** The range's `x` and everything after it drawn from the hash, cut or continued to `length` digits. */
function fill(range: string, length: number, words: Uint32Array): string {
  let text = '';
  for (let i = 0; i < length; i++) {
    const given = range[i];
    const word = words[i % 3] as number;
    text += given === undefined || given === 'x' ? Math.floor(word / (powers[i % 8] as number)) % 10 : given;
  }
  return text;
}

function isFictional(callingCode: string, national: string): boolean {
  if (callingCode === '1') return /^1?[2-9]\d\d55501\d\d/.test(national);
  const ranges = reservedNumbers[callingCode];
  if (ranges === undefined) return false;
  return [...ranges.fixed, ...ranges.mobile].some(range => national.startsWith(range.replaceAll('x', '')));
}
