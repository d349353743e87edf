import { normaliseCharsetName } from './charset.ts';
import type { Check, Column, ForeignKey, Index, Schema, Table } from './model.ts';

/**
 * `exact`: what the server prints must be the same. `meaning`: spellings of the same thing are equal; always so between
 * MariaDB and MySQL, which print most things differently.
 */
export type Comparison = 'exact' | 'meaning';

export function comparisonOf(from: Schema, to: Schema, exact: boolean): Comparison {
  return exact && from.flavour === to.flavour ? 'exact' : 'meaning';
}

export function sameColumn(a: Column, b: Column, comparison: Comparison): boolean {
  if (a.charset !== b.charset || a.collation !== b.collation) return false;
  if (a.definition === b.definition) return true;
  // A display width against none is a matter of the server; two different ones are somebody's wish.
  const widths = [a, b].map(column => /^\w*int\((\d+)\)/.exec(column.type)?.[1]);
  if (widths.every(width => width !== undefined) && widths[0] !== widths[1]) return false;
  return comparison === 'meaning' && columnMeaning(a) === columnMeaning(b);
}

/** The column's meaning in one spelling. */
function columnMeaning(column: Column): string {
  return JSON.stringify([
    typeMeaning(column),
    column.charset,
    column.collation,
    column.nullable,
    defaultMeaning(column),
    column.generated && [expressionMeaning(column.generated.expression), column.generated.stored],
    column.onUpdate === null ? null : expressionMeaning(column.onUpdate),
    column.autoIncrement,
    column.comment,
    column.invisible,
    isJson(column) || column.check === null ? null : expressionMeaning(column.check),
    column.other.map(text => text.toUpperCase()).filter(text => !/^SRID 0$/.test(text)),
  ]);
}

/** MariaDB's JSON is a LONGTEXT with a check. */
function isJson(column: Column): boolean {
  return (
    column.type === 'json' ||
    (column.type === 'longtext' && column.check?.replace(/[`\s]/g, '') === `json_valid(${column.name})`)
  );
}

/** MySQL dropped display widths of integers, except where they mean something: `tinyint(1)` and ZEROFILL. */
export function typeMeaning(column: Column): string {
  if (isJson(column)) return 'json';
  const { type } = column;
  if (
    /^(tiny|small|medium|big)?int\(/.test(type) &&
    !type.includes('zerofill') &&
    !type.startsWith('tinyint(1)')
  )
    return type.replace(/\(\d+\)/, '');
  if (type === 'year(4)') return 'year';
  if (type === 'geomcollection') return 'geometrycollection';
  return type;
}

function defaultMeaning(column: Column): string | null {
  if (column.default === null) return null;
  if (/^null$/i.test(column.default)) return null;
  const number = /^'([-+]?\d+(?:\.\d+)?)'$/.exec(column.default)?.[1];
  if (number !== undefined && /^(\w*int|decimal|float|double|year|bit)\b/.test(column.type)) return number;
  return expressionMeaning(column.default);
}

/** Case outside strings, outer parentheses and the spellings of the current time do not matter. */
function expressionMeaning(text: string): string {
  let result = text.trim();
  while (result.startsWith('(') && result.endsWith(')') && isOneParenthesis(result))
    result = result.slice(1, -1).trim();
  return result
    .split(/('(?:[^'\\]|\\.|'')*')/)
    .map((part, index) => (index % 2 === 1 ? part : part.toLowerCase().replace(/_utf8mb[34]$/, '')))
    .join('')
    .replace(/\b(current_timestamp|now|localtimestamp)\b(\(\))?/g, 'current_timestamp');
}

function isOneParenthesis(text: string): boolean {
  let depth = 0;
  for (let position = 0; position < text.length; position++) {
    if (text[position] === '(') depth++;
    else if (text[position] === ')' && --depth === 0) return position === text.length - 1;
  }
  return false;
}

export function sameIndex(a: Index, b: Index, comparison: Comparison): boolean {
  if (a.definition === b.definition) return true;
  return comparison === 'meaning' && indexMeaning(a) === indexMeaning(b);
}

/** Everything but the name and visibility, which have statements of their own. */
export function sameIndexShape(a: Index, b: Index): boolean {
  return (
    indexMeaning({ ...a, name: '', invisible: false }) === indexMeaning({ ...b, name: '', invisible: false })
  );
}

function indexMeaning(index: Index): string {
  return JSON.stringify([
    index.name,
    index.kind,
    index.parts.map(part => [
      part.column,
      part.expression === null ? null : expressionMeaning(part.expression),
      part.length,
      part.descending,
    ]),
    // BTREE is what every engine of ours does unasked.
    index.using === 'btree' ? null : index.using,
    index.comment,
    index.invisible,
    index.other,
  ]);
}

export function sameForeignKey(a: ForeignKey, b: ForeignKey, comparison: Comparison): boolean {
  if (a.definition === b.definition) return true;
  if (comparison === 'exact') return false;
  const meaning = (key: ForeignKey) =>
    JSON.stringify([
      key.columns,
      key.refDatabase,
      key.refTable,
      key.refColumns,
      // The same to InnoDB.
      key.onDelete.replace('NO ACTION', 'RESTRICT'),
      key.onUpdate.replace('NO ACTION', 'RESTRICT'),
    ]);
  return meaning(a) === meaning(b);
}

export function sameCheck(a: Check, b: Check, comparison: Comparison): boolean {
  if (a.definition === b.definition) return true;
  return (
    comparison === 'meaning' &&
    a.enforced === b.enforced &&
    expressionMeaning(a.expression) === expressionMeaning(b.expression)
  );
}

/** A table option without its spelling: `ROW_FORMAT=DYNAMIC` in any case, `utf8` as `utf8mb3`. */
export function optionMeaning(table: Table, name: string): string | undefined {
  if (name === 'DEFAULT CHARSET') return table.charset;
  if (name === 'COLLATE') return table.collation;
  const text = table.options.find(option => option.name === name)?.text;
  if (text === undefined || name === 'COMMENT' || name.startsWith('`')) return text;
  return normaliseCharsetName(text).toUpperCase();
}
