import type * as z from 'zod';
import type { NameClassifier } from './detect/classify.ts';
import type { Sameness } from './normalize.ts';
import type { Place } from './place.ts';
import type { ColumnPlan, RuleOptions, TransformerName } from './plan.ts';
import type { KeyedHash } from './prf.ts';

/** A row as the text protocol delivers it; transforms read originals from it. */
export type Row = readonly Place[];

/**
 * Replaces one value. Text is UTF-8 (the connection's character set), binary columns are raw bytes, numbers and dates
 * are their digits. Never changes the bytes of `value`; the result may be shared between rows.
 */
export type Transform = (value: Buffer, row: Row) => Buffer | null;

/**
 * The same for the value `bytes[start, end)`, without an object for it: the replacement's place is put into `out`. It may lie in memory that
 * the transform uses again for its next value.
 */
export type PlaceTransform = (bytes: Buffer, start: number, end: number, row: Row, out: Place) => void;

/** What a transform may know when it is made: once per column and worker. */
export interface TransformContext {
  column: ColumnPlan;
  options: RuleOptions;
  /** Kinds that must be long enough to be unique (see TablePlan). */
  wide: ReadonlySet<TransformerName>;
  /** The keyed function of a kind. Shared: read its words before anyone else hashes. */
  hash(kind: string): KeyedHash;
  /** Another transformer for a value found inside this one: same key, no limit of length. */
  nested(name: TransformerName, options?: RuleOptions): Transform;
  nestedInPlace(name: TransformerName, options?: RuleOptions): PlaceTransform;
  /** Says from a name what it names: one per thread. */
  classifier(): NameClassifier;
  /** Counts a value that could not be scrubbed as its rule says; never tells the value. */
  problem(what: string): void;
  /** The table's other columns, for transformers that look at the row. */
  columns: readonly ColumnPlan[];
  /** Another column's own transform, made on first use. */
  transformOf(index: number): Transform;
}

export interface TransformerExample {
  before: string;
  after: string;
}

export type Transformer = TransformerFacts &
  (
    | { create(context: TransformContext): Transform }
    /** Of kinds that tables have millions of. */
    | { createInPlace(context: TransformContext): PlaceTransform }
  );

interface TransformerFacts {
  name: TransformerName;
  /** Raised whenever the same key and value would give another replacement. */
  version: number;
  /** One sentence for hovers and documentation. */
  summary: string;
  example: TransformerExample;
  /** Shape of the options beside `use`. */
  options: z.ZodObject;
  /** Which columns it can serve without breaking their type. */
  accepts(column: ColumnPlan): boolean;
  sameness: Sameness;
  /**
   * How different values stay different in a unique column. `own`: by its own construction; `tail`: a keyed tail is
   * added, or the value is permuted where the column is too short for one; `never`: refused in unique columns.
   */
  uniqueness: 'own' | 'tail' | 'never';
  /** True when the result depends on nothing but the value, and values repeat: worth a cache. */
  cached: boolean;
  /** True when the result depends on the row's other values, which must then be the originals. */
  readsRow?: boolean;
}
