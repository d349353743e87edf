import type { TableSearch } from '../scrub/leaks.ts';
import type { RowSink } from './wire/rowSink.ts';

/** Rows of the base on their way into the proof's search: values are searched where they lie in the packet. */
export class SearchSink implements RowSink {
  readonly isFull = false;
  readonly #search: TableSearch;
  readonly #searchedAt: readonly number[];
  #column = 0;
  /** A value that comes in parts. */
  #long = Buffer.alloc(0);
  #filled = 0;

  /** @param searchedAt places of the row's values in the table's columns */
  constructor(search: TableSearch, searchedAt: readonly number[]) {
    this.#search = search;
    this.#searchedAt = searchedAt;
  }

  nullValue(): void {
    this.#column++;
  }

  value(source: Buffer, start: number, end: number): void {
    this.#search.addValue(this.#searchedAt[this.#column++] as number, source, start, end);
  }

  beginValue(length: number): void {
    this.#long = Buffer.allocUnsafeSlow(length);
    this.#filled = 0;
  }

  part(source: Buffer, start: number, end: number): void {
    source.copy(this.#long, this.#filled, start, end);
    this.#filled += end - start;
  }

  endValue(): void {
    this.value(this.#long, 0, this.#long.length);
    this.#long = Buffer.alloc(0);
  }

  endRow(): void {
    this.#column = 0;
    this.#search.rows++;
  }

  drained(): Promise<void> {
    return Promise.resolve();
  }
}
