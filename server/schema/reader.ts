/**
 * Reads the SQL that servers print: quoted names, strings with backslashes, nested parentheses, version comments. Lenient about
 * keywords, exact about where things end.
 */
export class Reader {
  readonly text: string;
  position: number;

  constructor(text: string, position = 0) {
    this.text = text;
    this.position = position;
  }

  get done(): boolean {
    this.skipSpace();
    return this.position >= this.text.length;
  }

  skipSpace(): void {
    while (/\s/.test(this.text[this.position] ?? '')) this.position++;
  }

  peek(): string {
    this.skipSpace();
    return this.text[this.position] ?? '';
  }

  /** The word at the position, in upper case, without reading it. */
  peekWord(): string {
    this.skipSpace();
    return wordAt(this.text, this.position).toUpperCase();
  }

  /** Reads these words if all of them follow. */
  take(...words: string[]): boolean {
    const start = this.position;
    for (const word of words) {
      this.skipSpace();
      const found = wordAt(this.text, this.position);
      if (found.toUpperCase() !== word) {
        this.position = start;
        return false;
      }
      this.position += found.length;
    }
    return true;
  }

  takeSymbol(symbol: string): boolean {
    this.skipSpace();
    if (!this.text.startsWith(symbol, this.position)) return false;
    this.position += symbol.length;
    return true;
  }

  /** Reads one token verbatim: a word, a number, a string, a quoted name, a balanced parenthesis, a comment or a symbol. */
  token(): string {
    this.skipSpace();
    const start = this.position;
    this.position = tokenEnd(this.text, start);
    return this.text.slice(start, this.position);
  }

  /** Reads a name, quoted or not, and returns it without quotes. */
  name(): string {
    return unquoteName(this.token());
  }

  /** Reads a balanced parenthesis and returns what is inside, trimmed; null where none follows. */
  parenthesis(): string | null {
    if (this.peek() !== '(') return null;
    return this.token().slice(1, -1).trim();
  }

  rest(): string {
    return this.text.slice(this.position).trim();
  }
}

const wordPattern = /[\p{L}\p{N}_$.]+/uy;

function wordAt(text: string, position: number): string {
  wordPattern.lastIndex = position;
  return wordPattern.exec(text)?.[0] ?? '';
}

/** Position behind the token that starts at `start` (not at white space). */
export function tokenEnd(text: string, start: number): number {
  const first = text[start];
  if (first === undefined) return start;
  if (first === '`' || first === "'" || first === '"') return quoteEnd(text, start, first);
  if (first === '(') {
    let position = start + 1;
    while (position < text.length && text[position] !== ')') position = tokenEnd(text, position);
    return Math.min(position + 1, text.length);
  }
  if (text.startsWith('/*', start)) {
    const end = text.indexOf('*/', start + 2);
    return end === -1 ? text.length : end + 2;
  }
  if (first === '#' || /^--\s/.test(text.slice(start, start + 3))) {
    const end = text.indexOf('\n', start);
    return end === -1 ? text.length : end + 1;
  }
  return start + (wordAt(text, start).length || (first >= '\ud800' && first <= '\udbff' ? 2 : 1));
}

function quoteEnd(text: string, start: number, quote: string): number {
  for (let position = start + 1; position < text.length; position++) {
    const character = text[position];
    if (character === '\\' && quote !== '`') position++;
    else if (character === quote) {
      if (text[position + 1] !== quote) return position + 1;
      position++;
    }
  }
  return text.length;
}

/** Splits at commas that are in no parenthesis and no quotes; the pieces are trimmed. */
export function splitCommas(text: string): string[] {
  const pieces: string[] = [];
  let start = 0;
  let position = 0;
  while (position < text.length) {
    if (text[position] === ',') {
      pieces.push(text.slice(start, position).trim());
      start = ++position;
    } else position = tokenEnd(text, position);
  }
  const last = text.slice(start).trim();
  if (last !== '') pieces.push(last);
  return pieces;
}

export function unquoteName(token: string): string {
  const quote = token[0];
  if (quote !== '`' && quote !== '"') return token;
  return token.slice(1, -1).replaceAll(quote + quote, quote);
}

const escapes: Record<string, string> = { n: '\n', r: '\r', t: '\t', '0': '\0', Z: '\x1a', b: '\b' };

/** The value of a quoted string as the server prints it with backslash escapes. */
export function unquoteString(token: string): string {
  return token
    .slice(1, -1)
    .replace(/\\(.)|''/gsu, (whole, escaped: string | undefined) =>
      escaped === undefined ? (whole[0] ?? '') : (escapes[escaped] ?? escaped),
    );
}

/** Applies `change` to each quoted or bare word outside strings; for renaming and for leaving out database names. */
export function mapTokens(text: string, change: (token: string, position: number) => string): string {
  let result = '';
  let position = 0;
  while (position < text.length) {
    // Parentheses are walked into, token by token.
    const end = text[position] === '(' ? position + 1 : tokenEnd(text, position);
    result += change(text.slice(position, end), position);
    position = end;
  }
  return result;
}

/** Leaves out `` `database`. `` in front of names, so that the text means the same in a database of another name. */
export function withoutDatabase(text: string, database: string): string {
  const quoted = `\`${database.replaceAll('`', '``')}\``;
  if (!text.includes(`${quoted}.`)) return text;
  let skip = false;
  return mapTokens(text, (token, position) => {
    if (skip && token === '.') {
      skip = false;
      return '';
    }
    if (token === quoted && text[position + token.length] === '.' && text[position - 1] !== '.') {
      skip = true;
      return '';
    }
    return token;
  });
}
