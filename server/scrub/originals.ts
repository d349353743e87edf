import { isBlank } from './encode.ts';
import type { Place } from './place.ts';
import type { ColumnPlan, ScrubKey, TablePlan, TransformerName } from './plan.ts';
import { isDistinctive, isDrawnName, mayBeDrawnStreet } from './proof/distinctive.ts';
import { filterWords, mergeFilters, noteName, noteValue } from './proof/filters.ts';
import { type FingerprintData, Fingerprinter, FingerprintSet } from './proof/fingerprints.ts';
import { scanValue } from './proof/scan.ts';
import { wordsIn } from './proof/words.ts';
import type { Row } from './transformer.ts';

/** Kinds of originals, by how they are found again. */
export type OriginalKind = 'address' | 'phone' | 'card' | 'iban' | 'name' | 'value';

/** What a worker has collected; plain data that travels in memory only, never to a file. */
export interface CollectedOriginals {
  sets: Partial<Record<OriginalKind, FingerprintData>>;
  /** What is worth hashing, as bits; see `proof/filters.ts`. */
  filters: Uint32Array;
  /** Values offered and kept by `table.column`. */
  columns: Record<string, { kind: OriginalKind; seen: number; taken: number }>;
}

/** Where originals are collected. */
export interface OriginalSets {
  sets: Map<OriginalKind, FingerprintSet>;
  filters: Uint32Array;
}

export const emptySets = (): OriginalSets => ({ sets: new Map(), filters: new Uint32Array(filterWords) });

export interface CollectorOptions {
  /** Sets that the collectors of several tables share. Default: its own. */
  into?: OriginalSets;
  /** Values kept per column that is not searched whole. */
  sample: number;
  /** Fingerprints kept at most per kind that is searched whole; 16 bytes each. Default 4 million. */
  wholeLimit?: number;
}

const wholeKinds: Partial<Record<TransformerName, OriginalKind>> = {
  email: 'address',
  phone: 'phone',
  cardNumber: 'card',
  iban: 'iban',
};
/**
 * Kinds whose values point at one person, so that finding one elsewhere is a leak. A city, a given name, a date or a post code is
 * not: others have it too, and the scrubber itself may draw it.
 */
const sampledKinds: Partial<Record<TransformerName, OriginalKind>> = {
  fullName: 'name',
  street: 'value',
  userName: 'value',
  nationalId: 'value',
  taxNumber: 'value',
  passwordHash: 'value',
  token: 'value',
};
/** Kinds that hold others' values inside: the addresses in them are collected. */
const containers: ReadonlySet<TransformerName> = new Set([
  'text',
  'json',
  'phpSerialized',
  'xml',
  'formEncoded',
]);

interface Collected {
  index: number;
  name: string;
  kind: OriginalKind;
  use: TransformerName;
  whole: boolean;
  set: FingerprintSet;
  seen: number;
  taken: number;
  stride: number;
}

/**
 * Collects keyed fingerprints of originals while a table streams by, for the proof after the build. One per table and worker; call
 * {@link addRow} before the row is scrubbed. Memory is bounded; originals themselves are never kept.
 */
export class OriginalsCollector {
  readonly #fingerprinter: Fingerprinter;
  readonly #sample: number;
  readonly #collected: Collected[] = [];
  readonly #containers: number[] = [];
  readonly #sets: Map<OriginalKind, FingerprintSet>;
  readonly #filters: Uint32Array;

  constructor(plan: TablePlan, key: ScrubKey, options: CollectorOptions) {
    this.#fingerprinter = new Fingerprinter(key);
    this.#sample = options.sample;
    const { sets, filters } = options.into ?? emptySets();
    this.#sets = sets;
    this.#filters = filters;
    const limit = options.wholeLimit ?? 4_000_000;
    plan.columns.forEach((column: ColumnPlan, index) => {
      const whole = wholeKinds[column.use];
      const kind = whole ?? sampledKinds[column.use];
      if (containers.has(column.use)) this.#containers.push(index);
      if (kind === undefined) return;
      const name = `${plan.table}.${column.name}`;
      const set = this.#setOf(kind, limit);
      const entry = {
        index,
        name,
        kind,
        use: column.use,
        whole: whole !== undefined,
        set,
        seen: 0,
        taken: 0,
        stride: 1,
      };
      this.#collected.push(entry);
    });
    if (this.#containers.length > 0) this.#setOf('address', limit);
  }

  /** Takes what the row holds. `row` has the plan's columns, still the originals. */
  addRow(row: Row): void {
    for (let i = 0; i < this.#collected.length; i++) {
      const entry = this.#collected[i] as Collected;
      const { bytes, start, end } = row[entry.index] as Place;
      if (end >= 0) this.#take(entry, bytes, start, end);
    }
    for (let i = 0; i < this.#containers.length; i++) {
      const { bytes, start, end } = row[this.#containers[i] as number] as Place;
      if (hasByte(bytes, start, end, 0x40)) scanValue(bytes, this.#visitor, start, end);
    }
  }

  result(): CollectedOriginals {
    const sets: CollectedOriginals['sets'] = {};
    for (const [kind, set] of this.#sets) sets[kind] = set.data;
    const columns: CollectedOriginals['columns'] = {};
    for (const { name, kind, seen, taken } of this.#collected) columns[name] = { kind, seen, taken };
    return { sets, filters: this.#filters, columns };
  }

  readonly #visitor = {
    address: (bytes: Buffer, start: number, end: number) => {
      this.#addAddress(this.#setOf('address', 0), bytes, start, end);
    },
    number: () => undefined,
    iban: () => undefined,
    secret: () => undefined,
  };

  #setOf(kind: OriginalKind, limit: number): FingerprintSet {
    let set = this.#sets.get(kind);
    if (set === undefined) {
      set = new FingerprintSet(limit);
      this.#sets.set(kind, set);
    }
    return set;
  }

  #take(entry: Collected, bytes: Buffer, start: number, end: number): void {
    entry.seen++;
    if (!entry.whole) {
      if (entry.seen % entry.stride !== 0) return;
      // Every doubling of the table halves the share that is taken: the whole table counts, memory hardly grows.
      if (entry.taken >= this.#sample * (1 + Math.log2(entry.stride))) entry.stride *= 2;
    }
    if (isBlank(bytes, start, end)) return;
    const { set } = entry;
    const print = this.#fingerprinter;
    let added = true;
    switch (entry.kind) {
      case 'address':
        if (isPlainAddress(bytes, start, end)) this.#addAddress(set, bytes, start, end);
        else if (hasByte(bytes, start, end, 0x40)) scanValue(bytes, this.#visitor, start, end);
        break;
      case 'phone':
        added = countDigits(bytes, start, end) >= 7;
        if (added) {
          print.compact(bytes, start, end);
          set.add(print.high, print.low);
        }
        break;
      case 'card':
      case 'iban':
        print.compact(bytes, start, end);
        set.add(print.high, print.low);
        break;
      case 'name':
        added = this.#addName(set, bytes.subarray(start, end));
        break;
      case 'value':
        added = this.#addValue(entry, bytes.subarray(start, end));
    }
    if (added) entry.taken++;
  }

  #addAddress(set: FingerprintSet, bytes: Buffer, start: number, end: number): void {
    this.#fingerprinter.text(bytes, start, end);
    set.add(this.#fingerprinter.high, this.#fingerprinter.low);
  }

  #addValue({ use, set }: Collected, value: Buffer): boolean {
    if (!isDistinctive(use, value) || mayBeDrawnStreet(value)) return false;
    this.#fingerprinter.text(value, 0, value.length);
    set.add(this.#fingerprinter.high, this.#fingerprinter.low);
    noteValue(this.#filters, value);
    return true;
  }

  /** Two words or more, one of them none that the scrubber itself draws. */
  #addName(set: FingerprintSet, value: Buffer): boolean {
    const words = wordsIn(value);
    const first = words[0];
    const last = words.at(-1);
    if (first === undefined || last === undefined || words.length < 2 || words.length > 4) return false;
    const known = words.every(([start, end]) => isDrawnName(value, start, end));
    if (known || last[1] - first[0] < 8) return false;
    this.#fingerprinter.compact(value, first[0], last[1]);
    set.add(this.#fingerprinter.high, this.#fingerprinter.low);
    noteName(this.#filters, value, first[0], first[1]);
    return true;
  }
}

/** Brings together what the workers of a build have collected. */
export function mergeOriginals(
  parts: readonly CollectedOriginals[],
  wholeLimit = 16_000_000,
): CollectedOriginals {
  const sets = new Map<OriginalKind, FingerprintSet>();
  const merged: CollectedOriginals = { sets: {}, filters: new Uint32Array(filterWords), columns: {} };
  for (const part of parts) {
    for (const [name, data] of Object.entries(part.sets)) {
      const kind = name as OriginalKind;
      const set = sets.get(kind) ?? new FingerprintSet(wholeLimit);
      sets.set(kind, set);
      set.merge(data);
    }
    mergeFilters(merged.filters, part.filters);
    for (const [name, { kind, seen, taken }] of Object.entries(part.columns)) {
      const known = merged.columns[name];
      merged.columns[name] = { kind, seen: seen + (known?.seen ?? 0), taken: taken + (known?.taken ?? 0) };
    }
  }
  for (const [kind, set] of sets) merged.sets[kind] = set.data;
  return merged;
}

/** Of a byte: one that no plain address has, the `@`, or any other. */
const addressBytes = new Uint8Array(256);
addressBytes.fill(1, 0, 0x2d).fill(1, 0x3a, 0x40).fill(1, 0x7b);
addressBytes[0x2f] = 1;
addressBytes[0x40] = 2;

/** One address and nothing else, which needs no search: no space, comma, bracket or quote, one `@` inside. */
function isPlainAddress(bytes: Uint8Array, start: number, end: number): boolean {
  let sign = -1;
  for (let i = start; i < end; i++) {
    const kind = addressBytes[bytes[i] as number] as number;
    if (kind === 0) continue;
    if (kind === 1 || sign >= 0) return false;
    sign = i;
  }
  return sign > start && sign < end - 3;
}

function hasByte(bytes: Uint8Array, start: number, end: number, byte: number): boolean {
  for (let i = start; i < end; i++) if (bytes[i] === byte) return true;
  return false;
}

function countDigits(bytes: Uint8Array, start: number, end: number): number {
  let count = 0;
  for (let i = start; i < end; i++) if ((bytes[i] as number) >= 0x30 && (bytes[i] as number) <= 0x39) count++;
  return count;
}
