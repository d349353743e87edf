import {
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
  type Document as YamlDocument,
} from 'yaml';
import {
  type ConfigDocument,
  type Edit,
  endOfLine,
  type Format,
  lineEnd,
  type Setting,
  unparsable,
} from './format.ts';

/** YAML: only scalars are rewritten; anchors, comments, order and layout stay. */
export const yaml: Format = { name: 'yaml', parse };

function parse(text: string, file: string): ConfigDocument {
  const lines = new LineCounter();
  // `merge`: Rails' `<<: *default` stays what it is; unknown tags (`!secret`, `!env`) are not our business.
  const documents = parseAllDocuments(withoutTemplate(text), {
    lineCounter: lines,
    prettyErrors: false,
    logLevel: 'silent',
  });
  const settings: Setting[] = [];
  for (const document of Array.isArray(documents) ? documents : []) {
    const error = document.errors[0];
    if (error)
      throw unparsable(
        file,
        lines.linePos(error.pos[0]).line,
        error.code.toLowerCase().replaceAll('_', ' '),
        error,
      );
    collect(
      { text, lines, document: document as YamlDocument, settings },
      document.contents as Node | null,
      [],
    );
  }
  return {
    settings,
    encode: (setting, value) => encode(setting, value, text),
    insertAfter: (setting, key, value) => insertAfter(text, setting, key, value),
    append(key, value): Edit | undefined {
      // Only where the file is a plain mapping: behind its last line.
      const top = settings.some(setting => setting.path.length === 1);
      if (!top || (documents as unknown[]).length !== 1) return undefined;
      const gap = text.endsWith('\n') ? '' : endOfLine(text);
      const at = text.length;
      return { start: at, end: at, text: `${gap}${key}: ${scalar(value)}${endOfLine(text)}` };
    },
  };
}

/**
 * Rails' files are templates first: a line of Ruby is no YAML, and what stands in `<%= … %>` may hold quotes, colons and
 * hashes. Every offset stays where it is.
 */
function withoutTemplate(text: string): string {
  return text
    .replace(
      /^([ \t]*)<%(?!=)[^\n]*%>[ \t]*(?=\r?$)/gm,
      (line, indent: string) => indent + '#'.repeat(line.length - indent.length),
    )
    .replace(/<%=([^\n]*?)%>/g, (_, code: string) => `<%=${'x'.repeat(code.length)}%>`);
}

interface Walk {
  text: string;
  lines: LineCounter;
  document: YamlDocument;
  settings: Setting[];
}

function collect(walk: Walk, node: Node | null | undefined, path: readonly string[]): void {
  if (!node) return;
  if (isMap(node)) {
    for (const pair of node.items) {
      if (!isPair(pair)) continue;
      const key = isScalar(pair.key) ? String(pair.key.value) : '';
      // What is merged in is rewritten where it stands.
      if (key !== '<<') collect(walk, pair.value as Node | null, [...path, key]);
    }
  } else if (isSeq(node)) {
    for (const item of node.items) collect(walk, item as Node, path);
  } else if (isScalar(node) && node.range) {
    add(walk, path, node.value, node.range[0], node.range[1]);
  } else if (isAlias(node) && node.range) {
    const target = node.resolve(walk.document);
    if (isScalar(target)) add(walk, path, target.value, node.range[0], node.range[1]);
  }
}

function add(walk: Walk, path: readonly string[], value: unknown, start: number, end: number): void {
  const parsed = value === null || value === undefined ? '' : String(value);
  const text = parsed.includes('<%') ? walk.text.slice(start, end) : parsed;
  walk.settings.push({
    path,
    // ERB of Rails, `%env(X)%` of Symfony and `${X}` of Spring and Compose are computed when the application starts.
    value: /<%|%env\(|\$\{/.test(text) ? undefined : text,
    type:
      typeof value === 'number'
        ? 'number'
        : typeof value === 'boolean'
          ? 'boolean'
          : value === null
            ? 'null'
            : 'string',
    ...reads(text),
    start,
    end,
    line: walk.lines.linePos(start).line,
  });
}

function reads(text: string): { reads?: string } {
  const name =
    /ENV(?:\.fetch\()?\[?\(?["'](\w+)["']/.exec(text)?.[1] ??
    /%env\((?:\w+:)*(\w+)\)%/.exec(text)?.[1] ??
    /\$\{(\w+)/.exec(text)?.[1];
  return name === undefined ? {} : { reads: name };
}

function encode(setting: Setting, value: string, text: string): string {
  const raw = text.slice(setting.start, setting.end);
  // A block scalar owns its line break.
  const tail = /^[|>]/.test(raw) && raw.endsWith('\n') ? endOfLine(text) : '';
  // A value that was missing begins right behind the colon.
  const head = raw === '' && !/\s$/.test(text.slice(0, setting.start)) ? ' ' : '';
  if (/^-?(0|[1-9]\d*)$/.test(value) && setting.type === 'string' && raw !== '' && !raw.startsWith('<%'))
    return `${head}${JSON.stringify(value)}${tail}`;
  return `${head}${scalar(value, raw[0])}${tail}`;
}

function scalar(value: string, quote?: string): string {
  if (quote === "'" && !/[\n\r]/.test(value)) return `'${value.replaceAll("'", "''")}'`;
  if (/^-?(0|[1-9]\d*)$|^(true|false)$/.test(value) && quote !== '"') return value;
  // Plain only where no reader of YAML 1.1 or 1.2 could see anything but a string.
  const plain =
    /^[A-Za-z/][\w./@-]*$|^\d+\.\d+\.\d+\.\d+$/.test(value) &&
    !/^(y|n|yes|no|on|off|true|false|null)$/i.test(value);
  return plain && quote !== '"' ? value : JSON.stringify(value);
}

function insertAfter(text: string, setting: Setting, key: string, value: string): Edit | undefined {
  const lineStart = text.lastIndexOf('\n', setting.start - 1) + 1;
  const head = text.slice(lineStart, setting.start);
  if (/[{[]/.test(head)) return { start: setting.end, end: setting.end, text: `, ${key}: ${scalar(value)}` };
  // `- host: x` continues under `host`, not under the dash.
  const indent = /^[ \t]*(?:- +)*/.exec(head)?.[0].replaceAll('-', ' ') ?? '';
  const raw = text.slice(setting.start, setting.end);
  const end = raw.endsWith('\n') ? { at: setting.end, broken: true } : lineEnd(text, setting.end);
  const line = `${indent}${key}: ${scalar(value)}`;
  const eol = endOfLine(text);
  return { start: end.at, end: end.at, text: end.broken ? `${line}${eol}` : `${eol}${line}` };
}
