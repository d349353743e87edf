import { quoteName } from '../../database/quote.ts';
import { triggerSql } from '../../schema/ddlOf.ts';
import { type Column, reservedPrefix, type Schema, type Table } from '../../schema/model.ts';
import { createKeptAnew, markUnchanged, restoreValues, updateTriggers } from './keepValues.ts';
import type { Kept, KeptValues, Step } from './program.ts';

/** How kept values of an earlier promotion come back, as steps around the DDL. */
export interface Restore {
  /** The schema once the returning columns are added, bare: the DDL starts from here. */
  between: Schema;
  /** Before the DDL: marks, adds returning columns, puts their values back. */
  first: Step[];
  /** After the DDL: values of columns that have their old type again. */
  last: Step[];
  /** Triggers that must not see values return: dropped first, made again last, by us and not by the DDL. */
  triggersOff: Step[];
  triggersOn: Step[];
  triggers: Set<string>;
  locks: string[];
  /** Before the locks: kept tables that are made out of an old table. */
  prepare: Step[];
  /** By table: the columns that return. */
  returning: Map<string, Set<string>>;
}

/**
 * Finds out which kept values can return with a change from `from` to `target`. Returning columns are added first and
 * filled; only then the rest of the change, such as a unique key or a foreign key over them, is made.
 */
export function planRestore(
  from: Schema,
  target: Schema,
  restorable: readonly Kept[],
  again = false,
): Restore {
  const restore: Restore = {
    between: { ...from, tables: { ...from.tables } },
    first: [],
    last: [],
    triggersOff: [],
    triggersOn: [],
    triggers: new Set(),
    locks: [],
    prepare: [],
    returning: new Map(),
  };
  const tables = new Set(restorable.map(kept => kept.table));
  for (const name of [...tables].sort()) {
    const before = from.tables[name];
    const after = target.tables[name];
    const kept = restorable.filter(
      (other): other is KeptValues => other.kind === 'values' && other.table === name,
    );
    if (before !== undefined && after !== undefined)
      restoreTable(restore, { from, target, before, after, again }, kept);
  }
  return restore;
}

interface TableReturn {
  from: Schema;
  target: Schema;
  before: Table;
  after: Table;
  again: boolean;
}

function restoreTable(
  restore: Restore,
  { from, target, before, after, again }: TableReturn,
  restorable: readonly KeptValues[],
): void {
  const returning = new Set<string>();
  const reverting = new Set<string>();
  const used: { kept: KeptValues; columns: string[] }[] = [];
  // The newest first: a column that was dropped twice returns as it was last.
  for (const kept of restorable.filter(({ keyed }) => keyed).reverse()) {
    const columns = kept.columns.flatMap(({ column, how }) => {
      const now = before.columns.find(other => other.name === column);
      const then = after.columns.find(other => other.name === column);
      if (then === undefined || returning.has(column) || reverting.has(column)) return [];
      const isBack = now !== undefined && now.type === then.type && now.charset === then.charset;
      const returns = how === 'dropped' ? now === undefined : now !== undefined && (again || !isBack);
      if (returns) (how === 'dropped' ? returning : reverting).add(column);
      return returns ? [column] : [];
    });
    if (columns.length > 0) used.push({ kept, columns });
  }
  if (used.length === 0) return;
  const name = before.name;
  // What an interrupted return left behind goes first; the return begins anew.
  const leftovers = before.columns.filter(column => column.name.startsWith(reservedPrefix));
  const columns = before.columns.filter(column => !leftovers.includes(column));
  const between = withColumns({ ...before, columns }, after, returning);
  restore.between.tables[name] = between;
  if (returning.size > 0) restore.returning.set(name, returning);
  restore.locks.push(name, ...used.map(({ kept }) => kept.keptAs));
  for (const { kept } of used)
    if (kept.keptIn !== undefined) restore.prepare.push(...createKeptAnew(kept, kept.keptIn));
  for (const { kept, columns } of used) {
    // A column that has its old type again was marked before it got it.
    const changed = columns.filter(column => typeOf(before, column) !== typeOf(after, column));
    restore.first.push(...markUnchanged(kept, changed));
  }
  if (leftovers.length > 0)
    restore.first.push({ object: name, purpose: 'restore', sql: dropColumns(name, leftovers) });
  if (returning.size > 0)
    restore.first.push({ object: name, purpose: 'restore', sql: addColumns(between, returning) });
  for (const { kept, columns } of used) {
    const back = columns.filter(column => returning.has(column));
    restore.first.push(...restoreValues(kept, back, between, arriving));
    const reverted = columns.filter(column => reverting.has(column));
    restore.last.push(...restoreValues(kept, reverted, after));
  }
  if (returning.size > 0)
    restore.first.push({ object: name, purpose: 'restore', sql: nameColumns(between, returning) });
  for (const trigger of updateTriggers(from, name)) {
    restore.triggers.add(trigger);
    restore.triggersOff.push({ object: name, purpose: 'restore', sql: `DROP TRIGGER ${quoteName(trigger)}` });
  }
  for (const trigger of updateTriggers(target, name)) {
    const object = target.triggers[trigger];
    if (object === undefined) continue;
    restore.triggers.add(trigger);
    restore.triggersOn.push({
      object: name,
      purpose: 'restore',
      sql: triggerSql(target, object),
      session: object.session,
    });
  }
}

/** `before` with the returning columns at the places they have in `after`, without what hangs on them. */
function withColumns(before: Table, after: Table, returning: ReadonlySet<string>): Table {
  const columns: Column[] = [...before.columns];
  for (const [index, column] of after.columns.entries()) {
    if (!returning.has(column.name)) continue;
    const previous = after.columns
      .slice(0, index)
      .findLast(other => columns.some(present => present.name === other.name));
    const place =
      previous === undefined ? 0 : columns.findIndex(present => present.name === previous.name) + 1;
    columns.splice(place, 0, column.autoIncrement ? withoutCounter(column) : column);
  }
  return { ...before, columns };
}

/** A counter needs a key, which comes with the rest of the change. */
function withoutCounter(column: Column): Column {
  const definition = column.definition.replace(/\s*\bAUTO_INCREMENT\b/i, '');
  return { ...column, autoIncrement: false, definition };
}

/**
 * A column returns under a name of ours and gets its own name once its values are there: an interruption in between is seen,
 * and gone through again.
 */
function arriving(column: string): string {
  return [...`${reservedPrefix}${column}`].slice(0, 64).join('');
}

function dropColumns(table: string, columns: readonly Column[]): string {
  const drops = columns.map(column => `DROP COLUMN ${quoteName(column.name)}`).join(', ');
  return `ALTER TABLE ${quoteName(table)} ${drops}`;
}

function addColumns(between: Table, returning: ReadonlySet<string>): string {
  const nameOf = (column: string) => quoteName(returning.has(column) ? arriving(column) : column);
  const clauses = between.columns.flatMap((column, index) => {
    if (!returning.has(column.name)) return [];
    const previous = between.columns[index - 1];
    const place = previous === undefined ? 'FIRST' : `AFTER ${nameOf(previous.name)}`;
    return [`ADD COLUMN ${nameOf(column.name)} ${column.definition} ${place}`];
  });
  return `ALTER TABLE ${quoteName(between.name)} ${clauses.join(', ')}`;
}

function nameColumns(between: Table, returning: ReadonlySet<string>): string {
  const clauses = between.columns
    .filter(column => returning.has(column.name))
    .map(
      column =>
        `CHANGE COLUMN ${quoteName(arriving(column.name))} ${quoteName(column.name)} ${column.definition}`,
    );
  return `ALTER TABLE ${quoteName(between.name)} ${clauses.join(', ')}`;
}

function typeOf(table: Table, name: string): string {
  const column = table.columns.find(other => other.name === name);
  return `${column?.type} ${column?.charset}`;
}
