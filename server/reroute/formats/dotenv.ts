import {
  type ConfigDocument,
  type Edit,
  endOfLine,
  type Format,
  lineAt,
  lineEnd,
  type Setting,
  typeOf,
  unparsable,
} from './format.ts';

/** `KEY=value` as dotenv, phpdotenv, Symfony, python-dotenv, Foreman and the shell agree on it. */
export const dotenv: Format = { name: 'env', parse };

const assignment = /(^|\n)([ \t]*(?:export[ \t]+)?)([A-Za-z_][\w.-]*)[ \t]*=[ \t]*/g;

function parse(text: string, file: string): ConfigDocument {
  const settings: Setting[] = [];
  const known = new Map<string, string>();
  let at = 0;
  while (at < text.length) {
    const { at: next } = lineEnd(text, at);
    const line = text.slice(at, next).replace(/\r?\n$/, '');
    if (/^\s*(#|$)/.test(line) || /^\s*export\s+[A-Za-z_]\w*\s*$/.test(line)) {
      at = next;
      continue;
    }
    assignment.lastIndex = at === 0 ? 0 : at - 1;
    const match = assignment.exec(text);
    const start = match === null ? -1 : match.index + match[0].length;
    if (match?.[3] === undefined || match.index + (match[1] ?? '').length !== at)
      throw unparsable(file, lineAt(text, at), 'neither KEY=value nor a comment');
    const end = valueEnd(text, start, file);
    const raw = text.slice(start, end);
    const value = decode(raw, known);
    if (value !== undefined) known.set(match[3], value);
    settings.push({
      path: [match[3]],
      value,
      type: raw.startsWith('"') || raw.startsWith("'") ? 'string' : typeOf(raw),
      start,
      end,
      line: lineAt(text, start),
    });
    at = lineEnd(text, end).at;
  }
  const eol = endOfLine(text);
  return {
    settings,
    encode: (setting, value) => encode(value, text[setting.start]),
    insertAfter(setting, key, value): Edit {
      const { at: place, broken } = lineEnd(text, setting.end);
      const exported = /\bexport[ \t]+$/.test(
        text.slice(0, setting.start).replace(/[\w.-]+[ \t]*=[ \t]*$/, ''),
      );
      const line = `${exported ? 'export ' : ''}${key}=${encode(value)}`;
      return { start: place, end: place, text: broken ? `${line}${eol}` : `${eol}${line}` };
    },
    append(key, value): Edit {
      const gap = text === '' || text.endsWith('\n') ? '' : eol;
      return { start: text.length, end: text.length, text: `${gap}${key}=${encode(value)}${eol}` };
    },
  };
}

/** Where a value ends: at its closing quote, or before a comment and the line's end. */
function valueEnd(text: string, start: number, file: string): number {
  const quote = text[start];
  if (quote === '"' || quote === "'" || quote === '`') {
    for (let at = start + 1; at < text.length; at++) {
      if (text[at] === '\\' && quote === '"') at++;
      else if (text[at] === quote) return at + 1;
    }
    throw unparsable(file, lineAt(text, start), 'a quote is opened and never closed');
  }
  const line = /^[^\r\n]*/.exec(text.slice(start))?.[0] ?? '';
  const comment = line.search(/(^|\s)#/);
  return start + (comment === -1 ? line : line.slice(0, comment)).trimEnd().length;
}

function decode(raw: string, known: ReadonlyMap<string, string>): string | undefined {
  const quote = raw[0];
  if (quote === "'" || quote === '`') return raw.slice(1, -1);
  let value = raw;
  if (quote === '"')
    value = raw
      .slice(1, -1)
      .replace(/\\([nrt"\\$])/g, (_, letter: string) => ({ n: '\n', r: '\r', t: '\t' })[letter] ?? letter);
  if (/\$\(/.test(value)) return undefined;
  let computed = false;
  const filled = value.replace(/\$\{(\w+)(?::?-([^}]*))?\}|\$(\w+)/g, (all, braced, fallback, bare) => {
    const found = known.get(braced ?? bare) ?? fallback;
    // A dollar sign in a password is no reference: only braces count when the name is unknown.
    if (found === undefined && braced !== undefined) computed = true;
    return found ?? all;
  });
  return computed ? undefined : filled;
}

function encode(value: string, quote?: string): string {
  const plain = /^[\w./:@%+,=?&;~^-]*$/.test(value);
  if (plain && quote !== '"' && quote !== "'" && quote !== '`') return value;
  if (!value.includes("'") && !value.includes('\n') && (quote === "'" || !plain)) return `'${value}'`;
  return `"${value.replace(/[\\"$]/g, '\\$&').replaceAll('\n', '\\n')}"`;
}
