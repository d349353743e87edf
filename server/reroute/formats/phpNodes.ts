/** What we need of php-parser's nodes; its own types name only part of them. */
export interface PhpNode {
  kind: string;
  loc: { start: { offset: number }; end: { offset: number } };
  [field: string]: unknown;
}

export function isNode(value: unknown): value is PhpNode {
  return typeof value === 'object' && value !== null && 'kind' in value && typeof value.kind === 'string';
}

export function list(value: unknown): PhpNode[] {
  return Array.isArray(value) ? value.filter(isNode) : [];
}

/** The plain name of a variable, function, class or constant; without its namespace. */
export function nameOf(node: unknown): string {
  if (typeof node === 'string') return node;
  if (!isNode(node)) return '';
  const name = node['name'];
  if (node.kind === 'propertylookup' || node.kind === 'staticlookup') return nameOf(node['offset']);
  return typeof name === 'string' ? name.replace(/^.*\\/, '') : nameOf(name);
}

/** The value of a literal or of literals joined by `.`; `undefined` for anything that is computed. */
export function evaluate(node: PhpNode): string | undefined {
  switch (node.kind) {
    case 'string':
    case 'nowdoc':
      return String(node['value']);
    case 'number':
      return String(node['value']);
    case 'boolean':
      return node['value'] ? 'true' : 'false';
    case 'nullkeyword':
      return '';
    case 'bin': {
      const { left, right, type } = node;
      if (type !== '.' || !isNode(left) || !isNode(right)) return undefined;
      const [a, b] = [evaluate(left), evaluate(right)];
      return a === undefined || b === undefined ? undefined : a + b;
    }
    case 'encapsed': {
      const parts = list(node['value']).map(part =>
        isNode(part['expression']) ? evaluate(part['expression']) : undefined,
      );
      return parts.every(part => part !== undefined) ? parts.join('') : undefined;
    }
    default:
      return undefined;
  }
}

const readers = new Set(['env', 'getenv', 'getenv_docker', 'defined']);

/** Functions whose first argument is a name, not a value. */
export function isReader(name: string): boolean {
  return readers.has(name.toLowerCase());
}

/** The environment variable that an expression reads: `getenv('X') ?: 'y'`, `env('X', 'y')`, `$_ENV['X'] ?? 'y'`. */
export function readsVariable(node: PhpNode): string | undefined {
  if (node.kind === 'call' && isReader(nameOf(node['what']))) {
    const first = list(node['arguments'])[0];
    return first && evaluate(first);
  }
  if (node.kind === 'offsetlookup') {
    const { what, offset } = node;
    return isNode(what) && ['_ENV', '_SERVER'].includes(nameOf(what)) && isNode(offset)
      ? evaluate(offset)
      : undefined;
  }
  for (const field of ['left', 'test', 'expr', 'expression']) {
    const part = node[field];
    const found = isNode(part) ? readsVariable(part) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}
