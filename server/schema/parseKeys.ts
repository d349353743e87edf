import type { Check, ForeignKey, Index, IndexPart } from './model.ts';
import { Reader, splitCommas, unquoteName, unquoteString } from './reader.ts';

const kinds: Record<string, Index['kind']> = {
  PRIMARY: 'primary',
  UNIQUE: 'unique',
  FULLTEXT: 'fulltext',
  SPATIAL: 'spatial',
  VECTOR: 'vector',
};

/** Reads `` UNIQUE KEY `name` (parts) options `` as SHOW CREATE TABLE prints it. */
export function parseIndex(text: string): Index {
  const reader = new Reader(text);
  const kind = kinds[reader.peekWord()] ?? 'index';
  if (kind !== 'index') reader.token();
  if (!reader.take('KEY')) reader.take('INDEX');
  const index: Index = {
    name: kind === 'primary' ? 'PRIMARY' : reader.name(),
    kind,
    parts: [],
    definition: text.trim(),
    using: null,
    comment: '',
    invisible: false,
    other: [],
  };
  if (reader.take('USING')) index.using = reader.token().toLowerCase();
  index.parts = splitCommas(reader.parenthesis() ?? '')
    .filter(part => !/\bWITHOUT OVERLAPS$/i.test(part) || !index.other.push(part))
    .map(parsePart);
  while (!reader.done) readIndexOption(reader, index);
  return index;
}

function parsePart(text: string): IndexPart {
  const reader = new Reader(text);
  const part: IndexPart = { column: null, expression: null, length: null, descending: false };
  const expression = reader.parenthesis();
  if (expression !== null) part.expression = expression;
  else {
    part.column = reader.name();
    const length = reader.parenthesis();
    if (length !== null) part.length = Number(length);
  }
  part.descending = reader.take('DESC');
  return part;
}

function readIndexOption(reader: Reader, index: Index): void {
  if (reader.take('USING')) index.using = reader.token().toLowerCase();
  else if (reader.take('COMMENT')) index.comment = unquoteString(reader.token());
  else if (reader.take('IGNORED') || reader.take('INVISIBLE')) index.invisible = true;
  else if (reader.peek() === '/') {
    const inside = /^\/\*M?!\d*\s*([\s\S]*?)\s*\*\/$/.exec(reader.token())?.[1] ?? '';
    if (/^(INVISIBLE|IGNORED)$/i.test(inside)) index.invisible = true;
    else index.other.push(inside);
  } else {
    let option = reader.token();
    if (reader.takeSymbol('=')) option += `=${reader.token()}`;
    index.other.push(option);
  }
}

/** Reads `` CONSTRAINT `name` FOREIGN KEY (…) REFERENCES … ON DELETE … `` . */
export function parseForeignKey(text: string): ForeignKey {
  const reader = new Reader(text);
  reader.take('CONSTRAINT');
  const name = reader.name();
  reader.take('FOREIGN', 'KEY');
  const columns = names(reader.parenthesis());
  reader.take('REFERENCES');
  let refDatabase: string | null = null;
  let refTable = reader.name();
  if (reader.text[reader.position] === '.') {
    reader.token();
    refDatabase = refTable;
    refTable = reader.name();
  }
  const refColumns = names(reader.parenthesis());
  const key: ForeignKey = {
    name,
    columns,
    refDatabase,
    refTable,
    refColumns,
    onDelete: 'RESTRICT',
    onUpdate: 'RESTRICT',
    definition: text.trim(),
  };
  while (!reader.done) {
    if (reader.take('ON', 'DELETE')) key.onDelete = readAction(reader);
    else if (reader.take('ON', 'UPDATE')) key.onUpdate = readAction(reader);
    else reader.token();
  }
  return key;
}

function readAction(reader: Reader): string {
  const first = reader.token().toUpperCase();
  return first === 'SET' || first === 'NO' ? `${first} ${reader.token().toUpperCase()}` : first;
}

export function parseCheck(text: string): Check {
  const reader = new Reader(text);
  reader.take('CONSTRAINT');
  const name = reader.name();
  reader.take('CHECK');
  const expression = reader.parenthesis() ?? '';
  return { name, expression, enforced: !/NOT ENFORCED/i.test(reader.rest()), definition: text.trim() };
}

function names(list: string | null): string[] {
  return splitCommas(list ?? '').map(unquoteName);
}
