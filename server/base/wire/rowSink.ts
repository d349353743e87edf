/**
 * Takes the rows of one table, value by value, and writes them into the loading server. All calls are synchronous; whoever
 * feeds it asks `isFull` between chunks and waits for `drained`.
 */
export interface RowSink {
  nullValue(): void;
  /** A whole value: `source[start, end)`. The bytes are copied before the call returns. */
  value(source: Uint8Array, start: number, end: number): void;
  /** A value too long to hold: its length, then its parts, in order. */
  beginValue(length: number): void;
  part(source: Uint8Array, start: number, end: number): void;
  endValue(): void;
  endRow(): void;
  /** True while more is under way to the server than should be. */
  readonly isFull: boolean;
  /** Resolves when the server has taken enough. */
  drained(): Promise<void>;
}

/** What the server says when all rows are in. */
export interface Loaded {
  rows: number;
  /** Number of notes about values that it could not take as they are. */
  warnings: number;
}
