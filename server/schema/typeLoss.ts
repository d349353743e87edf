import { appendsValues } from './algorithm.ts';
import { maxBytesPerCharacter } from './charset.ts';
import { typeMeaning } from './compare.ts';
import type { Column } from './model.ts';
import { splitCommas, unquoteString } from './reader.ts';

/** Bits of the integer types. */
const integerBits: Record<string, number> = { tinyint: 8, smallint: 16, mediumint: 24, int: 32, bigint: 64 };
/** Bytes that a text or blob holds. */
const blobBytes: Record<string, number> = {
  tinytext: 255,
  text: 65_535,
  mediumtext: 16_777_215,
  longtext: 4_294_967_295,
  tinyblob: 255,
  blob: 65_535,
  mediumblob: 16_777_215,
  longblob: 4_294_967_295,
};
const unicode = new Set(['utf8mb4', 'utf16', 'utf16le', 'utf32', 'gb18030']);

interface TypeParts {
  base: string;
  arguments: number[];
  unsigned: boolean;
  text: string;
}

function partsOf(column: Column): TypeParts {
  const text = typeMeaning(column);
  const base = /^\w+/.exec(text)?.[0] ?? text;
  const list = /\(([\d,]+)\)/.exec(text)?.[1];
  return {
    base,
    arguments: list === undefined ? [] : list.split(',').map(Number),
    unsigned: / unsigned/.test(text),
    text,
  };
}

/** Why values, or what they mean, can be lost when a column changes from one type to the other; empty if they cannot. */
export function typeLoss(from: Column, to: Column): string[] {
  const reasons: string[] = [];
  const change = `${from.type} to ${to.type}`;
  const loss = lossOf(partsOf(from), partsOf(to), from, to);
  if (loss !== undefined) reasons.push(`${loss} (${change})`);
  const charset = charsetLoss(from, to);
  if (charset !== undefined) reasons.push(charset);
  const srid = (column: Column) => column.other.find(text => /^SRID/i.test(text));
  if (srid(from) !== srid(to) && srid(to) !== undefined)
    reasons.push('another spatial reference system: the same coordinates mean other places');
  return reasons;
}

/** Every character of `from` has a code in `to`. */
export function charsetHolds(from: string, to: string): boolean {
  if (from === to || from === 'ascii' || unicode.has(to)) return true;
  return (
    to === 'utf8mb3' && ['latin1', 'latin2', 'cp1250', 'cp1251', 'latin5', 'latin7', 'ucs2'].includes(from)
  );
}

function charsetLoss(from: Column, to: Column): string | undefined {
  if (from.charset === null || to.charset === null || charsetHolds(from.charset, to.charset))
    return undefined;
  return `characters that ${to.charset} does not have are lost (${from.charset} to ${to.charset})`;
}

function lossOf(from: TypeParts, to: TypeParts, a: Column, b: Column): string | undefined {
  if (from.text === to.text) return undefined;
  if (from.base in integerBits) return integerLoss(from, to);
  if (from.base === 'decimal') return decimalLoss(from, to);
  if (from.base === 'float' || from.base === 'double') return floatLoss(from, to);
  if (from.base === 'enum' || from.base === 'set') return listLoss(from, to, a, b);
  if (from.base === 'bit') return bitLoss(from, to);
  if (isTextType(from.base) && isTextType(to.base)) return lengthLoss(from, to, a, b);
  if (isBinaryType(from.base) && isBinaryType(to.base)) return lengthLoss(from, to, a, b);
  if (/^(datetime|timestamp|time|date|year)$/.test(from.base)) return timeLoss(from, to);
  if (from.base === 'json' && to.base === 'longtext') return undefined;
  return 'another kind of type: values are converted, and what does not convert is lost';
}

function integerLoss(from: TypeParts, to: TypeParts): string | undefined {
  const bits = integerBits[from.base] ?? 0;
  const room = integerBits[to.base];
  if (room !== undefined) {
    if (!from.unsigned && to.unsigned) return 'negative values no longer fit';
    const need = bits + (from.unsigned && !to.unsigned ? 1 : 0);
    return room < need ? 'large values no longer fit' : undefined;
  }
  if (to.base === 'decimal') {
    const [precision = 10, scale = 0] = to.arguments;
    const digits = Math.ceil((from.unsigned ? bits : bits - 1) * Math.log10(2));
    if (to.unsigned && !from.unsigned) return 'negative values no longer fit';
    return precision - scale < digits ? 'large values no longer fit' : undefined;
  }
  if (to.base === 'double' && bits < 64) return undefined;
  return 'another kind of type: values are converted, and compare and sort differently';
}

function decimalLoss(from: TypeParts, to: TypeParts): string | undefined {
  if (to.base !== 'decimal') return 'exact decimals become another kind of type';
  const [precision = 10, scale = 0] = from.arguments;
  const [newPrecision = 10, newScale = 0] = to.arguments;
  if (!from.unsigned && to.unsigned) return 'negative values no longer fit';
  if (newScale < scale) return 'digits behind the point are rounded away';
  return newPrecision - newScale < precision - scale ? 'large values no longer fit' : undefined;
}

function floatLoss(from: TypeParts, to: TypeParts): string | undefined {
  const widens = to.base === from.base || (from.base === 'float' && to.base === 'double');
  if (!widens) return 'another kind of type: values are rounded';
  if (!from.unsigned && to.unsigned) return 'negative values no longer fit';
  return to.arguments.length > 0 && to.text !== from.text ? 'digits are rounded away' : undefined;
}

function listLoss(from: TypeParts, to: TypeParts, a: Column, b: Column): string | undefined {
  if (to.base !== from.base) {
    if (isTextType(to.base) && from.base === 'enum') return lengthLoss(from, to, a, b);
    return 'another kind of type: values are converted, and what does not convert is lost';
  }
  if (appendsValues(from.text, to.text) || to.text.startsWith(`${from.text.slice(0, -1)},`)) return undefined;
  const values = (text: string) => splitCommas(text.slice(text.indexOf('(') + 1, -1));
  const remaining = new Set(values(to.text));
  const removed = values(from.text).filter(value => !remaining.has(value));
  if (removed.length > 0) return `rows with ${removed.join(', ')} lose their value`;
  return 'values are in another order: sorting, and numbers that stand for them, change their meaning';
}

function bitLoss(from: TypeParts, to: TypeParts): string | undefined {
  if (to.base !== 'bit') return 'another kind of type: values are converted';
  return (to.arguments[0] ?? 1) < (from.arguments[0] ?? 1) ? 'large values no longer fit' : undefined;
}

function isTextType(base: string): boolean {
  return /^(char|varchar|tinytext|text|mediumtext|longtext)$/.test(base);
}

function isBinaryType(base: string): boolean {
  return /^(binary|varbinary|tinyblob|blob|mediumblob|longblob)$/.test(base);
}

function lengthLoss(from: TypeParts, to: TypeParts, a: Column, b: Column): string | undefined {
  if (/^(char|binary)$/.test(to.base) && !/^(char|binary|enum)$/.test(from.base))
    return to.base === 'char' ? 'spaces at the end of values are lost' : 'values are padded with zero bytes';
  return capacity(to, b) < longest(from, a, b) ? 'long values no longer fit' : undefined;
}

/** What a column holds: characters for CHAR and VARCHAR turned into bytes of the new character set. */
function capacity(type: TypeParts, column: Column): number {
  const bytes = blobBytes[type.base];
  if (bytes !== undefined) return bytes;
  return (type.arguments[0] ?? 1) * maxBytesPerCharacter(column.charset ?? 'binary');
}

function longest(from: TypeParts, a: Column, b: Column): number {
  const width = a.charset === null ? 1 : maxBytesPerCharacter(b.charset ?? a.charset);
  if (from.base === 'enum') {
    const values = splitCommas(from.text.slice(from.text.indexOf('(') + 1, -1)).map(unquoteString);
    return Math.max(...values.map(value => [...value].length)) * width;
  }
  const bytes = blobBytes[from.base];
  if (bytes !== undefined) return bytes;
  // The same characters, as the new character set writes them.
  return (from.arguments[0] ?? 1) * width;
}

function timeLoss(from: TypeParts, to: TypeParts): string | undefined {
  const fraction = (type: TypeParts) => type.arguments[0] ?? 0;
  if (to.base === from.base)
    return fraction(to) < fraction(from) ? 'fractions of a second are rounded away' : undefined;
  if (from.base === 'date' && to.base === 'datetime') return undefined;
  if (from.base === 'timestamp' && to.base === 'datetime')
    return 'moments become local times: they no longer follow the session’s time zone';
  return 'another kind of time: a part of the values, or what they mean, is lost';
}
