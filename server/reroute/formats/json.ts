import { type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import { type ConfigDocument, type Edit, type Format, lineAt, type Setting, unparsable } from './format.ts';

/** JSON, with comments and trailing commas where a file has them. */
export const json: Format = { name: 'json', parse };

function parse(text: string, file: string): ConfigDocument {
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true });
  const first = errors[0];
  if (first) throw unparsable(file, lineAt(text, first.offset), words(printParseErrorCode(first.error)));
  const settings: Setting[] = [];
  if (root) collect(text, root, [], settings);
  return {
    settings,
    encode: (setting, value) => literal(setting, value),
    insertAfter(setting, key, value): Edit {
      return { start: setting.end, end: setting.end, text: `, ${JSON.stringify(key)}: ${typed(value)}` };
    },
    append: () => undefined,
  };
}

function collect(text: string, node: Node, path: readonly string[], settings: Setting[]): void {
  if (node.type === 'object') {
    for (const property of node.children ?? []) {
      const [key, value] = property.children ?? [];
      if (key && value) collect(text, value, [...path, String(key.value)], settings);
    }
  } else if (node.type === 'array') {
    for (const child of node.children ?? []) collect(text, child, path, settings);
  } else if (node.type !== 'property') {
    settings.push({
      path,
      value: node.value === null ? '' : String(node.value),
      type: node.type,
      start: node.offset,
      end: node.offset + node.length,
      line: lineAt(text, node.offset),
    });
  }
}

function literal(setting: Setting, value: string): string {
  return setting.type === 'string' ? JSON.stringify(value) : typed(value);
}

function typed(value: string): string {
  return /^(-?(0|[1-9]\d*)|true|false|null)$/.test(value) ? value : JSON.stringify(value);
}

/** `InvalidSymbol` → `invalid symbol`. */
function words(code: string): string {
  return code.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
}
