import { isInNumberPlan } from './numberValidity.ts';
import { PhoneNumber } from './phoneNumber.ts';
import { pick } from './prf.ts';
import { mobilePrefixes, reservedNumbers, unassignedCallingCode } from './values/phones.ts';

/** A range of numbers: the digits that are fixed, and how many follow. */
const rangesOf = (ranges: readonly string[]) =>
  ranges.map(range => Buffer.from(range.replaceAll('x', ''), 'latin1'));

const reserved = new Map(
  Object.entries(reservedNumbers).map(([code, { fixed, mobile }]) => [
    code,
    { fixed: rangesOf(fixed), mobile: rangesOf(mobile), mobilePrefixes: mobilePrefixes[code] ?? [] },
  ]),
);
/** 555-0100 to 555-0199 are fictional in every area of North America. */
const fictional = Buffer.from('55501', 'latin1');
const anyArea = Buffer.from('212', 'latin1');
const leads = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11', '19', '99'];
const powers = [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7];

/** What the world's numbering plans say, of libphonenumber's metadata and the regulators' lists. */
export class NumberPlan {
  /** The digits that {@link drawUncallable} has drawn. */
  drawn = Buffer.alloc(32);
  readonly #number = new PhoneNumber(undefined);

  /** True for a number that a regulator keeps free, of a code that is nobody's, or that its country's plan does not know. */
  isUncallable(text: string): boolean {
    this.#number.read(Buffer.from(text));
    const { callingCode, national } = this.#number;
    if (callingCode === undefined)
      return text.replace(/\D/g, '').startsWith(unassignedCallingCode) || isFictional('1', national);
    return isFictional(callingCode, national) || !isInNumberPlan(callingCode, national);
  }

  /**
   * Draws national digits, as many as the number has, that cannot be called in its country.
   *
   * @param words of the number's hash
   * @returns false where none can be made surely
   */
  drawUncallable(number: PhoneNumber, words: Uint32Array): boolean {
    const { callingCode, length } = number;
    if (callingCode === undefined) return false;
    if (length > this.drawn.length) this.drawn = Buffer.alloc(length * 2);
    if (callingCode === '1') return this.#drawAmerican(number, words);
    const ranges = reserved.get(callingCode);
    if (ranges !== undefined) {
      const kind = ranges.mobilePrefixes.some(prefix => startsWith(number, prefix))
        ? ranges.mobile
        : ranges.fixed;
      const range = kind[pick(words[3] as number, kind.length)] as Buffer;
      if (range.length < length) {
        this.drawn.set(range);
        this.#draw(range.length, length, words);
        return true;
      }
    }
    return this.#drawUnknown(callingCode, length, words);
  }

  #drawAmerican(number: PhoneNumber, words: Uint32Array): boolean {
    const { length } = number;
    if (length < 10) return false;
    const [first, second, third] = [0, 1, 2].map(index => number.nationalDigit(index)) as [
      number,
      number,
      number,
    ];
    // The area is kept, unless it is none.
    if (first >= 0x32) this.drawn.set([first, second, third]);
    else this.drawn.set(anyArea);
    this.drawn.set(fictional, 3);
    this.#draw(8, length, words);
    return true;
  }

  /** A number that begins as none does in the country's plan. */
  #drawUnknown(callingCode: string, length: number, words: Uint32Array): boolean {
    this.#draw(0, length, words);
    const second = this.drawn[1] as number;
    for (const lead of leads) {
      this.drawn[0] = lead.charCodeAt(0);
      this.drawn[1] = lead.length > 1 ? lead.charCodeAt(1) : second;
      if (!isInNumberPlan(callingCode, this.drawn.toString('latin1', 0, length))) return true;
    }
    return false;
  }

  #draw(from: number, to: number, words: Uint32Array): void {
    for (let i = from; i < to; i++)
      this.drawn[i] = 0x30 + (Math.floor((words[i % 3] as number) / (powers[i & 7] as number)) % 10);
  }
}

function startsWith(number: PhoneNumber, prefix: string): boolean {
  for (let i = 0; i < prefix.length; i++)
    if (i >= number.length || number.nationalDigit(i) !== prefix.charCodeAt(i)) return false;
  return true;
}

function isFictional(callingCode: string, national: string): boolean {
  if (callingCode === '1') return /^1?[2-9]\d\d55501\d\d/.test(national);
  const ranges = reservedNumbers[callingCode];
  if (ranges === undefined) return false;
  return [...ranges.fixed, ...ranges.mobile].some(range => national.startsWith(range.replaceAll('x', '')));
}
