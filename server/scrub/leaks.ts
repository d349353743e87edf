import type { Connection } from '../database/connection.ts';
import { quoteName } from '../database/quote.ts';
import { GreenroomError } from '../platform/errors.ts';
import type { Operation } from '../platform/progress.ts';
import { isBytes, isCharacter } from './columnType.ts';
import type { CollectedOriginals, OriginalKind } from './originals.ts';
import type { ColumnPlan, ScrubKey, ScrubPlan, TablePlan } from './plan.ts';
import { ColumnSearch, type LeakKind } from './proof/columnSearch.ts';
import { OriginalsIndex } from './proof/originalsIndex.ts';

/** One column of the base that holds what it must not. Never holds a value. */
export interface Leak {
  table: string;
  column: string;
  kind: LeakKind;
  /** Values of the column in which it was found. */
  count: number;
}

/** What was searched, for the statement that is kept with the generation. */
export interface SearchResult {
  leaks: Leak[];
  tables: number;
  rows: number;
  bytes: number;
  /** By kind: how many originals were searched for, of how many values offered. `whole`: none was left out. */
  originals: Partial<Record<OriginalKind, { searched: number; offered: number; whole: boolean }>>;
  columns: CollectedOriginals['columns'];
}

/**
 * Reads the whole base and looks for originals that the build has collected, and for anything that looks like a live e-mail address,
 * card number or key. Kept columns are searched like all others; dates and numbers cannot hold what is searched for.
 *
 * @param connection to the base, as it will be sealed
 */
export async function searchBase(
  connection: Connection,
  plan: ScrubPlan,
  originals: CollectedOriginals,
  key: ScrubKey,
  op: Operation,
): Promise<SearchResult> {
  const index = new OriginalsIndex(originals, key);
  const result: SearchResult = {
    leaks: [],
    tables: 0,
    rows: 0,
    bytes: 0,
    originals: index.summary(),
    columns: originals.columns,
  };
  const tables = Object.values(plan.tables);
  for (const table of tables) {
    op.progress({
      step: `proving ${table.table}`,
      done: result.tables,
      total: tables.length,
      unit: 'tables',
    });
    const searcher = new TableSearch(table, index);
    const names = table.columns.map(({ name }) => quoteName(name)).join(', ');
    for await (const row of connection.raw(`SELECT ${names} FROM ${quoteName(table.table)}`)) {
      if (op.signal.aborted) throw new GreenroomError('cancelled', { subject: table.table });
      searcher.addRow(row);
    }
    result.tables++;
    result.rows += searcher.rows;
    result.bytes += searcher.bytes;
    result.leaks.push(...searcher.leaks());
  }
  return result;
}

/** As {@link searchBase}, the leaks alone. */
export async function searchLeaks(
  connection: Connection,
  plan: ScrubPlan,
  originals: CollectedOriginals,
  key: ScrubKey,
  op: Operation,
): Promise<Leak[]> {
  return (await searchBase(connection, plan, originals, key, op)).leaks;
}

/** Searches one table row by row: for callers that stream the rows themselves, in a worker of their own. */
export class TableSearch {
  rows = 0;
  bytes = 0;
  readonly #table: string;
  readonly #columns: ColumnSearch[];

  constructor(plan: TablePlan, index: OriginalsIndex) {
    this.#table = plan.table;
    this.#columns = plan.columns.map(column => new ColumnSearch(column, index, isSearched(column)));
  }

  addRow(row: readonly (Buffer | null)[]): void {
    this.rows++;
    for (let i = 0; i < this.#columns.length; i++) {
      const value = row[i];
      if (value !== null && value !== undefined) this.addValue(i, value, 0, value.length);
    }
  }

  /** One value, where it lies: `bytes[start, end)`. For callers that make no object of each; they count `rows` too. */
  addValue(column: number, bytes: Buffer, start: number, end: number): void {
    this.bytes += end - start;
    this.#columns[column]?.add(bytes, start, end);
  }

  leaks(): Leak[] {
    return this.#columns.flatMap(search =>
      search.found().map(({ kind, count }) => ({ table: this.#table, column: search.name, kind, count })),
    );
  }
}

/** Numbers shorter than a phone number, dates and the like cannot hold what is searched for. */
export function isSearched(column: ColumnPlan): boolean {
  return (
    isCharacter(column) ||
    isBytes(column) ||
    column.dataType === 'json' ||
    column.use === 'phone' ||
    column.use === 'cardNumber'
  );
}

const leakKinds: Record<LeakKind, { what: string; allow?: string }> = {
  address: { what: 'an original e-mail address' },
  phone: { what: 'an original phone number' },
  card: { what: 'an original card number' },
  iban: { what: 'an original IBAN' },
  name: { what: 'an original name', allow: 'name' },
  value: { what: 'an original value of a scrubbed column', allow: 'value' },
  'live-address': { what: 'what looks like a live e-mail address', allow: 'email' },
  'live-card': { what: 'what looks like a live card number', allow: 'card' },
  'live-iban': { what: 'what looks like a live IBAN', allow: 'iban' },
  'live-key': { what: 'what looks like a live secret key', allow: 'key' },
};

/** A leak as one line for errors: `users.note: an original name (3 values; "allow": ["name"] if it may stay)`. */
export function describeLeak({ table, column, kind, count }: Leak): string {
  const { what, allow } = leakKinds[kind];
  const values = `${count} value${count === 1 ? '' : 's'}`;
  const way = allow === undefined ? '' : `; "allow": ["${allow}"] if it may stay`;
  return `${table}.${column}: ${what} (${values}${way})`;
}
