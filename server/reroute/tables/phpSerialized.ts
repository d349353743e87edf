/** One text inside a PHP-serialized value, by the names that lead to it. */
export interface SerializedLeaf {
  path: string[];
  value: string;
}

/** Thrown for what is not PHP's `serialize` format; callers leave such a value alone. */
export class NotSerialized extends Error {}

/**
 * Replaces texts inside a PHP-serialized value and keeps it valid: lengths are counted in bytes, as PHP does.
 * Numbers, booleans, objects' names and references stay; a number or boolean may be replaced by text.
 *
 * @param replace the new text for a leaf, or `undefined` to leave it
 * @throws NotSerialized
 */
export function mapSerialized(text: string, replace: (leaf: SerializedLeaf) => string | undefined): string {
  const reader = new Reader(Buffer.from(text, 'utf8'), replace);
  const result = reader.value([]);
  if (!reader.done) throw new NotSerialized();
  return result.toString('utf8');
}

/** True for a value that `unserialize` would take as an array, an object or a text. */
export function looksSerialized(text: string): boolean {
  return /^(a:\d+:\{|O:\d+:"|s:\d+:")/.test(text);
}

class Reader {
  readonly #bytes: Buffer;
  readonly #replace: (leaf: SerializedLeaf) => string | undefined;
  #at = 0;

  constructor(bytes: Buffer, replace: (leaf: SerializedLeaf) => string | undefined) {
    this.#bytes = bytes;
    this.#replace = replace;
  }

  get done(): boolean {
    return this.#at === this.#bytes.length;
  }

  value(path: string[]): Buffer {
    const start = this.#at;
    const type = String.fromCharCode(this.#bytes[this.#at] ?? 0);
    switch (type) {
      case 'N':
        this.#expect('N;');
        return this.#slice(start);
      case 'i':
      case 'd':
      case 'b': {
        this.#at += 2;
        const value = this.#until(';');
        const changed = this.#replace({ path, value });
        return changed === undefined ? this.#slice(start) : text(changed);
      }
      case 'r':
      case 'R':
        this.#until(';');
        return this.#slice(start);
      case 's': {
        const value = this.#string();
        this.#expect(';');
        const changed = looksSerialized(value) ? this.#nested(value, path) : this.#replace({ path, value });
        return changed === undefined ? this.#slice(start) : text(changed);
      }
      case 'a':
        this.#at += 2;
        return this.#members('a', path);
      case 'O': {
        const name = this.#string();
        this.#expect(':');
        return this.#members(`O:${Buffer.byteLength(name)}:"${name}"`, path);
      }
      default:
        // Classes with a format of their own, enumerations: not ours to change.
        throw new NotSerialized();
    }
  }

  /** A serialized text in a serialized text, as plugins do. */
  #nested(value: string, path: string[]): string | undefined {
    try {
      const mapped = mapSerialized(value, leaf => this.#replace({ ...leaf, path: [...path, ...leaf.path] }));
      return mapped === value ? undefined : mapped;
    } catch (error) {
      if (error instanceof NotSerialized) return this.#replace({ path, value });
      throw error;
    }
  }

  #members(head: string, path: string[]): Buffer {
    const count = Number(this.#until(':'));
    this.#expect('{');
    const parts: Buffer[] = [Buffer.from(`${head}:${count}:{`)];
    for (let member = 0; member < count; member++) {
      const keyStart = this.#at;
      const key = this.#key();
      parts.push(this.#slice(keyStart), this.value([...path, key]));
    }
    this.#expect('}');
    parts.push(Buffer.from('}'));
    return Buffer.concat(parts);
  }

  #key(): string {
    const type = this.#bytes[this.#at];
    if (type === 0x69) {
      this.#at += 2;
      return this.#until(';');
    }
    if (type !== 0x73) throw new NotSerialized();
    const name = this.#string();
    this.#expect(';');
    // Private and protected properties: `\0Class\0name`.
    return name.replace(/^\0[^\0]*\0/, '');
  }

  /** `s:5:"value"`, also the name of a class. */
  #string(): string {
    this.#at += 2;
    const length = Number(this.#until(':'));
    this.#expect('"');
    const end = this.#at + length;
    if (!Number.isSafeInteger(length) || end >= this.#bytes.length) throw new NotSerialized();
    const value = this.#bytes.toString('utf8', this.#at, end);
    this.#at = end;
    this.#expect('"');
    return value;
  }

  #until(mark: string): string {
    const end = this.#bytes.indexOf(mark, this.#at);
    if (end === -1) throw new NotSerialized();
    const value = this.#bytes.toString('latin1', this.#at, end);
    this.#at = end + 1;
    return value;
  }

  #expect(mark: string): void {
    if (this.#bytes.toString('latin1', this.#at, this.#at + mark.length) !== mark) throw new NotSerialized();
    this.#at += mark.length;
  }

  #slice(start: number): Buffer {
    return this.#bytes.subarray(start, this.#at);
  }
}

function text(value: string): Buffer {
  return Buffer.from(`s:${Buffer.byteLength(value)}:"${value}";`);
}
