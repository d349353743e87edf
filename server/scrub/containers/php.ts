export interface PhpVisitor {
  /**
   * The new content of a text; null makes it PHP's null.
   *
   * @param isOfPerson the array or object that it stands in holds a person's address or number
   */
  text(path: readonly string[], text: Buffer, isOfPerson: boolean): Buffer | null;
  /** Whether only arrays and objects about persons have the key. */
  isOfPeople(key: string): boolean;
}

/** `a:2:{…}`, `O:8:"stdClass":…`, `s:5:"…";`: what PHP's serialize writes. */
export function looksLikePhpSerialized(value: Buffer): boolean {
  if (value.length < 4 || value[1] !== 0x3a) return false;
  const last = value[value.length - 1];
  return 'aOsCE'.includes(String.fromCharCode(value[0] as number)) && (last === 0x7d || last === 0x3b);
}

/**
 * Rewrites the texts of a PHP-serialized value and recomputes their lengths in bytes. Works on bytes, of classes it does not know too;
 * keys, numbers, class names and references are copied.
 *
 * @returns undefined when it is not valid
 */
export function rewritePhp(source: Buffer, visitor: PhpVisitor): Buffer | undefined {
  // Once to see whom each array is about, and once to write.
  const persons = new Set<number>();
  const reader = new PhpRewriter(source, { ...visitor, text: (_path, text) => text }, persons, true);
  if (reader.run() === undefined) return undefined;
  return new PhpRewriter(source, visitor, persons, false).run();
}

class PhpRewriter {
  readonly #source: Buffer;
  readonly #visitor: PhpVisitor;
  readonly #parts: Buffer[] = [];
  readonly #path: string[] = [];
  /** Where arrays and objects about persons begin. */
  readonly #persons: Set<number>;
  readonly #isReading: boolean;
  #isOfPerson = false;
  #at = 0;
  #copied = 0;

  constructor(source: Buffer, visitor: PhpVisitor, persons: Set<number>, isReading: boolean) {
    this.#source = source;
    this.#visitor = visitor;
    this.#persons = persons;
    this.#isReading = isReading;
  }

  run(): Buffer | undefined {
    if (!this.#value(0) || this.#at !== this.#source.length) return undefined;
    if (this.#copied === 0) return this.#source;
    this.#parts.push(this.#source.subarray(this.#copied));
    return Buffer.concat(this.#parts);
  }

  #value(depth: number): boolean {
    if (depth > 200) return false;
    switch (String.fromCharCode(this.#source[this.#at] ?? 0)) {
      case 's':
        return this.#string();
      case 'i':
      case 'd':
      case 'b':
      case 'r':
      case 'R':
        return this.#scalar();
      case 'N':
        return this.#literal('N;');
      case 'a':
        return this.#array(depth);
      case 'O':
        return this.#object(depth);
      case 'C':
        return this.#custom();
      case 'E':
        return this.#quoted('E') !== undefined && this.#literal(';');
      default:
        return false;
    }
  }

  #string(): boolean {
    const start = this.#at;
    const text = this.#quoted('s');
    if (text === undefined || !this.#literal(';')) return false;
    const replaced = this.#visitor.text(this.#path, text, this.#isOfPerson);
    if (replaced === text) return true;
    this.#parts.push(this.#source.subarray(this.#copied, start));
    if (replaced === null) this.#parts.push(Buffer.from('N;'));
    else this.#parts.push(Buffer.from(`s:${replaced.length}:"`), replaced, Buffer.from('";'));
    this.#copied = this.#at;
    return true;
  }

  #scalar(): boolean {
    const end = this.#source.indexOf(0x3b, this.#at);
    if (end < 0 || !/^[idbrR]:[-+.\dEINFA]+$/.test(this.#source.toString('latin1', this.#at, end)))
      return false;
    this.#at = end + 1;
    return true;
  }

  #array(depth: number): boolean {
    this.#at += 2;
    const count = this.#number(':');
    return count !== undefined && this.#members(count, depth);
  }

  #object(depth: number): boolean {
    if (this.#quoted('O') === undefined || !this.#literal(':')) return false;
    const count = this.#number(':');
    return count !== undefined && this.#members(count, depth);
  }

  #members(count: number, depth: number): boolean {
    if (!this.#literal('{')) return false;
    const begin = this.#at;
    const outer = this.#isOfPerson;
    for (let i = 0; i < count; i++) {
      const key = this.#key();
      if (key === undefined) return false;
      if (this.#isReading && this.#saysSomething() && this.#visitor.isOfPeople(key)) this.#persons.add(begin);
      this.#isOfPerson = this.#persons.has(begin);
      this.#path.push(key);
      const valid = this.#value(depth + 1);
      this.#path.pop();
      if (!valid) return false;
    }
    this.#isOfPerson = outer;
    return this.#literal('}');
  }

  /** A text that is not empty, or an array or object: `"email" => true` is a setting. */
  #saysSomething(): boolean {
    const tag = String.fromCharCode(this.#source[this.#at] ?? 0);
    return tag === 's' ? this.#source[this.#at + 2] !== 0x30 : 'aO'.includes(tag);
  }

  #key(): string | undefined {
    if (this.#source[this.#at] === 0x69) {
      const start = this.#at;
      return this.#scalar() ? this.#source.toString('latin1', start + 2, this.#at - 1) : undefined;
    }
    const key = this.#quoted('s');
    // Private and protected members carry their class: NUL, class or `*`, NUL, name.
    if (key === undefined || !this.#literal(';')) return undefined;
    const name = key.toString('utf8');
    return key[0] === 0 ? name.replace(/^\0.*\0/s, '') : name;
  }

  /** A class that serializes itself: its content has no known form, and is one text. */
  #custom(): boolean {
    if (this.#quoted('C') === undefined || !this.#literal(':')) return false;
    const start = this.#at;
    const length = this.#number(':');
    if (length === undefined || !this.#literal('{')) return false;
    const text = this.#source.subarray(this.#at, this.#at + length);
    this.#at += length;
    if (!this.#literal('}')) return false;
    const replaced = this.#visitor.text(this.#path, text, this.#isOfPerson) ?? Buffer.alloc(0);
    if (replaced === text) return true;
    this.#parts.push(
      this.#source.subarray(this.#copied, start),
      Buffer.from(`${replaced.length}:{`),
      replaced,
      Buffer.from('}'),
    );
    this.#copied = this.#at;
    return true;
  }

  /** `s:5:"…"`: the bytes between the quotes. */
  #quoted(tag: string): Buffer | undefined {
    if (!this.#literal(`${tag}:`)) return undefined;
    const length = this.#number(':');
    if (length === undefined || !this.#literal('"') || this.#at + length > this.#source.length)
      return undefined;
    const text = this.#source.subarray(this.#at, this.#at + length);
    this.#at += length;
    return this.#literal('"') ? text : undefined;
  }

  #number(end: string): number | undefined {
    let at = this.#at;
    let number = 0;
    for (let digit = digitAt(this.#source, at); digit >= 0; digit = digitAt(this.#source, at)) {
      number = number * 10 + digit;
      at++;
    }
    const digits = at - this.#at;
    if (digits === 0 || digits > 10 || this.#source[at] !== end.charCodeAt(0)) return undefined;
    this.#at = at + 1;
    return number;
  }

  #literal(text: string): boolean {
    for (let i = 0; i < text.length; i++) if (this.#source[this.#at + i] !== text.charCodeAt(i)) return false;
    this.#at += text.length;
    return true;
  }
}

/** -1 where none stands. */
function digitAt(source: Buffer, at: number): number {
  const code = source[at] ?? 0;
  return code >= 0x30 && code <= 0x39 ? code - 0x30 : -1;
}
