import phpParser from 'php-parser';
import {
  type ConfigDocument,
  type Edit,
  endOfLine,
  type Format,
  indentOf,
  lineAt,
  lineEnd,
  type Setting,
  unparsable,
} from './format.ts';
import { evaluate, isNode, isReader, list, nameOf, type PhpNode, readsVariable } from './phpNodes.ts';

/** PHP: `define()`, `const`, arrays, assignments, class properties and arguments; only values are rewritten. */
export const php: Format = { name: 'php', parse };

/** Arguments without names that are settings all the same. */
const positional: Readonly<Record<string, readonly string[]>> = {
  pdo: ['dsn', 'user', 'password'],
  mysqli: ['host', 'user', 'password', 'database', 'port', 'socket'],
  mysqli_connect: ['host', 'user', 'password', 'database', 'port', 'socket'],
  mysqli_real_connect: ['', 'host', 'user', 'password', 'database', 'port', 'socket'],
};

function parse(text: string, file: string): ConfigDocument {
  const program = parseProgram(text, file);
  const settings: Setting[] = [];
  visit({ text, settings }, program, []);
  return {
    settings,
    encode(setting, value) {
      const raw = text.slice(setting.start, setting.end);
      const bare = setting.type !== 'string' || (raw !== '' && !/^['"]/.test(raw));
      return bare && /^(-?(0|[1-9]\d*)|true|false|null)$/i.test(value) ? value : quote(value);
    },
    insertAfter: (setting, key, value) => insertAfter(text, setting, key, value),
    append: (key, value) => append(text, program, key, value),
  };
}

function parseProgram(text: string, file: string): PhpNode {
  const engine = new phpParser.Engine({
    parser: { extractDoc: false, suppressErrors: false, version: '8.4' },
    ast: { withPositions: true },
    lexer: { short_tags: true },
  });
  try {
    return engine.parseCode(text, file) as unknown as PhpNode;
  } catch (error) {
    const line = error instanceof Error && 'lineNumber' in error ? Number(error.lineNumber) : 1;
    throw unparsable(file, line, error instanceof Error ? error.message : 'syntax error', error);
  }
}

interface Walk {
  text: string;
  settings: Setting[];
}

/** Walks every node; `path` names the place in arrays and assignments. */
function visit(walk: Walk, node: PhpNode, path: readonly string[]): void {
  switch (node.kind) {
    case 'assign':
      take(walk, node['right'], target(node['left']));
      break;
    case 'property':
    case 'constant':
      take(walk, node['value'], [nameOf(node['name'])]);
      break;
    case 'entry':
      take(walk, node['value'], isNode(node['key']) ? [...path, evaluate(node['key']) ?? ''] : path);
      break;
    case 'call':
    case 'new':
      call(walk, node, path);
      break;
    case 'array':
      for (const item of list(node['items'])) visit(walk, item, path);
      break;
    default:
      for (const child of children(node)) visit(walk, child, path);
  }
}

function call(walk: Walk, node: PhpNode, path: readonly string[]): void {
  const name = nameOf(node['what']);
  const values = list(node['arguments']);
  const [first, second] = values;
  if (isReader(name)) return;
  if (name.toLowerCase() === 'define' && first && second) {
    take(walk, second, [evaluate(first) ?? '']);
    return;
  }
  const names = positional[name.toLowerCase()];
  for (const [index, value] of values.entries()) {
    // `write('Datasources.default', […])`: the name before it says what an array is.
    const before = index > 0 && value.kind === 'array' && first ? (evaluate(first) ?? '').split('.') : [name];
    take(walk, value, names ? [name, names[index] ?? ''] : [...path, ...before]);
  }
}

/** A value: an array is looked into, anything else is a setting of its own. */
function take(walk: Walk, value: unknown, path: readonly string[]): void {
  if (!isNode(value)) return;
  const isConnecting =
    (value.kind === 'call' || value.kind === 'new') && nameOf(value['what']).toLowerCase() in positional;
  if (value.kind === 'array' || value.kind === 'assign' || isConnecting) {
    visit(walk, value, path);
    return;
  }
  const literal = evaluate(value);
  const { start, end } = value.loc;
  const reads = readsVariable(value);
  walk.settings.push({
    path: path.filter(part => part !== ''),
    value: literal,
    type:
      value.kind === 'number'
        ? 'number'
        : value.kind === 'boolean'
          ? 'boolean'
          : value.kind === 'nullkeyword'
            ? 'null'
            : 'string',
    ...(reads !== undefined && { reads }),
    ...fallbackOf(value),
    start: start.offset,
    end: end.offset,
    line: lineAt(walk.text, start.offset),
  });
  // What an expression is made of may hold arrays and secrets of its own.
  if (literal === undefined)
    for (const child of children(value)) if (child.kind !== 'string') visit(walk, child, path);
}

/** `env('X', 'y')`, `getenv('X') ?: 'y'`, `$_ENV['X'] ?? 'y'`: `y`. */
function fallbackOf(node: PhpNode): { fallback?: string } {
  const second = node.kind === 'call' ? list(node['arguments'])[1] : (node['right'] ?? node['falseExpr']);
  const fallback = isNode(second) ? evaluate(second) : undefined;
  return fallback === undefined ? {} : { fallback };
}

function children(node: PhpNode): PhpNode[] {
  return Object.entries(node).flatMap(([key, value]) =>
    key === 'loc' ? [] : Array.isArray(value) ? value.filter(isNode) : isNode(value) ? [value] : [],
  );
}

/** `$databases['default']['default']` → `['databases', 'default', 'default']`; `$cfg->host` → `['cfg', 'host']`. */
function target(node: unknown): string[] {
  if (!isNode(node)) return [];
  if (node.kind === 'offsetlookup')
    return [...target(node['what']), isNode(node['offset']) ? (evaluate(node['offset']) ?? '') : ''];
  if (node.kind === 'propertylookup' || node.kind === 'staticlookup')
    return [...target(node['what']), nameOf(node['offset'])];
  return [nameOf(node)];
}

function quote(value: string): string {
  return `'${value.replace(/[\\']/g, '\\$&')}'`;
}

function insertAfter(text: string, setting: Setting, key: string, value: string): Edit | undefined {
  const lineStart = text.lastIndexOf('\n', setting.start - 1) + 1;
  const head = text.slice(lineStart, setting.start);
  const written = /^\d+$/.test(value) ? value : quote(value);
  if (/=>\s*$/.test(head))
    return { start: setting.end, end: setting.end, text: `, ${quote(key)} => ${written}` };
  const statement = statementBeside(head, quote(key), key, written);
  if (statement === undefined || !/^\s*\)?\s*;/.test(text.slice(setting.end))) return undefined;
  const { at } = lineEnd(text, setting.end);
  return { start: at, end: at, text: statement + endOfLine(text) };
}

/** A whole statement like the one that `head` begins: an assignment, a constant, a property. */
function statementBeside(head: string, quoted: string, key: string, value: string): string | undefined {
  const assigned = /^(\s*\$\w+(?:\[\s*['"][^'"\]]*['"]\s*\])*)\[\s*['"][\w.-]+['"]\s*\]\s*=\s*$/.exec(head);
  if (assigned) return `${assigned[1]}[${quoted}] = ${value};`;
  // `$db_host = …;`, `$CFG->dbhost = …;`
  const variable = /^(\s*\$(?:\w+->)?)\w+\s*=\s*$/.exec(head);
  if (variable) return `${variable[1]}${key} = ${value};`;
  const property = /^(\s*(?:(?:public|protected|private|var|static|const)\s+)+\$?)\w+\s*=\s*$/.exec(head);
  if (property) return `${property[1]}${key} = ${value};`;
  const defined = /^(\s*)(?:defined\s*\([^)]*\)\s*(?:\|\||or)\s*)?define\s*\(\s*['"]\w+['"]\s*,\s*$/i.exec(
    head,
  );
  return defined ? `${defined[1]}defined(${quoted}) || define(${quoted}, ${value});` : undefined;
}

/** A constant before the first statement that may stand there; not in files that only return an array. */
function append(text: string, program: PhpNode, key: string, value: string): Edit | undefined {
  const statements = list(program['children']);
  const first = statements.find(
    node => !['declare', 'namespace', 'usegroup', 'inline', 'nop'].includes(node.kind),
  );
  if (!first || first.kind === 'return' || first.kind === 'class') return undefined;
  const at = first.loc.start.offset;
  const text_ = `defined(${quote(key)}) || define(${quote(key)}, ${quote(value)});${endOfLine(text)}${indentOf(text, at)}`;
  return { start: at, end: at, text: text_ };
}
