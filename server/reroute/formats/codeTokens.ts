/** One piece of a program's text, as far as settings can be told from it. */
export interface Token {
  kind: 'string' | 'word' | 'number' | 'symbol' | 'mark' | 'newline';
  text: string;
  /** What a string holds; `undefined` when something is filled in. */
  value?: string;
  start: number;
  end: number;
}

/** How a language writes comments and strings. */
export interface Dialect {
  name: string;
  comments: readonly RegExp[];
  /** The opening quote with what may stand before it. */
  quote: RegExp;
  /** What fills in a string between these quotes. */
  filledIn(opening: string): RegExp | undefined;
  symbols: boolean;
  regularExpressions: boolean;
}

export const python: Dialect = {
  name: 'Python',
  comments: [/#[^\n]*/y],
  quote: /[rRbBuUfF]{0,2}("""|'''|"|')/y,
  filledIn: opening => (/f/i.test(opening) ? /\{/ : undefined),
  symbols: false,
  regularExpressions: false,
};

export const ruby: Dialect = {
  name: 'Ruby',
  comments: [/#[^\n]*/y, /^=begin\b[\s\S]*?^=end\b[^\n]*/my],
  quote: /("|')/y,
  filledIn: opening => (opening === '"' ? /#\{/ : undefined),
  symbols: true,
  regularExpressions: false,
};

export const javascript: Dialect = {
  name: 'JavaScript',
  comments: [/\/\/[^\n]*/y, /\/\*[\s\S]*?\*\//y],
  quote: /("|'|`)/y,
  filledIn: opening => (opening === '`' ? /\$\{/ : undefined),
  symbols: false,
  regularExpressions: true,
};

const heredoc = /<<[~-]?(['"]?)([A-Z_]{2,})\1[^\n]*\n[\s\S]*?^[ \t]*\2$/my;
const marks = /===|!==|=>|==|!=|<=|>=|\|\|=|&&=|\?\?=|\?\?|\|\||&&|::|[^\s\w]/y;

/** Thrown for a string that never ends: `offset` is where it begins. */
export class OpenString extends Error {
  readonly offset: number;
  constructor(offset: number) {
    super('a quote is opened and never closed');
    this.offset = offset;
  }
}

/** Throws {@link OpenString}. */
export function tokens(text: string, dialect: Dialect): Token[] {
  const found: Token[] = [];
  let at = 0;
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0];
  };
  const push = (kind: Token['kind'], length: number, value?: string) => {
    const piece = text.slice(at, at + length);
    found.push({ kind, text: piece, start: at, end: at + length, ...(value !== undefined && { value }) });
    at += length;
  };
  while (at < text.length) {
    const skipped =
      match(/(?:[^\S\n]|\\\r?\n)+/y) ??
      dialect.comments.map(match).find(one => one !== undefined) ??
      (dialect.symbols ? match(heredoc) : undefined);
    if (skipped !== undefined) {
      at += skipped.length;
      continue;
    }
    const opened = match(dialect.quote);
    if (text[at] === '\n') push('newline', 1);
    else if (opened !== undefined) {
      const { end, value } = stringAt(text, at, opened, dialect);
      push('string', end - at, value);
    } else if (dialect.regularExpressions && text[at] === '/' && opensExpression(found.at(-1)))
      at += match(/\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n])*\/\w*/y)?.length ?? 1;
    else {
      const symbol = dialect.symbols && found.at(-1)?.text !== ':' ? match(/:[A-Za-z_]\w*/y) : undefined;
      const [kind, piece] = symbol === undefined ? plain(match) : (['symbol', symbol] as const);
      push(kind, piece.length);
    }
  }
  return found;
}

function plain(match: (pattern: RegExp) => string | undefined): ['number' | 'word' | 'mark', string] {
  const number = match(/\d[\w.]*/y);
  if (number !== undefined) return ['number', number];
  const word = match(/[\w$]+/y);
  return word === undefined ? ['mark', match(marks) ?? ' '] : ['word', word];
}

/** Whether a slash after this token begins a regular expression, not a division. */
function opensExpression(before: Token | undefined): boolean {
  if (before === undefined || before.kind === 'newline') return true;
  if (before.kind === 'word')
    return /^(return|case|typeof|in|of|await|yield|void|do|else)$/.test(before.text);
  return before.kind === 'mark' && !/^[)\]}]$/.test(before.text);
}

function stringAt(
  text: string,
  start: number,
  opening: string,
  dialect: Dialect,
): { end: number; value: string | undefined } {
  const quote = /("""|'''|"|'|`)$/.exec(opening)?.[0] ?? '"';
  const many = quote.length === 3 || quote === '`' || dialect.symbols;
  const raw = /r/i.test(opening.slice(0, -quote.length));
  for (let at = start + opening.length; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (quote === '`' && text.startsWith('${', at)) at = embeddedEnd(text, at + 2, dialect);
    else if (text.startsWith(quote, at)) {
      const inner = text.slice(start + opening.length, at);
      const computed = dialect.filledIn(opening)?.test(inner) === true;
      return {
        end: at + quote.length,
        value: computed ? undefined : raw ? inner : unescaped(inner, quote, dialect),
      };
    } else if (text[at] === '\n' && !many) break;
  }
  throw new OpenString(start);
}

/** The brace that ends what is filled in: it may hold strings, and templates in their turn. */
function embeddedEnd(text: string, from: number, dialect: Dialect): number {
  let depth = 1;
  for (let at = from; at < text.length; at++) {
    const letter = text[at] ?? '';
    if (letter === '{') depth++;
    else if (letter === '}' && --depth === 0) return at;
    else if (/["'`]/.test(letter)) at = stringAt(text, at, letter, dialect).end - 1;
  }
  throw new OpenString(from);
}

function unescaped(inner: string, quote: string, dialect: Dialect): string {
  // Ruby's single quotes know two escapes only.
  if (dialect.symbols && quote === "'") return inner.replace(/\\([\\'])/g, '$1');
  return inner.replace(
    /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]+)\}|(\r?\n)|([\s\S]))/g,
    (_, hex, four, braced, newline, letter: string) => {
      const code = hex ?? four ?? braced;
      if (code !== undefined) return String.fromCodePoint(Number.parseInt(code, 16));
      if (newline !== undefined) return '';
      return ({ n: '\n', r: '\r', t: '\t', '0': '\0' } as Record<string, string>)[letter] ?? letter;
    },
  );
}
