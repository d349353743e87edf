import { type AST, ParseError, parseTOML } from 'toml-eslint-parser';
import {
  type ConfigDocument,
  type Edit,
  endOfLine,
  type Format,
  indentOf,
  lineEnd,
  type Setting,
  unparsable,
} from './format.ts';

export const toml: Format = { name: 'toml', parse };

function parse(text: string, file: string): ConfigDocument {
  let program: AST.TOMLProgram;
  try {
    program = parseTOML(text);
  } catch (error) {
    if (error instanceof ParseError) throw unparsable(file, error.lineNumber, error.message, error);
    throw error;
  }
  const settings: Setting[] = [];
  for (const node of program.body[0].body) {
    if (node.type === 'TOMLKeyValue') collect(node.value, keyPath(node.key), settings);
    else
      for (const pair of node.body)
        collect(pair.value, [...keyPath(node.key), ...keyPath(pair.key)], settings);
  }
  const eol = endOfLine(text);
  return {
    settings,
    encode: (setting, value) => encode(value, setting.type),
    insertAfter(setting, key, value): Edit {
      const lineStart = text.lastIndexOf('\n', setting.start - 1) + 1;
      if (text.slice(lineStart, setting.start).includes('{'))
        return { start: setting.end, end: setting.end, text: `, ${key} = ${encode(value, 'number')}` };
      const { at, broken } = lineEnd(text, setting.end);
      const line = `${indentOf(text, setting.start)}${key} = ${encode(value, 'number')}`;
      return { start: at, end: at, text: broken ? `${line}${eol}` : `${eol}${line}` };
    },
    // A key at the end would belong to the last table: a new one stands first.
    append: (key, value) => ({ start: 0, end: 0, text: `${key} = ${encode(value, 'string')}${eol}` }),
  };
}

function keyPath(key: AST.TOMLKey): string[] {
  return key.keys.map(part => (part.type === 'TOMLBare' ? part.name : String(part.value)));
}

function collect(node: AST.TOMLContentNode, path: readonly string[], settings: Setting[]): void {
  if (node.type === 'TOMLInlineTable') {
    for (const pair of node.body) collect(pair.value, [...path, ...keyPath(pair.key)], settings);
  } else if (node.type === 'TOMLArray') {
    for (const element of node.elements) collect(element, path, settings);
  } else {
    settings.push({
      path,
      value: node.kind === 'string' ? node.value : String(node.kind === 'integer' ? node.number : node.value),
      type: node.kind === 'boolean' ? 'boolean' : node.kind === 'string' ? 'string' : 'number',
      start: node.range[0],
      end: node.range[1],
      line: node.loc.start.line,
    });
  }
}

/** A JSON string is a TOML basic string. */
function encode(value: string, type: Setting['type']): string {
  const typed = type !== 'string' && /^(-?(0|[1-9]\d*)|true|false)$/.test(value);
  return typed ? value : JSON.stringify(value).replaceAll('\u007f', '\\u007F');
}
