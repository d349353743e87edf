import { phoneMetadata } from './numberValidity.ts';

const zero = 0x30;
const plus = 0x2b;
const bar = 0x7c;
/** Digits of the longest country calling code. */
const longestCode = 3;
/** Where the national digits begin in {@link PhoneNumber.seed}. */
const nationalAt = longestCode + 1;

/** By their value; none begins with a zero. */
const callingCodes: (string | undefined)[] = [];
for (const code of Object.keys(phoneMetadata.country_calling_codes)) callingCodes[Number(code)] = code;

/** Countries whose national numbers begin with the 0 that others dial before them. */
const zeroIsPartOf = new Set(['39', '378', '379', '225', '242', '241']);

export const isDigit = (byte: number): boolean => byte >= zero && byte <= 0x39;

/**
 * Reads numbers, one after the other, into the same memory: `+49 (0)171 …`, `0049171…`, `0171 …`. Never fails: a text without digits gives a
 * number without any. Bytes throughout, because a table has millions of them.
 */
export class PhoneNumber {
  /** Country calling code without `+`; undefined where the number does not say and no country was given. */
  callingCode: string | undefined;
  /** How many {@link national} digits there are. */
  length = 0;
  /** Digits of the whole, calling code and all. */
  #digits = 0;
  /** The calling code, a bar, the national digits: what makes two numbers the same. */
  #bytes = Buffer.alloc(64);
  #codeLength = 0;
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

  /** Reads `value[from, to)`. */
  read(value: Buffer, from = 0, to = value.length): void {
    if (to - from + nationalAt > this.#bytes.length) this.#bytes = Buffer.alloc((to - from + nationalAt) * 2);
    const bytes = this.#bytes;
    let end = nationalAt;
    for (let i = from; i < to; i++) {
      const byte = value[i] as number;
      if (byte >= zero && byte <= 0x39) bytes[end++] = byte;
    }
    this.#digits = end - nationalAt;
    let start = nationalAt;
    let code = this.#defaultCode;
    if (isInternational(value, from, to)) {
      if (end - start >= 2 && bytes[start] === zero && bytes[start + 1] === zero) start += 2;
      code = this.#codeAt(start, end);
      start += code?.length ?? 0;
    }
    if (code !== undefined) start += trunkDigits(code, bytes, start, end);
    for (let i = start, shift = start - nationalAt; shift > 0 && i < end; i++)
      bytes[i - shift] = bytes[i] as number;
    this.callingCode = code;
    this.length = end - start;
    this.#codeLength = code?.length ?? 0;
    if (code !== undefined)
      for (let i = 0; i < code.length; i++) bytes[nationalAt - 1 - code.length + i] = code.charCodeAt(i);
    bytes[nationalAt - 1] = bar;
  }

  /** National digits without trunk prefix; all digits where the country is unknown. */
  get national(): string {
    return this.#bytes.toString('latin1', nationalAt, nationalAt + this.length);
  }

  nationalDigit(index: number): number {
    return this.#bytes[nationalAt + index] as number;
  }

  /** Calls back with the place of the bytes that make two numbers the same. */
  hashInto(hash: { update(bytes: Uint8Array, start: number, end: number): void }): void {
    hash.update(this.#bytes, nationalAt - 1 - this.#codeLength, nationalAt + this.length);
  }

  /**
   * Writes the value that was read last, `value[start, end)`, with other national digits in the places of its own; separators and trunk
   * prefix kept.
   */
  pour(value: Buffer, start: number, end: number, drawn: Uint8Array, poured: Uint8Array): void {
    let toSkip = this.#digits - this.length;
    let at = 0;
    for (let i = start; i < end; i++) {
      const byte = value[i] as number;
      poured[i - start] = byte >= zero && byte <= 0x39 && toSkip-- <= 0 ? (drawn[at++] as number) : byte;
    }
  }

  #codeAt(start: number, end: number): string | undefined {
    if (this.#bytes[start] === zero) return undefined;
    let number = 0;
    for (let i = start; i < Math.min(end, start + longestCode); i++) {
      number = number * 10 + (this.#bytes[i] as number) - zero;
      const code = callingCodes[number];
      if (code !== undefined) return code;
    }
    return undefined;
  }
}

/** `+`, `00` or `(+` after whatever white space. */
function isInternational(value: Buffer, from: number, to: number): boolean {
  const start = afterSpace(value, from, to);
  // In bytes that are no UTF-8 the count of white space may be off: what lies beside the value is none of its bytes.
  const byteAt = (at: number) => (at >= from && at < to ? value[at] : undefined);
  const first = byteAt(start);
  const second = byteAt(start + 1);
  return first === plus || (first === zero && second === zero) || (first === 0x28 && second === plus);
}

/** Where a value begins that has white space before it. */
export function afterSpace(value: Buffer, from = 0, to = value.length): number {
  let start = from;
  for (; start < to; start++) {
    const byte = value[start] as number;
    if (byte >= 0x80) return to - Buffer.byteLength(value.toString('utf8', from, to).trimStart());
    if (byte !== 0x20 && (byte < 0x09 || byte > 0x0d)) break;
  }
  return start;
}

/** How many digits at the front of a national number are only dialled before it. */
function trunkDigits(code: string, digits: Uint8Array, start: number, end: number): number {
  const first = digits[start];
  if (code === '1') return end - start === 11 && first === 0x31 ? 1 : 0;
  if (zeroIsPartOf.has(code)) return 0;
  if (code === '7') return end - start === 11 && (first === 0x37 || first === 0x38) ? 1 : 0;
  let zeros = start;
  while (zeros < end && digits[zeros] === zero) zeros++;
  return zeros - start;
}
