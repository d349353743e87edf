const quote = 0x22;
const minus = 0x2d;
const comma = 0x2c;
const brace = 0x7b;
const closingBrace = 0x7d;
const bracket = 0x5b;
const closingBracket = 0x5d;
const backslash = 0x5c;

export interface JsonVisitor {
  /**
   * The new content of a string; null makes it JSON's null.
   *
   * @param isOfPerson the object that it stands in holds a person's address or number
   */
  text(path: readonly string[], text: string, isOfPerson: boolean): string | null;
  number(path: readonly string[], digits: string): string;
  /** Whether only objects about persons have the key. */
  isOfPeople(key: string): boolean;
}

/**
 * Rewrites the strings and numbers of a JSON text and nothing else: white space, order, repeated keys, big numbers and the way of
 * escaping stay as they are.
 *
 * @returns undefined when it is no valid JSON
 */
export function rewriteJson(source: string, visitor: JsonVisitor): string | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(source);
  } catch {
    // Not JSON: the caller decides what becomes of it.
    return undefined;
  }
  return new JsonRewriter(source, parsed, visitor).run();
}

/** Walks over text that is known to be valid. */
class JsonRewriter {
  readonly #source: string;
  readonly #visitor: JsonVisitor;
  readonly #path: string[] = [];
  readonly #isObject: boolean[] = [];
  /** The objects and lists that are open, as they were parsed; the outermost stands in a list of its own. */
  readonly #values: unknown[];
  readonly #isPerson: boolean[] = [];
  #expectsKey = false;
  #result = '';
  #copied = 0;

  constructor(source: string, parsed: unknown, visitor: JsonVisitor) {
    this.#source = source;
    this.#values = [[parsed]];
    this.#visitor = visitor;
  }

  run(): string {
    const source = this.#source;
    for (let i = 0; i < source.length; ) {
      const code = source.charCodeAt(i);
      if (code === quote) i = this.#string(i);
      else if (code === minus || (code >= 0x30 && code <= 0x39)) i = this.#number(i);
      else {
        this.#punctuation(code);
        i++;
      }
    }
    return this.#result + source.slice(this.#copied);
  }

  #string(start: number): number {
    const source = this.#source;
    const end = endOfString(source, start);
    const literal = source.slice(start, end);
    const before = contentOf(literal);
    if (this.#expectsKey) {
      this.#path[this.#path.length - 1] = before;
      this.#expectsKey = false;
      return end;
    }
    const after = this.#visitor.text(this.#path, before, this.#isPerson.at(-1) === true);
    if (after !== before) this.#replace(start, end, after === null ? 'null' : escapeLike(literal, after));
    return end;
  }

  #number(start: number): number {
    let end = start + 1;
    while (isOfNumber(this.#source.charCodeAt(end))) end++;
    const digits = this.#source.slice(start, end);
    const replaced = this.#visitor.number(this.#path, digits);
    if (replaced !== digits) this.#replace(start, end, replaced);
    return end;
  }

  #punctuation(code: number): void {
    if (code === brace || code === bracket) {
      const value = valueAt(this.#values.at(-1), this.#path.at(-1) ?? '0');
      this.#values.push(value);
      this.#isPerson.push(code === brace && this.#isOfPeople(value));
      this.#isObject.push(code === brace);
      this.#path.push(code === brace ? '' : '0');
      this.#expectsKey = code === brace;
    } else if (code === closingBrace || code === closingBracket) {
      this.#isObject.pop();
      this.#values.pop();
      this.#isPerson.pop();
      this.#path.pop();
      this.#expectsKey = false;
    } else if (code === comma) {
      this.#expectsKey = this.#isObject.at(-1) === true;
      if (!this.#expectsKey) this.#path[this.#path.length - 1] = String(Number(this.#path.at(-1)) + 1);
    }
  }

  #isOfPeople(value: unknown): boolean {
    if (typeof value !== 'object' || value === null) return false;
    const held = value as Record<string, unknown>;
    for (const key in held) if (saysSomething(held[key]) && this.#visitor.isOfPeople(key)) return true;
    return false;
  }

  #replace(start: number, end: number, text: string): void {
    this.#result += this.#source.slice(this.#copied, start) + text;
    this.#copied = end;
  }
}

function valueAt(container: unknown, key: string): unknown {
  return typeof container === 'object' && container !== null && Object.hasOwn(container, key)
    ? (container as Record<string, unknown>)[key]
    : undefined;
}

/** `"email": true` is a setting, `"phone": ""` nobody's. */
const saysSomething = (value: unknown): boolean =>
  typeof value === 'string' ? value !== '' : typeof value === 'object' && value !== null;

/** Behind the quote that closes what opens at `start`. */
function endOfString(source: string, start: number): number {
  for (let end = source.indexOf('"', start + 1); ; end = source.indexOf('"', end + 1)) {
    let escapes = 0;
    while (source.charCodeAt(end - 1 - escapes) === backslash) escapes++;
    if (escapes % 2 === 0) return end + 1;
  }
}

/** Digits, `.`, `-`, `+`, `e`, `E`. */
const isOfNumber = (code: number): boolean =>
  (code >= 0x30 && code <= 0x39) ||
  code === 0x2e ||
  code === minus ||
  code === 0x2b ||
  (code | 0x20) === 0x65;

function contentOf(literal: string): string {
  return literal.includes('\\') ? String(JSON.parse(literal)) : literal.slice(1, -1);
}

/** Escapes as the original did: PHP writes `\/` and `\u00e9`. */
function escapeLike(literal: string, text: string): string {
  let escaped = JSON.stringify(text);
  if (!literal.includes('\\')) return escaped;
  if (/\\u[0-9a-f]{4}/i.test(literal))
    escaped = escaped.replace(
      /[\x7f-\uffff]/g,
      unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
  return literal.includes('\\/') ? escaped.replaceAll('/', '\\/') : escaped;
}
