import { type CollectedOriginals, mergeOriginals, OriginalsCollector } from '../scrub/originals.ts';
import type { ScrubKey, TablePlan } from '../scrub/plan.ts';
import { mergeFilters } from '../scrub/proof/filters.ts';
import { FingerprintSet } from '../scrub/proof/fingerprints.ts';
import type { Row } from '../scrub/transformer.ts';

/**
 * Fingerprints kept per kind that is searched whole. Above it an even sample is kept, and the proof says so: at 16 to 32 bytes
 * each, more would not fit into a backend's memory.
 */
export const wholeLimit = 2_000_000;

/** The originals that one worker has seen, as fingerprints, over all its tables. */
export class OriginalsStore {
  readonly #key: ScrubKey;
  readonly #sample: number;
  #current: { table: string; collector: OriginalsCollector } | undefined;
  #merged: CollectedOriginals | undefined;
  #pending: CollectedOriginals[] = [];
  #pendingBytes = 0;

  constructor(key: ScrubKey, sample: number) {
    this.#key = key;
    this.#sample = sample;
  }

  /** What to call with each row of the table before it is scrubbed. */
  collectorOf(plan: TablePlan): (row: Row) => void {
    if (this.#current?.table !== plan.table) {
      this.#finishTable();
      const options = { sample: this.#sample, wholeLimit };
      this.#current = { table: plan.table, collector: new OriginalsCollector(plan, this.#key, options) };
    }
    const { collector } = this.#current;
    return row => collector.addRow(row);
  }

  /** Hands over everything, and forgets it. */
  take(): CollectedOriginals {
    this.#finishTable();
    this.#merge();
    const taken = this.#merged ?? mergeOriginals([]);
    this.#merged = undefined;
    return taken;
  }

  #finishTable(): void {
    if (this.#current === undefined) return;
    const result = this.#current.collector.result();
    this.#current = undefined;
    this.#pending.push(result);
    this.#pendingBytes += bytesOf(result);
    // Merging goes through all of what is there already: not for every small table.
    if (this.#pendingBytes > Math.max(4_000_000, this.#merged === undefined ? 0 : bytesOf(this.#merged)))
      this.#merge();
  }

  #merge(): void {
    if (this.#pending.length === 0) return;
    this.#merged = mergeOriginals([...(this.#merged ? [this.#merged] : []), ...this.#pending], wholeLimit);
    this.#pending = [];
    this.#pendingBytes = 0;
  }
}

function bytesOf(originals: CollectedOriginals): number {
  return Object.values(originals.sets).reduce(
    (sum, set) => sum + set.slots.byteLength,
    originals.filters.byteLength,
  );
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
  for (const [name, { kind, seen, taken }] of Object.entries(part.columns)) {
    const known = into.columns[name];
    into.columns[name] = { kind, seen: seen + (known?.seen ?? 0), taken: taken + (known?.taken ?? 0) };
  }
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
