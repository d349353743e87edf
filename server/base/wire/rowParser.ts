import { type Place, placesFor } from '../../scrub/place.ts';
import { readLength } from './packets.ts';
import type { RowSink } from './rowSink.ts';

export interface RowTarget {
  sink: RowSink;
  /** The first so many columns are needed as values, to be scrubbed; the others pass through as they are. */
  held: number;
  /** Of these the first so many are written; the others are only there to be looked at. */
  written: number;
  /** Called with the held values before they are written; replaces them in place. Their bytes are valid during the call only. */
  change(values: readonly Place[]): void;
}

/** Rows of the text protocol, from packets into a sink. A long row comes in parts of any size and is never whole in memory. */
export class RowParser {
  readonly #columns: number;
  readonly #target: RowTarget;
  readonly #values: Place[];
  // State of a row that comes in parts.
  #column = 0;
  #left = -1;
  readonly #head = Buffer.alloc(9);
  #headLength = 0;
  #partial: Buffer | undefined;

  constructor(columns: number, target: RowTarget) {
    this.#columns = columns;
    this.#target = target;
    this.#values = placesFor(target.held);
  }

  /** A whole row at `data[start, end)`. */
  row(data: Buffer, start: number, end: number): void {
    const { sink, held } = this.#target;
    let at = start;
    if (held > 0) {
      const values = this.#values;
      for (let column = 0; column < held; column++) {
        let length = data[at++] as number;
        if (length >= 0xfb) {
          const long = readLength(data, at - 1);
          length = long.length;
          at = long.next;
        }
        const value = values[column] as Place;
        if (length < 0) value.clear();
        else {
          value.set(data, at, at + length);
          at += length;
        }
      }
      this.#writeHeld();
    }
    while (at < end) {
      let length = data[at++] as number;
      if (length >= 0xfb) {
        const long = readLength(data, at - 1);
        length = long.length;
        at = long.next;
        if (length < 0) {
          sink.nullValue();
          continue;
        }
      }
      sink.value(data, at, at + length);
      at += length;
    }
    sink.endRow();
  }

  /** The next bytes of a long row. */
  part(data: Buffer, start: number, end: number): void {
    let at = start;
    while (at < end) {
      if (this.#left < 0) {
        this.#head[this.#headLength++] = data[at++] as number;
        if (this.#headLength === headSize(this.#head[0] as number)) this.#beginValue();
        continue;
      }
      const to = Math.min(end, at + this.#left);
      if (this.#partial !== undefined) data.copy(this.#partial, this.#partial.length - this.#left, at, to);
      else this.#target.sink.part(data, at, to);
      this.#left -= to - at;
      at = to;
      if (this.#left === 0) this.#endValue();
    }
  }

  endOfParts(): void {
    if (this.#column !== this.#columns || this.#left >= 0 || this.#headLength > 0)
      throw new Error('a row ended in the middle of a value');
    this.#column = 0;
    this.#target.sink.endRow();
  }

  #beginValue(): void {
    const { length } = readLength(this.#head, 0);
    this.#headLength = 0;
    const isHeld = this.#column < this.#target.held;
    if (length < 0) {
      if (isHeld) this.#values[this.#column]?.clear();
      else this.#target.sink.nullValue();
      this.#nextColumn();
      return;
    }
    this.#left = length;
    if (isHeld) this.#partial = Buffer.allocUnsafeSlow(length);
    else this.#target.sink.beginValue(length);
    if (length === 0) this.#endValue();
  }

  #endValue(): void {
    this.#left = -1;
    if (this.#partial !== undefined) {
      this.#values[this.#column]?.put(this.#partial);
      this.#partial = undefined;
    } else this.#target.sink.endValue();
    this.#nextColumn();
  }

  #nextColumn(): void {
    this.#column++;
    if (this.#column !== this.#target.held) return;
    this.#writeHeld();
    // Long values must not be kept alive until the next row.
    for (const value of this.#values) value.clear();
  }

  #writeHeld(): void {
    const { sink, written } = this.#target;
    const values = this.#values;
    this.#target.change(values);
    for (let column = 0; column < written; column++) {
      const { bytes, start, end } = values[column] as Place;
      if (end < 0) sink.nullValue();
      else sink.value(bytes, start, end);
    }
  }
}

/** Bytes that a length-encoded integer with this first byte has. */
function headSize(first: number): number {
  if (first < 0xfc) return 1;
  return first === 0xfc ? 3 : first === 0xfd ? 4 : 9;
}
