import type { Column } from './model.ts';
import { Reader } from './reader.ts';

/** The column with its character set and collation written out, so that it means the same in any table. */
export function withExplicitCharset(column: Column): Column {
  if (column.charset === null || column.collation === null) return column;
  const reader = new Reader(column.definition);
  reader.token();
  reader.parenthesis();
  const type = column.definition.slice(0, reader.position);
  for (;;) {
    if (reader.take('CHARACTER', 'SET') || reader.take('CHARSET') || reader.take('COLLATE')) reader.token();
    else break;
  }
  const rest = reader.rest();
  const charset = `CHARACTER SET ${column.charset} COLLATE ${column.collation}`;
  return { ...column, definition: `${type} ${charset}${rest === '' ? '' : ` ${rest}`}` };
}
