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

/** INI, `.cnf` and Java `.properties`: `[section]`, `key = value`, comments with `;`, `#` or `!`. */
export const ini: Format = { name: 'ini', parse };

function parse(text: string, file: string): ConfigDocument {
  const settings: Setting[] = [];
  const comments = file.endsWith('.properties') ? /^\s*([#!]|$)/ : /^\s*([;#]|$)/;
  let section: string[] = [];
  for (let at = 0; at < text.length; at = lineEnd(text, at).at) {
    const line = /^[^\r\n]*/.exec(text.slice(at, lineEnd(text, at).at))?.[0] ?? '';
    if (comments.test(line) || /^\s*!include/.test(line)) continue;
    if (/^\s*\[/.test(line)) {
      const name = /^\s*\[([^\]]+)\]\s*([;#].*)?$/.exec(line)?.[1];
      if (name === undefined)
        throw unparsable(file, lineAt(text, at), 'a section is opened and never closed');
      section = [name.trim()];
      continue;
    }
    const match = /^(\s*)([^=:\s][^=]*?)(\s*=\s*)/.exec(line) ?? /^(\s*)([^=:\s]+)(\s*:\s*)/.exec(line);
    if (!match?.[2]) {
      // A name without a value (`skip-networking`) is a switch.
      if (/^\s*[\w.-]+\s*$/.test(line)) continue;
      throw unparsable(file, lineAt(text, at), 'neither a section, key = value nor a comment');
    }
    const start = at + match[0].length;
    const end = start + valueLength(line.slice(match[0].length), file, lineAt(text, at));
    const raw = text.slice(start, end);
    settings.push({
      path: [
        ...section,
        ...match[2]
          .trim()
          .replace(/\[\w*\]$/, '')
          .split('.'),
      ],
      value: /\$\{|%\(/.test(raw) ? undefined : unquote(raw),
      type: /^["']/.test(raw) ? 'string' : typeOf(raw),
      start,
      end,
      line: lineAt(text, start),
    });
  }
  const eol = endOfLine(text);
  return {
    settings,
    encode: (setting, value) => encode(value, text[setting.start], file),
    insertAfter(setting, key, value): Edit {
      const lineStart = text.lastIndexOf('\n', setting.start - 1) + 1;
      const head = text.slice(lineStart, setting.start);
      const separator = /\s*[=:]\s*$/.exec(head)?.[0] ?? '=';
      // `spring.datasource.host` wants `spring.datasource.port` beside it.
      const name = head.slice(0, head.length - separator.length);
      const prefix = /^(.*\.)[^.]*$/.exec(name)?.[1] ?? /^\s*/.exec(name)?.[0] ?? '';
      const { at, broken } = lineEnd(text, setting.end);
      const line = `${prefix}${key}${separator}${encode(value, undefined, file)}`;
      return { start: at, end: at, text: broken ? `${line}${eol}` : `${eol}${line}` };
    },
    append: () => undefined,
  };
}

function valueLength(rest: string, file: string, line: number): number {
  const quote = rest[0];
  if (!file.endsWith('.properties') && (quote === '"' || quote === "'")) {
    for (let at = 1; at < rest.length; at++) {
      if (rest[at] === '\\' && quote === '"') at++;
      else if (rest[at] === quote) return at + 1;
    }
    throw unparsable(file, line, 'a quote is opened and never closed');
  }
  const comment = file.endsWith('.properties') ? -1 : rest.search(/\s[;#]/);
  return (comment === -1 ? rest : rest.slice(0, comment)).trimEnd().length;
}

function unquote(raw: string): string {
  if (raw.startsWith('"')) return raw.slice(1, -1).replace(/\\(["\\])/g, '$1');
  return raw.startsWith("'") ? raw.slice(1, -1) : raw;
}

function encode(value: string, quote: string | undefined, file: string): string {
  if (file.endsWith('.properties')) return value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
  if (quote === "'" && !value.includes("'")) return `'${value}'`;
  const plain = /^[\w./:@%+,-]*$/.test(value);
  return plain && quote !== '"' && quote !== "'" ? value : `"${value.replace(/["\\]/g, '\\$&')}"`;
}
