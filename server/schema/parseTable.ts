import { type CharsetDefaults, charsetOf, normaliseCharsetName } from './charset.ts';
import type { Column, Index, Partitioning, Table } from './model.ts';
import { parseColumn } from './parseColumn.ts';
import { parseCheck, parseForeignKey, parseIndex } from './parseKeys.ts';
import { Reader, splitCommas } from './reader.ts';

/**
 * What earlier tables of the same server were made of. Where there are ten thousand tables, most are alike: their columns and
 * indexes are parsed once and shared, as nobody changes a schema in place.
 */
export class KnownPieces {
  readonly columns = new Map<string, Column>();
  readonly indexes = new Map<string, Index>();
  readonly tails = new Map<string, Tail>();
}

interface Tail {
  options: Option[];
  partitioning: Partitioning | null;
}

/** Reads what SHOW CREATE TABLE prints into a table; `tableSql` in ddlOf.ts is the way back. */
export function parseTable(sql: string, defaults: CharsetDefaults, known = new KnownPieces()): Table {
  const reader = new Reader(sql);
  reader.take('CREATE');
  reader.take('TABLE');
  const name = reader.name();
  const body = reader.parenthesis() ?? '';
  const tail = reader.rest();
  const { options, partitioning } = once(known.tails, tail, () => parseTail(tail));
  const { charset, collation } = tableCharset(options, defaults);
  const table: Table = {
    name,
    columns: [],
    indexes: [],
    foreignKeys: [],
    checks: [],
    periods: [],
    options,
    charset,
    collation,
    partitioning,
  };
  for (const piece of splitCommas(body)) addPiece(table, piece, defaults, known);
  return table;
}

function once<T>(known: Map<string, T>, text: string, parse: () => T): T {
  const found = known.get(text);
  if (found !== undefined) return found;
  const parsed = parse();
  known.set(text, parsed);
  return parsed;
}

function addPiece(table: Table, piece: string, defaults: CharsetDefaults, known: KnownPieces): void {
  if (piece.startsWith('`')) {
    // What a column inherits from its table is part of it.
    const inherited = `${table.charset} ${table.collation} ${piece}`;
    table.columns.push(once(known.columns, inherited, () => parseColumn(piece, table, defaults)));
  } else if (/^CONSTRAINT\s/i.test(piece)) {
    const reader = new Reader(piece);
    reader.take('CONSTRAINT');
    reader.token();
    if (reader.peekWord() === 'FOREIGN') table.foreignKeys.push(parseForeignKey(piece));
    else table.checks.push(parseCheck(piece));
  } else if (/^PERIOD\s/i.test(piece)) table.periods.push(piece);
  else table.indexes.push(once(known.indexes, piece, () => parseIndex(piece)));
}

type Option = Table['options'][number];

function parseTail(tail: string): Tail {
  const reader = new Reader(tail);
  const options: Option[] = [];
  while (!reader.done) {
    if (reader.peekWord() === 'PARTITION') return { options, partitioning: parsePartitioning(reader.rest()) };
    if (reader.peek() === '/') {
      const comment = reader.token();
      const inside = /^\/\*M?!\d*\s*([\s\S]*?)\s*\*\/$/.exec(comment)?.[1] ?? '';
      if (/^PARTITION\s+BY/i.test(inside)) return { options, partitioning: parsePartitioning(inside) };
      options.push({ name: optionName(inside), text: comment });
      continue;
    }
    const option = readOption(reader);
    if (option.name !== 'AUTO_INCREMENT') options.push(option);
  }
  return { options, partitioning: null };
}

function optionName(text: string): string {
  return (/^[^=\s]+/.exec(text)?.[0] ?? text).toUpperCase();
}

/** `ENGINE=InnoDB`, `DEFAULT CHARSET=utf8mb4 COLLATE=…` (two options), `` `encrypted`=yes ``, `WITH SYSTEM VERSIONING`. */
function readOption(reader: Reader): Option {
  reader.skipSpace();
  const start = reader.position;
  if (reader.take('WITH', 'SYSTEM', 'VERSIONING'))
    return { name: 'SYSTEM VERSIONING', text: 'WITH SYSTEM VERSIONING' };
  let name = '';
  while (!reader.done && reader.peek() !== '=') name += `${name === '' ? '' : ' '}${reader.token()}`;
  if (reader.takeSymbol('=')) reader.token();
  return {
    name: name.startsWith('`') ? name : name.toUpperCase(),
    text: reader.text.slice(start, reader.position),
  };
}

export function optionValue(options: readonly Option[], name: string): string | undefined {
  const text = options.find(option => option.name === name)?.text;
  return text === undefined ? undefined : text.slice(text.indexOf('=') + 1).trim();
}

function tableCharset(options: readonly Option[], defaults: CharsetDefaults) {
  const written = optionValue(options, 'DEFAULT CHARSET');
  const collate = optionValue(options, 'COLLATE');
  const collation = collate === undefined ? undefined : normaliseCharsetName(collate);
  const charset = written === undefined ? charsetOf(collation ?? '') : normaliseCharsetName(written);
  return {
    charset: charset ?? '',
    collation: collation ?? defaults.get(charset ?? '') ?? '',
  };
}

function parsePartitioning(text: string): Partitioning {
  const reader = new Reader(text);
  let listStart = -1;
  // The list of partitions is the last parenthesis, and begins with PARTITION.
  while (!reader.done) {
    reader.skipSpace();
    const start = reader.position;
    const token = reader.token();
    if (token.startsWith('(') && /^\(\s*PARTITION\s/i.test(token)) listStart = start;
  }
  if (listStart === -1) return { by: text.trim(), partitions: [] };
  const list = new Reader(text, listStart).parenthesis() ?? '';
  return {
    by: text.slice(0, listStart).trim(),
    partitions: splitCommas(list).map(definition => {
      const part = new Reader(definition);
      part.take('PARTITION');
      return { name: part.name(), definition };
    }),
  };
}
