import type { CharsetDefaults } from './charset.ts';
import { charsetOf, normaliseCharsetName } from './charset.ts';
import type { Column } from './model.ts';
import { Reader, unquoteString } from './reader.ts';

const typeSuffixes = ['UNSIGNED', 'ZEROFILL', 'SIGNED'];
/** Types that have a character set. */
const textType = /^(char|varchar|tinytext|text|mediumtext|longtext|enum|set)\b/;

interface Draft extends Column {
  charsetWritten: string | null;
  collationWritten: string | null;
}

/** Reads `` `name` type attributes… `` as SHOW CREATE TABLE prints it. `table` holds the table's own defaults. */
export function parseColumn(
  text: string,
  table: { charset: string; collation: string },
  defaults: CharsetDefaults,
): Column {
  const reader = new Reader(text);
  const name = reader.name();
  const definition = reader.rest();
  const draft: Draft = {
    name,
    definition,
    type: readType(reader),
    charset: null,
    collation: null,
    nullable: true,
    default: null,
    generated: null,
    onUpdate: null,
    autoIncrement: false,
    comment: '',
    invisible: false,
    check: null,
    other: [],
    charsetWritten: null,
    collationWritten: null,
  };
  while (!reader.done) readAttribute(reader, draft);
  const { charsetWritten, collationWritten, ...column } = draft;
  if (textType.test(column.type)) {
    if (collationWritten !== null) column.collation = collationWritten;
    else if (charsetWritten !== null) column.collation = defaults.get(charsetWritten) ?? charsetWritten;
    else column.collation = table.collation;
    column.charset = charsetWritten ?? charsetOf(column.collation) ?? table.charset;
  }
  return column;
}

function readType(reader: Reader): string {
  let type = reader.token().toLowerCase();
  const parenthesis = reader.parenthesis();
  // Enum and set values keep their case; the spaces of decimal(10, 2) do not matter.
  if (parenthesis !== null)
    type += `(${/^(enum|set)$/.test(type) ? parenthesis : parenthesis.replace(/\s+/g, '').toLowerCase()})`;
  if (type === 'double') reader.take('PRECISION');
  for (let suffix = reader.peekWord(); typeSuffixes.includes(suffix); suffix = reader.peekWord())
    type += ` ${reader.token().toLowerCase()}`;
  return type;
}

function readAttribute(reader: Reader, draft: Draft): void {
  if (reader.peek() === '/') readComment(reader, draft);
  else if (reader.take('CHARACTER', 'SET') || reader.take('CHARSET'))
    draft.charsetWritten = normaliseCharsetName(reader.token());
  else if (reader.take('COLLATE')) draft.collationWritten = normaliseCharsetName(reader.token());
  else if (reader.take('GENERATED', 'ALWAYS', 'AS', 'ROW'))
    draft.other.push(`GENERATED ALWAYS AS ROW ${reader.token()}`);
  else if (reader.take('GENERATED', 'ALWAYS', 'AS') || reader.take('AS')) {
    const expression = reader.parenthesis() ?? '';
    const stored = reader.take('STORED') || reader.take('PERSISTENT');
    if (!stored) reader.take('VIRTUAL');
    draft.generated = { expression, stored };
  } else if (reader.take('NOT', 'NULL')) draft.nullable = false;
  else if (reader.take('NULL')) draft.nullable = true;
  else if (reader.take('DEFAULT')) draft.default = readDefault(reader);
  else if (reader.take('ON', 'UPDATE')) draft.onUpdate = readDefault(reader);
  else if (reader.take('AUTO_INCREMENT')) draft.autoIncrement = true;
  else if (reader.take('COMMENT')) draft.comment = unquoteString(reader.token());
  else if (reader.take('INVISIBLE')) draft.invisible = true;
  else if (reader.take('CHECK')) draft.check = reader.parenthesis();
  else if (reader.take('WITHOUT', 'SYSTEM', 'VERSIONING')) draft.other.push('WITHOUT SYSTEM VERSIONING');
  else if (reader.peek() === '`') {
    // Engine-defined attribute: `name`=value.
    let attribute = reader.token();
    if (reader.takeSymbol('=')) attribute += `=${reader.token()}`;
    draft.other.push(attribute);
  } else draft.other.push(reader.token());
}

/** `/*!80023 INVISIBLE *\/` says the same as the words inside, to servers that know them. */
function readComment(reader: Reader, draft: Draft): void {
  const comment = reader.token();
  const inside = /^\/\*M?!\d*\s*([\s\S]*?)\s*\*\/$/.exec(comment)?.[1] ?? '';
  if (/^INVISIBLE$/i.test(inside)) draft.invisible = true;
  else draft.other.push(inside);
}

/** A literal with its prefix or sign, a function call, or a parenthesis; as SQL text. */
function readDefault(reader: Reader): string {
  reader.skipSpace();
  const start = reader.position;
  const first = reader.token();
  if (first === '-' || first === '+') reader.token();
  if (/^[\w.`]/.test(first)) {
    // _utf8mb4'x', b'1', nextval(`db`.`s`), current_timestamp(6)
    if (reader.text[reader.position] === "'") reader.token();
    while (reader.text[reader.position] === '.' || reader.text[reader.position] === '`') reader.token();
    if (reader.text[reader.position] === '(') reader.token();
  }
  return reader.text.slice(start, reader.position);
}
