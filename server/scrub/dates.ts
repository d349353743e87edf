import { isBlank } from './encode.ts';
import type { KeyedHash } from './prf.ts';
import type { Row, Transform, TransformContext } from './transformer.ts';

const dayMilliseconds = 86_400_000;

export interface DateShift {
  kind: string;
  /** Largest shift in days, both ways. */
  days: number;
  /** Column whose original value says whose date it is: all dates of one person move by the same number of days. */
  subject: string | undefined;
}

/**
 * Moves dates by a keyed number of days, never by none; the time of day and the way of writing are kept. The number depends on the subject column's value
 * where one is named, else on the date itself; in a unique column it is the same for all, so that different dates stay different.
 * Dates that are none (`0000-00-00`) stay; text that is no date is replaced by a date, because it may be anything.
 */
export function shiftDates(context: TransformContext, shift: DateShift): Transform {
  const { column, columns } = context;
  const hash = context.hash(shift.kind);
  const subject = shift.subject === undefined ? -1 : columns.findIndex(({ name }) => name === shift.subject);
  const range = dateRange(column.dataType);
  const daysOf = (value: Buffer, row: Row): number => {
    const seed =
      subject >= 0
        ? (row[subject]?.value() ?? value)
        : column.unique
          ? Buffer.alloc(0)
          : value.subarray(0, 10);
    return keyedDays(hash, seed, shift.days);
  };
  return (value, row) => {
    if (isBlank(value)) return value;
    const text = value.toString('latin1');
    if (column.dataType === 'year') return Buffer.from(shiftYear(text, daysOf(value, row)));
    if (/^-?\d{5,13}$/.test(text) && !/^(?:19|20)\d{6}$/.test(text))
      return Buffer.from(shiftUnix(text, daysOf(value, row)));
    const parsed = parseDate(text);
    if (parsed === undefined)
      return Buffer.from(isZeroDate(text) ? text : cutTo(column.maxLength, '1970-01-01'));
    const days = daysOf(value, row);
    let moved = parsed.time + days * dayMilliseconds;
    if (moved < range.least || moved > range.most) moved = parsed.time - days * dayMilliseconds;
    return Buffer.from(parsed.write(new Date(moved)), 'latin1');
  };
}

function keyedDays(hash: KeyedHash, seed: Uint8Array, most: number): number {
  hash.update(seed, 0, seed.length);
  const drawn = 1 + Math.floor(((hash.words[0] as number) / 4294967296) * most);
  return ((hash.words[1] as number) & 1) === 0 ? drawn : -drawn;
}

interface ParsedDate {
  time: number;
  write(date: Date): string;
}

const two = (number: number): string => String(number).padStart(2, '0');

/** ISO dates and date-times, `YYYYMMDD`, and day or month first with `.`, `/` or `-`. */
export function parseDate(text: string): ParsedDate | undefined {
  const iso = /^(\d{4})([-/.]?)(\d{2})\2(\d{2})(?!\d)(.*)$/s.exec(text);
  if (iso !== null) {
    const [, year = '', separator = '', month = '', day = '', rest = ''] = iso;
    return parsed(year, month, day, date => {
      const parts = [
        String(date.getUTCFullYear()).padStart(4, '0'),
        two(date.getUTCMonth() + 1),
        two(date.getUTCDate()),
      ];
      return parts.join(separator) + rest;
    });
  }
  const local = /^(\d{1,2})([./-])(\d{1,2})\2(\d{4})(?!\d)(.*)$/s.exec(text);
  if (local === null) return undefined;
  const [, first = '', separator = '', second = '', year = '', rest = ''] = local;
  // `/` is month first unless that cannot be.
  const monthFirst = separator === '/' && Number(first) <= 12;
  const [month, day] = monthFirst ? [first, second] : [second, first];
  return parsed(year, month, day, date => {
    const written = { month: two(date.getUTCMonth() + 1), day: two(date.getUTCDate()) };
    const order = monthFirst ? [written.month, written.day] : [written.day, written.month];
    return [...order, date.getUTCFullYear()].join(separator) + rest;
  });
}

function parsed(
  year: string,
  month: string,
  day: string,
  write: (date: Date) => string,
): ParsedDate | undefined {
  const date = new Date(Date.UTC(2000, Number(month) - 1, Number(day)));
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  const exists =
    date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day) && Number(year) > 0;
  return exists ? { time: date.getTime(), write } : undefined;
}

const isZeroDate = (text: string): boolean => /^0{4}|^[\d-]*-00/.test(text);

function shiftYear(text: string, days: number): string {
  const year = Number(text);
  if (!(year > 0)) return text;
  const moved = year + (days > 0 ? 1 : -1) * (1 + (Math.abs(days) % 3));
  return String(Math.min(2155, Math.max(1901, moved))).padStart(text.length, '0');
}

/** Seconds or milliseconds since 1970. */
function shiftUnix(text: string, days: number): string {
  const seconds = text.replace('-', '').length <= 11;
  const step = BigInt(days) * (seconds ? 86_400n : 86_400_000n);
  const moved = BigInt(text) + step;
  const negative = text.startsWith('-');
  return String(moved < 0n === negative ? moved : BigInt(text) - step);
}

function dateRange(dataType: string): { least: number; most: number } {
  if (dataType === 'timestamp') return { least: Date.UTC(1970, 0, 2), most: Date.UTC(2038, 0, 18) };
  return { least: Date.UTC(1000, 0, 1), most: Date.UTC(9999, 11, 31) };
}

const cutTo = (limit: number | null, text: string): string => (limit === null ? text : text.slice(0, limit));
