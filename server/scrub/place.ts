const nothing = Buffer.alloc(0);

/**
 * A value where it lies: `bytes[start, end)`. Places are used again for row after row: an object for each of millions of values costs more
 * than what is done to the value. Valid until the next row.
 */
export class Place {
  bytes: Buffer = nothing;
  start = 0;
  /** -1 is NULL. */
  end = -1;

  get isNull(): boolean {
    return this.end < 0;
  }

  set(bytes: Buffer, start: number, end: number): void {
    this.bytes = bytes;
    this.start = start;
    this.end = end;
  }

  /** Makes it NULL, and lets go of the bytes. */
  clear(): void {
    this.set(nothing, 0, -1);
  }

  copy(other: Place): void {
    this.set(other.bytes, other.start, other.end);
  }

  put(value: Buffer | null | undefined): void {
    if (value === null || value === undefined) this.clear();
    else this.set(value, 0, value.length);
  }

  /** The value as a Buffer over the same memory. */
  value(): Buffer | null {
    return this.end < 0 ? null : valueAt(this.bytes, this.start, this.end);
  }

  /** The same in memory of its own. */
  copyOut(): Buffer | null {
    return this.end < 0 ? null : Buffer.from(this.bytes.subarray(this.start, this.end));
  }
}

/** `bytes[start, end)` as a Buffer over the same memory: the same object where that is all of it. */
export function valueAt(bytes: Buffer, start: number, end: number): Buffer {
  return start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end);
}

export const placesFor = (count: number): Place[] => Array.from({ length: count }, () => new Place());

/** Values that are at hand, as places. */
export function placesOf(values: readonly (Buffer | null)[]): Place[] {
  const places = placesFor(values.length);
  for (const [index, value] of values.entries()) places[index]?.put(value);
  return places;
}
