import { quoteAccount } from './definer.ts';
import { Reader, tokenEnd } from './reader.ts';

export interface StoredText {
  before: string;
  definer: string;
  after: string;
}

/**
 * Splits `CREATE [ALGORITHM=…] DEFINER=`u`@`h` rest` at the definer, which the servers always print. `own` are the accounts
 * that count as the reader's own: their definer becomes `CURRENT_USER`.
 */
export function splitDefiner(sql: string, own: readonly string[]): StoredText {
  const reader = new Reader(sql);
  reader.take('CREATE');
  reader.skipSpace();
  const start = reader.position;
  while (!reader.done && reader.peekWord() !== 'DEFINER') {
    if (/^(VIEW|TRIGGER|PROCEDURE|FUNCTION|EVENT|PACKAGE)$/.test(reader.peekWord()))
      return { before: '', definer: '', after: sql.slice(start) };
    reader.token();
  }
  const before = sql.slice(start, reader.position).trim();
  reader.take('DEFINER');
  reader.takeSymbol('=');
  const user = reader.name();
  let host = '';
  if (reader.takeSymbol('@')) host = reader.name();
  const definer = host === '' ? `\`${user.replaceAll('`', '``')}\`` : quoteAccount(`${user}@${host}`);
  return {
    before,
    definer: own.includes(definer) ? 'CURRENT_USER' : definer,
    after: sql.slice(reader.position).trim(),
  };
}

/** The body of a trigger, from the statement as its author wrote it: what follows FOR EACH ROW and the place in the order. */
export function triggerBody(after: string): string {
  let position = 0;
  const recent: string[] = [];
  while (position < after.length) {
    if (/\s/.test(after[position] ?? '')) {
      position++;
      continue;
    }
    const end = tokenEnd(after, position);
    recent.push(after.slice(position, end).toUpperCase());
    position = end;
    if (recent.slice(-3).join(' ') === 'FOR EACH ROW') break;
  }
  const reader = new Reader(after, position);
  if (reader.take('FOLLOWS') || reader.take('PRECEDES')) reader.token();
  return reader.rest();
}
