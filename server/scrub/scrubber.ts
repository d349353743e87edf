import { hkdfSync } from 'node:crypto';
import { ValueCache } from './cache.ts';
import { isCharacter } from './columnType.ts';
import { NameClassifier } from './detect/classify.ts';
import { asPlaceTransform, asTransform } from './inPlace.ts';
import { toAscii } from './normalize.ts';
import { once } from './once.ts';
import { type Place, placesFor } from './place.ts';
import type { ColumnPlan, RuleOptions, ScrubKey, TablePlan, TransformerName } from './plan.ts';
import { KeyedHash } from './prf.ts';
import { transformerNamed } from './registry.ts';
import { ownOptions } from './ruleNotes.ts';
import type { PlaceTransform, Transform, TransformContext } from './transformer.ts';
import { withTail } from './uniqueTail.ts';

export interface TableScrubber {
  /**
   * Replaces the personal values of one row in place. `row` has the order of `TablePlan.columns`; text is UTF-8 (the
   * connection's character set), binary columns are raw bytes, everything else is the text protocol's digits. NULL stays
   * NULL. Replacements may be shared between rows: do not write into them.
   */
  scrub(row: (Buffer | null)[]): void;
  /** The same without an object for each value. What is put into the places is valid until the next row. */
  scrubPlaces(row: readonly Place[]): void;
  /** What could not be scrubbed as its rule says since it was last asked, and was scrubbed as text instead: for the build's warnings. */
  problems(): ScrubProblem[];
}

export interface ScrubProblem {
  table: string;
  column: string;
  what: string;
  count: number;
}

/** Makes the transforms of one table: once per worker and table. Keeps bounded caches and nothing else between rows. */
export function createTableScrubber(plan: TablePlan, key: ScrubKey): TableScrubber {
  const factory = new TransformFactory(plan, new KeyRing(key));
  const columns = plan.columns.flatMap((column, index) => (column.use === 'keep' ? [] : [index]));
  const transforms = columns.map(index => factory.placeTransformOf(index));
  const looksAtRow = plan.columns.some(column => column.use !== 'keep' && readsRow(column.use));
  const originals = placesFor(plan.columns.length);
  const places = placesFor(plan.columns.length);
  const scrubPlaces = (row: readonly Place[]): void => {
    // Free text is scrubbed by what the row's other columns say, so they must still be the originals.
    if (looksAtRow) for (let i = 0; i < row.length; i++) (originals[i] as Place).copy(row[i] as Place);
    for (let i = 0; i < columns.length; i++) {
      const place = row[columns[i] as number] as Place;
      const { bytes, start, end } = place;
      if (end >= 0) (transforms[i] as PlaceTransform)(bytes, start, end, looksAtRow ? originals : row, place);
    }
    // A long text must not be kept until the next row.
    if (looksAtRow) for (let i = 0; i < row.length; i++) (originals[i] as Place).clear();
  };
  return {
    scrubPlaces,
    problems: () => factory.problems(),
    scrub(row) {
      for (const [index, value] of row.entries()) {
        // Anything but bytes would pass the byte-wise transforms as it is: better no row than an original.
        if (value !== null && value !== undefined && !(value instanceof Uint8Array))
          throw new TypeError(`${plan.table}: the scrubber takes bytes`);
        places[index]?.put(value);
      }
      for (const place of places.slice(row.length)) place.clear();
      scrubPlaces(places);
      for (const index of columns) row[index] = places[index]?.copyOut() ?? null;
    },
  };
}

/** One transform outside any table: a value of unlimited length, for previews and nested values. */
export function createValueTransform(
  name: TransformerName,
  options: RuleOptions,
  key: ScrubKey,
  wide: readonly TransformerName[] = [],
): Transform {
  return new TransformFactory({ table: '', columns: [], wide: [...wide] }, new KeyRing(key)).nested(
    name,
    options,
  );
}

function readsRow(name: TransformerName): boolean {
  return transformerNamed(name).readsRow === true;
}

/** Derives the keyed function of each kind from the project's key: HKDF-SHA-256, one 128-bit key per kind. */
class KeyRing {
  readonly #key: ScrubKey;
  readonly #hashes = new Map<string, KeyedHash>();

  constructor(key: ScrubKey) {
    this.#key = key;
  }

  hash(kind: string): KeyedHash {
    let known = this.#hashes.get(kind);
    if (known === undefined) {
      const derived = hkdfSync('sha256', this.#key.bytes, 'greenroom scrub', `kind ${kind}`, 16);
      known = new KeyedHash(new Uint8Array(derived));
      this.#hashes.set(kind, known);
    }
    return known;
  }
}

const nameClassifier = once(() => new NameClassifier());

class TransformFactory {
  readonly #plan: TablePlan;
  readonly #keys: KeyRing;
  readonly #wide: ReadonlySet<TransformerName>;
  readonly #made = new Map<number, PlaceTransform>();
  readonly #nested = new Map<string, PlaceTransform>();
  /** The same, for callers with Buffers. */
  readonly #transforms = new Map<PlaceTransform, Transform>();
  readonly #problems = new Map<string, ScrubProblem>();

  constructor(plan: TablePlan, keys: KeyRing) {
    this.#plan = plan;
    this.#keys = keys;
    this.#wide = new Set(plan.wide);
  }

  transformOf(index: number): Transform {
    return this.#buffered(this.placeTransformOf(index));
  }

  placeTransformOf(index: number): PlaceTransform {
    let made = this.#made.get(index);
    if (made === undefined) {
      made = this.#create(this.#plan.columns[index] as ColumnPlan);
      this.#made.set(index, made);
    }
    return made;
  }

  problems(): ScrubProblem[] {
    const problems = [...this.#problems.values()];
    this.#problems.clear();
    return problems;
  }

  nested(name: TransformerName, options?: RuleOptions): Transform {
    return this.#buffered(this.nestedInPlace(name, options));
  }

  #buffered(transform: PlaceTransform): Transform {
    let buffered = this.#transforms.get(transform);
    if (buffered === undefined) {
      buffered = asTransform(transform);
      this.#transforms.set(transform, buffered);
    }
    return buffered;
  }

  nestedInPlace(name: TransformerName, options?: RuleOptions): PlaceTransform {
    // Asked for every value inside a document: no text is made where there are no options.
    const id = options === undefined ? name : `${name} ${JSON.stringify(options)}`;
    let made = this.#nested.get(id);
    if (made === undefined) {
      made = this.#create(looseColumn(name, options ?? {}));
      this.#nested.set(id, made);
    }
    return made;
  }

  #problem(column: string, what: string): void {
    const id = `${column}\0${what}`;
    const known = this.#problems.get(id);
    if (known === undefined) this.#problems.set(id, { table: this.#plan.table, column, what, count: 1 });
    else known.count++;
  }

  #create(column: ColumnPlan): PlaceTransform {
    const transformer = transformerNamed(column.use);
    const context: TransformContext = {
      column,
      classifier: nameClassifier,
      problem: what => this.#problem(column.name, what),
      options: ownOptions(column.options),
      wide: this.#wide,
      columns: this.#plan.columns,
      hash: kind => this.#keys.hash(kind),
      nested: (name, options) => this.nested(name, options),
      nestedInPlace: (name, options) => this.nestedInPlace(name, options),
      transformOf: index => this.transformOf(index),
    };
    let transform =
      'createInPlace' in transformer
        ? transformer.createInPlace(context)
        : asPlaceTransform(transformer.create(context));
    if (transformer.uniqueness === 'tail' && (column.unique || this.#wide.has(column.use)))
      transform = asPlaceTransform(withTail(asTransform(transform), transformer, context));
    if (isCharacter(column) && !holdsLatin(column.charset))
      transform = asPlaceTransform(inAscii(asTransform(transform)));
    return transformer.cached ? new ValueCache().wrap(transform) : transform;
  }
}

/** Character sets that hold every letter of the lists that names are drawn from. */
function holdsLatin(charset: string | null): boolean {
  return charset === null || /^(?:utf|ucs|latin1$)/.test(charset);
}

/** Takes the accents off what a transform wrote. What it left alone stays: it came out of such a column. */
function inAscii(transform: Transform): Transform {
  return (value, row) => {
    const replaced = transform(value, row);
    if (replaced === null || replaced === value) return replaced;
    if (replaced.every(byte => byte < 0x80)) return replaced;
    return Buffer.from(replaced.toString('utf8').replace(/[\u00c0-\u017f]+/g, toAscii));
  };
}

/** A column without limits, for values inside other values. */
function looseColumn(use: TransformerName, options: RuleOptions): ColumnPlan {
  return {
    name: '',
    dataType: 'longtext',
    columnType: 'longtext',
    charset: 'utf8mb4',
    collation: 'utf8mb4_bin',
    maxLength: null,
    nullable: true,
    unique: false,
    use,
    options,
    version: 1,
    source: 'rule',
  };
}
