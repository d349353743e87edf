import { type Dialect, javascript, OpenString, python, ruby, type Token, tokens } from './codeTokens.ts';
import {
  type ConfigDocument,
  type Edit,
  endOfLine,
  type Format,
  lineAt,
  lineEnd,
  type Setting,
  unparsable,
} from './format.ts';

/**
 * Settings that are programs: Django's `settings.py`, Rails' `config/environments/production.rb`, `config.js`. What is
 * assigned to a name, and what stands under a name in a dictionary, a hash, an object or an argument, is a setting where
 * it is a literal or reads an environment variable; the program around it stays byte for byte.
 */
const format = (dialect: Dialect): Format => ({
  name: dialect.name,
  isProgram: true,
  parse(text, file) {
    try {
      const walk: Walk = { text, tokens: tokens(text, dialect), settings: [] };
      visit(walk, 0, walk.tokens.length, []);
      return document(text, walk.settings, dialect);
    } catch (error) {
      if (error instanceof OpenString) throw unparsable(file, lineAt(text, error.offset), error.message);
      throw error;
    }
  },
});

export const pythonFormat = format(python);
export const rubyFormat = format(ruby);
export const javascriptFormat = format(javascript);

interface Walk {
  text: string;
  tokens: readonly Token[];
  settings: Setting[];
}

function visit(walk: Walk, from: number, to: number, path: readonly string[]): void {
  for (let at = from; at < to; ) {
    const key = keyAt(walk.tokens, at, to);
    if (key === undefined) {
      at++;
      continue;
    }
    const end = expressionEnd(walk.tokens, key.value, to);
    take(walk, key.value, end, [...path, ...key.names]);
    at = Math.max(end, at + 1);
  }
}

/** A name with `=`, `:` or `=>` behind it: what it is called, and where its value begins. */
function keyAt(
  all: readonly Token[],
  at: number,
  to: number,
): { names: string[]; value: number } | undefined {
  const first = all[at];
  const next = all[at + 1];
  if (first === undefined || next === undefined || at + 1 >= to) return undefined;
  const name = first.kind === 'string' ? first.value : first.text.replace(/^:/, '');
  const named = first.kind === 'string' || first.kind === 'word' || first.kind === 'symbol';
  if (named && name !== undefined && (next.text === '=>' || (next.text === ':' && first.kind !== 'symbol')))
    return { names: [name], value: at + 2 };
  if (first.kind !== 'word') return undefined;
  const names = [first.text];
  let behind = at + 1;
  for (; behind + 1 < to; ) {
    const [mark, part, close] = [all[behind], all[behind + 1], all[behind + 2]];
    if (/^(\.|::)$/.test(mark?.text ?? '') && part?.kind === 'word') {
      names.push(part.text);
      behind += 2;
    } else if (
      mark?.text === '[' &&
      close?.text === ']' &&
      (part?.kind === 'string' || part?.kind === 'symbol')
    ) {
      names.push(part.value ?? part.text.replace(/^:/, ''));
      behind += 3;
    } else break;
  }
  if (!/^(=|\|\|=|\?\?=)$/.test(all[behind]?.text ?? '')) return undefined;
  // What is put into the environment is a variable of that name.
  const variable = /^(ENV|os\.environ|process\.env)\.(\w+)$/.exec(names.join('.'))?.[2];
  return { names: variable === undefined ? names : [variable], value: behind + 1 };
}

const opening = new Set(['(', '[', '{']);
const closing = new Set([')', ']', '}']);
const continues = /^([=+|&?:,([{.]|\|\||&&|\?\?|=>)$/;

/** Behind the last token of the expression: it ends at a comma, a semicolon, a bracket that it did not open, or its line. */
function expressionEnd(all: readonly Token[], from: number, to: number): number {
  let depth = 0;
  for (let at = from; at < to; at++) {
    const token = all[at];
    if (token === undefined) break;
    if (token.kind === 'mark' && opening.has(token.text)) depth++;
    else if (token.kind === 'mark' && closing.has(token.text)) {
      if (--depth < 0) return at;
    } else if (depth > 0) continue;
    else if (token.text === ',' || token.text === ';') return at;
    else if (token.kind === 'newline') {
      const before = all[at - 1]?.text ?? '';
      const after = all[at + 1]?.text ?? '';
      if (at > from && !continues.test(before) && !/^(\.|\|\||&&|\?\?|\?)$/.test(after)) return at;
    }
  }
  return to;
}

/** Where an environment variable is read, in each language's and the usual libraries' ways. */
const reader =
  /\bprocess\.env\.(\w+)|\bprocess\.env\[\s*['"](\w+)|\bENV(?:\.fetch\(|\[)\s*['"](\w+)|\bos\.(?:environ(?:\.get\(|\[)|getenv\()\s*['"](\w+)|\b(?:env|config|getenv)(?:\.\w+)?\(\s*['"](\w+)/;

function take(walk: Walk, from: number, to: number, path: readonly string[]): void {
  const parts = walk.tokens.slice(from, to).filter(token => token.kind !== 'newline');
  const [first, last] = [parts[0], parts.at(-1)];
  if (first === undefined || last === undefined) return;
  const add = (
    value: string | undefined,
    type: Setting['type'],
    reads?: Pick<Setting, 'reads' | 'fallback'>,
  ) =>
    walk.settings.push({
      path: path.filter(part => part !== ''),
      value,
      type,
      ...reads,
      start: first.start,
      end: last.end,
      line: lineAt(walk.text, first.start),
    });
  const text = literal(withoutParentheses(parts));
  if (text !== undefined) return void add(text.value, text.type);
  const variable = opening.has(first.text)
    ? undefined
    : reader.exec(walk.text.slice(first.start, last.end))?.slice(1).find(Boolean);
  if (variable !== undefined) {
    const fallback = parts.filter(({ kind }) => kind === 'string').at(-1)?.value;
    const isFallback = fallback !== undefined && fallback !== variable;
    add(undefined, 'string', { reads: variable, ...(isFallback && { fallback }) });
  } else visit(walk, from, to, path);
}

/** `("a" "b")`, as long lines are broken. */
function withoutParentheses(parts: readonly Token[]): readonly Token[] {
  return parts.length > 2 && parts[0]?.text === '(' && parts.at(-1)?.text === ')'
    ? parts.slice(1, -1)
    : parts;
}

/** A literal, or strings that are joined; `undefined` for anything else. */
function literal(parts: readonly Token[]): { value: string | undefined; type: Setting['type'] } | undefined {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) {
    if (only.kind === 'number') return { value: only.text, type: 'number' };
    if (only.kind === 'symbol') return { value: only.text.slice(1), type: 'string' };
    if (only.kind === 'word') {
      if (/^(true|false)$/i.test(only.text)) return { value: only.text, type: 'boolean' };
      return /^(None|nil|null|undefined)$/.test(only.text) ? { value: '', type: 'null' } : undefined;
    }
  }
  const strings = parts.filter(({ kind, text }) => !(kind === 'mark' && text === '+'));
  if (!strings.every(({ kind }) => kind === 'string')) return undefined;
  const values = strings.map(({ value }) => value);
  // Something is filled in: what it holds is not known before it runs.
  return { value: values.includes(undefined) ? undefined : values.join(''), type: 'string' };
}

function document(text: string, settings: Setting[], dialect: Dialect): ConfigDocument {
  const written = (value: string) => (/^(0|[1-9]\d*)$/.test(value) ? value : quoted(value, "'", dialect));
  return {
    settings,
    encode(setting, value) {
      const raw = text.slice(setting.start, setting.end);
      if ((setting.type !== 'string' || setting.value === undefined) && /^(\d+|true|false)$/i.test(value))
        return value;
      if (raw.startsWith(':') && /^\w+$/.test(value)) return `:${value}`;
      return quoted(value, /^\w*"/.test(raw) ? '"' : "'", dialect);
    },
    insertAfter(setting, key, value): Edit | undefined {
      const head = text.slice(text.lastIndexOf('\n', setting.start - 1) + 1, setting.start);
      const within =
        /(?<quote>['"])[\w.-]+\k<quote>(?<mark>\s*(?::|=>)\s*)$/.exec(head) ??
        /(?<colon>:?)\b\w+(?<mark>\s*(?::|=>)\s*)$/.exec(head) ??
        /[(,]\s*\w+(?<mark>\s*=\s*)$/.exec(head);
      if (within?.groups) {
        const { quote = '', colon = '', mark = '' } = within.groups;
        const name = `${quote}${colon}${key}${quote}${mark}`;
        return { start: setting.end, end: setting.end, text: `, ${name}${written(value)}` };
      }
      const statement = /^(\s*(?:(?:const|let|var)\s+)?(?:[\w$]+\.)*)[\w$]+(\s*=\s*)$/.exec(head);
      if (!statement) return undefined;
      const { at } = lineEnd(text, setting.end);
      const semicolon = /^\s*;/.test(text.slice(setting.end)) ? ';' : '';
      const gap = text.endsWith('\n') || at < text.length ? '' : endOfLine(text);
      const line = `${gap}${statement[1]}${key}${statement[2]}${written(value)}${semicolon}${endOfLine(text)}`;
      return { start: at, end: at, text: line };
    },
    append: () => undefined,
  };
}

function quoted(value: string, quote: "'" | '"', dialect: Dialect): string {
  const plain = value.replace(new RegExp(`[\\\\${quote}]`, 'g'), '\\$&');
  if (!/[\n\r]/.test(plain))
    return `${quote}${quote === '"' ? plain.replaceAll('#{', '\\#{') : plain}${quote}`;
  return quote === "'" && dialect.symbols
    ? quoted(value, '"', dialect)
    : `${quote}${plain.replaceAll('\n', '\\n').replaceAll('\r', '\\r')}${quote}`;
}
