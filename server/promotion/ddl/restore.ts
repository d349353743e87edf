import { quoteName } from '../../database/quote.ts';
import { triggerSql } from '../../schema/ddlOf.ts';
import type { Column, Schema, Table } from '../../schema/model.ts';
import { markUnchanged, restoreValues, updateTriggers } from './keepValues.ts';
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
  /** By table: the columns that return. */
  returning: Map<string, Set<string>>;
}

/**
 * Finds out which kept values can return with a change from `from` to `target`. Returning columns are added first and
 * filled; only then the rest of the change, such as a unique key or a foreign key over them, is made.
 */
export function planRestore(from: Schema, target: Schema, restorable: readonly Kept[]): Restore {
  const restore: Restore = {
    between: { ...from, tables: { ...from.tables } },
    first: [],
    last: [],
    triggersOff: [],
    triggersOn: [],
    triggers: new Set(),
    locks: [],
    returning: new Map(),
  };
  const tables = new Set(restorable.map(kept => kept.table));
  for (const name of [...tables].sort()) {
    const before = from.tables[name];
    const after = target.tables[name];
    const kept = restorable.filter(
      (other): other is KeptValues => other.kind === 'values' && other.table === name,
    );
    if (before !== undefined && after !== undefined) restoreTable(restore, from, target, before, after, kept);
  }
  return restore;
}

function restoreTable(
  restore: Restore,
  from: Schema,
  target: Schema,
  before: Table,
  after: Table,
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
      const returns =
        how === 'dropped'
          ? now === undefined
          : now !== undefined && (now.type !== then.type || now.charset !== then.charset);
      if (returns) (how === 'dropped' ? returning : reverting).add(column);
      return returns ? [column] : [];
    });
    if (columns.length > 0) used.push({ kept, columns });
  }
  if (used.length === 0) return;
  const name = before.name;
  const between = withColumns(before, after, returning);
  restore.between.tables[name] = between;
  if (returning.size > 0) restore.returning.set(name, returning);
  restore.locks.push(name, ...used.map(({ kept }) => kept.keptAs));
  for (const { kept, columns } of used) restore.first.push(...markUnchanged(kept, columns));
  if (returning.size > 0)
    restore.first.push({ object: name, purpose: 'restore', sql: addColumns(between, returning) });
  for (const { kept, columns } of used) {
    restore.first.push(
      ...restoreValues(
        kept,
        columns.filter(column => returning.has(column)),
        between,
      ),
    );
    restore.last.push(
      ...restoreValues(
        kept,
        columns.filter(column => reverting.has(column)),
        after,
      ),
    );
  }
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

function addColumns(between: Table, returning: ReadonlySet<string>): string {
  const clauses = between.columns.flatMap((column, index) => {
    if (!returning.has(column.name)) return [];
    const previous = between.columns[index - 1];
    const place = previous === undefined ? 'FIRST' : `AFTER ${quoteName(previous.name)}`;
    return [`ADD COLUMN ${quoteName(column.name)} ${column.definition} ${place}`];
  });
  return `ALTER TABLE ${quoteName(between.name)} ${clauses.join(', ')}`;
}
