import { type CollectedOriginals, emptySets, OriginalsCollector } from '../scrub/originals.ts';
import type { ScrubKey, TablePlan } from '../scrub/plan.ts';
import { mergeFilters } from '../scrub/proof/filters.ts';
import { FingerprintSet } from '../scrub/proof/fingerprints.ts';
import type { Row } from '../scrub/transformer.ts';

/**
 * Fingerprints kept per kind that is searched whole. Above it an even sample is kept, and the proof says so: at 16 to 32 bytes
 * each, more would not fit into a backend's memory.
 */
export const wholeLimit = 2_000_000;

/** The originals that one worker has seen, as fingerprints, over all its tables: one set per kind, which they share. */
export class OriginalsStore {
  readonly #key: ScrubKey;
  readonly #sample: number;
  #current: { table: string; collector: OriginalsCollector } | undefined;
  #into = emptySets();
  #columns: CollectedOriginals['columns'] = {};

  constructor(key: ScrubKey, sample: number) {
    this.#key = key;
    this.#sample = sample;
  }

  /** What to call with each row of the table before it is scrubbed. */
  collectorOf(plan: TablePlan): (row: Row) => void {
    if (this.#current?.table !== plan.table) {
      this.#finishTable();
      const options = { sample: this.#sample, wholeLimit, into: this.#into };
      this.#current = { table: plan.table, collector: new OriginalsCollector(plan, this.#key, options) };
    }
    const { collector } = this.#current;
    return row => collector.addRow(row);
  }

  /** Hands over everything, and forgets it. */
  take(): CollectedOriginals {
    this.#finishTable();
    const sets: CollectedOriginals['sets'] = {};
    for (const [kind, set] of this.#into.sets) sets[kind] = set.data;
    const taken = { sets, filters: this.#into.filters, columns: this.#columns };
    this.#into = emptySets();
    this.#columns = {};
    return taken;
  }

  #finishTable(): void {
    if (this.#current === undefined) return;
    addColumns(this.#columns, this.#current.collector.result().columns);
    this.#current = undefined;
  }
}

function addColumns(into: CollectedOriginals['columns'], part: CollectedOriginals['columns']): void {
  for (const [name, { kind, seen, taken }] of Object.entries(part)) {
    const known = into[name];
    into[name] = { kind, seen: seen + (known?.seen ?? 0), taken: taken + (known?.taken ?? 0) };
  }
}

/** Adds `part` to `into`, whose memory is used again: there is no third copy of both. */
export function addOriginals(into: CollectedOriginals, part: CollectedOriginals, limit: number): void {
  for (const [name, data] of Object.entries(part.sets)) {
    const kind = name as keyof CollectedOriginals['sets'];
    const set = new FingerprintSet(limit, into.sets[kind]);
    set.merge(data);
    into.sets[kind] = set.data;
  }
  mergeFilters(into.filters, part.filters);
  addColumns(into.columns, part.columns);
}

/** Moves originals into memory that all threads share. */
export function shareOriginals(originals: CollectedOriginals): CollectedOriginals {
  for (const set of Object.values(originals.sets)) {
    const slots = new Uint32Array(new SharedArrayBuffer(set.slots.byteLength));
    slots.set(set.slots);
    set.slots = slots;
  }
  return originals;
}
