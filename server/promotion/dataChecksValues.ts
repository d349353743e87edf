import { quoteName, quoteString } from '../database/quote.ts';
import { maxBytesPerCharacter } from '../schema/charset.ts';
import type { Column } from '../schema/model.ts';
import { splitCommas, unquoteString } from '../schema/reader.ts';
import { charsetHolds } from '../schema/typeLoss.ts';

export type ValueProblem =
  | 'null'
  | 'too-long'
  | 'out-of-range'
  | 'charset'
  | 'not-listed'
  | 'not-convertible';

/** A condition over the rows as they are; true for a row whose value would be refused, or not survive. */
export interface ValueCondition {
  problem: ValueProblem;
  sql: string;
}

const integerBits: Record<string, number> = { tinyint: 8, smallint: 16, mediumint: 24, int: 32, bigint: 64 };
const textBytes: Record<string, number> = { tinytext: 255, text: 65_535, mediumtext: 16_777_215 };
const blobBytes: Record<string, number> = { tinyblob: 255, blob: 65_535, mediumblob: 16_777_215 };

interface Type {
  base: string;
  arguments: number[];
  unsigned: boolean;
}

function typeOf(column: Column): Type {
  const base = /^\w+/.exec(column.type)?.[0] ?? '';
  const list = /\(([\d,]+)\)/.exec(column.type)?.[1];
  return {
    base,
    arguments: list === undefined ? [] : list.split(',').map(Number),
    unsigned: / unsigned/.test(column.type),
  };
}

const isText = (base: string) => /^(char|varchar|\w*text|enum|set)$/.test(base);
const isNumber = (base: string) => base in integerBits || /^(decimal|float|double)$/.test(base);

/**
 * Which rows stand in the way of a column's change, as conditions over `value` (the quoted column, with its table). Empty for a
 * change that takes every value.
 */
export function valueConditions(from: Column, to: Column, value = quoteName(from.name)): ValueCondition[] {
  if (to.generated !== null) return [];
  const conditions: ValueCondition[] = [];
  const add = (problem: ValueProblem, sql: string | undefined) => {
    if (sql !== undefined) conditions.push({ problem, sql });
  };
  if (from.nullable && !to.nullable) add('null', `${value} IS NULL`);
  if (from.type === to.type && from.charset === to.charset) return conditions;
  const old = typeOf(from);
  const wanted = typeOf(to);
  if (isText(old.base) && isNumber(wanted.base)) {
    add('not-convertible', `${value} NOT REGEXP '^[[:space:]]*[-+]?[0-9]+(\\\\.[0-9]*)?[[:space:]]*$'`);
    add('out-of-range', numberRange(`CAST(${value} AS DECIMAL(65,20))`, wanted));
  } else if (isNumber(wanted.base)) add('out-of-range', numberRange(value, wanted));
  if (isText(old.base) && /^(date|datetime|timestamp|time)$/.test(wanted.base))
    add('not-convertible', `${value} IS NOT NULL AND CAST(${value} AS ${castTarget(wanted.base)}) IS NULL`);
  if (wanted.base === 'timestamp' && old.base !== 'timestamp')
    add('out-of-range', `${value} NOT BETWEEN '1970-01-01 00:00:01' AND '2038-01-19 03:14:07'`);
  if (wanted.base === 'bit' && wanted.arguments[0] !== undefined && wanted.arguments[0] < 64)
    add('out-of-range', `${value} + 0 >= ${2n ** BigInt(wanted.arguments[0])}`);
  if (isText(old.base) && from.charset !== null && to.charset !== null)
    add('charset', charsetCondition(value, from.charset, to.charset));
  if (wanted.base === 'enum' || wanted.base === 'set')
    add('not-listed', listCondition(value, from, to, wanted.base));
  else add('too-long', lengthCondition(value, from, to, wanted));
  return conditions;
}

function castTarget(base: string): string {
  return base === 'timestamp' ? 'DATETIME' : base.toUpperCase();
}

function numberRange(value: string, type: Type): string | undefined {
  const bits = integerBits[type.base];
  if (bits !== undefined) {
    const size = 2n ** BigInt(bits);
    const [low, high] = type.unsigned ? [0n, size - 1n] : [-size / 2n, size / 2n - 1n];
    return `${value} NOT BETWEEN ${low} AND ${high}`;
  }
  if (type.base !== 'decimal') return type.unsigned ? `${value} < 0` : undefined;
  const [precision = 10, scale = 0] = type.arguments;
  const limit = `1${'0'.repeat(precision - scale)}`;
  const range = `ABS(ROUND(${value}, ${scale})) >= ${limit}`;
  return type.unsigned ? `${range} OR ${value} < 0` : range;
}

function charsetCondition(value: string, from: string, to: string): string | undefined {
  if (charsetHolds(from, to) || to === 'binary' || from === 'binary') return undefined;
  const there = `CONVERT(CONVERT(${value} USING ${to}) USING ${from})`;
  return `CAST(${there} AS BINARY) <> CAST(${value} AS BINARY)`;
}

function listOf(column: Column): string[] {
  return splitCommas(column.type.slice(column.type.indexOf('(') + 1, -1)).map(unquoteString);
}

/** Values of an ENUM or SET; numbers would be taken for places in the list, so values are compared as text. */
function listCondition(value: string, from: Column, to: Column, base: string): string | undefined {
  const values = listOf(to);
  if (from.type.startsWith(`${base}(`) && listOf(from).every(member => values.includes(member)))
    return undefined;
  const text = `CONCAT(${value}, '')`;
  if (base === 'enum') return `${text} NOT IN (${values.map(quoteString).join(', ')})`;
  // What is left of the list once every allowed member is taken out of it.
  const rest = values.reduce(
    (sql, member) => `REPLACE(${sql}, ${quoteString(`,${member},`)}, ',')`,
    `CONCAT(',', REPLACE(${text}, ',', ',,'), ',')`,
  );
  return `REPLACE(${rest}, ',', '') <> ''`;
}

function lengthCondition(value: string, from: Column, to: Column, wanted: Type): string | undefined {
  const [length = 1] = wanted.arguments;
  if (/^(char|varchar)$/.test(wanted.base)) {
    // Spaces beyond the end are cut without a word.
    return longest(from) <= length ? undefined : `CHAR_LENGTH(TRIM(TRAILING ' ' FROM ${value})) > ${length}`;
  }
  if (/^(binary|varbinary)$/.test(wanted.base)) return `LENGTH(${value}) > ${length}`;
  const text = textBytes[wanted.base];
  if (text !== undefined) {
    if (longest(from) * maxBytesPerCharacter(to.charset ?? '') <= text) return undefined;
    return `LENGTH(CONVERT(${value} USING ${to.charset ?? 'utf8mb4'})) > ${text}`;
  }
  const blob = blobBytes[wanted.base];
  return blob === undefined ? undefined : `LENGTH(${value}) > ${blob}`;
}

/** Characters that the old type holds at most. */
function longest(column: Column): number {
  const type = typeOf(column);
  if (/^(char|varchar|binary|varbinary)$/.test(type.base)) return type.arguments[0] ?? 1;
  return { tinytext: 255, text: 65_535, tinyblob: 255, blob: 65_535 }[type.base] ?? Number.POSITIVE_INFINITY;
}
