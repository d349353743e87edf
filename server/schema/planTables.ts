import { quoteName } from '../database/quote.ts';
import { predictAlter } from './algorithm.ts';
import { alterSql, type Clause } from './clauses.ts';
import type { Comparison } from './compare.ts';
import { tableSql } from './ddlOf.ts';
import { alterReasons, dropTableReason } from './destructive.ts';
import { foreignKeyNames, renewedIndexes } from './diffKeys.ts';
import { addForeignKey, diffTable, dropForeignKey, type TableDiff } from './diffTable.ts';
import { type ForeignKeyPlan, planForeignKeys } from './foreignKeyPlan.ts';
import type { ForeignKey, Schema, Table } from './model.ts';
import { type PlannedChange, plannedChange } from './plannedChange.ts';
import { type Rename, renameColumns, renameTables } from './renames.ts';
import { stagesOf } from './stages.ts';
import { tableSession } from './tableSession.ts';

/** Both directions of one table that exists before and after. */
export interface CommonTable {
  name: string;
  /** With the table and columns already named as in `to`. */
  from: Table;
  /** The same with its columns still named as they were. */
  original: Table;
  to: Table;
  forward: TableDiff;
  inverse: TableDiff;
}

/**
 * Ordered changes of sequences and tables; undone in reverse order. Names of renamed tables come first, foreign keys that stand
 * in the way go before everything and come back after everything, new tables come before the keys that refer to them.
 */
export function planTables(
  from: Schema,
  to: Schema,
  renames: readonly Rename[],
  comparison: Comparison,
): PlannedChange[] {
  const before = renameTables(from, renames);
  const common = commonTables(before, to, renames, comparison);
  const keys = planForeignKeys(before, to, common, comparison);
  const changes: PlannedChange[] = renames
    .filter(rename => rename.kind === 'table')
    .map(rename =>
      plannedChange({
        object: rename.to,
        objectType: 'table',
        kind: 'rename',
        sql: `RENAME TABLE ${quoteName(rename.from)} TO ${quoteName(rename.to)}`,
        undoSql: `RENAME TABLE ${quoteName(rename.to)} TO ${quoteName(rename.from)}`,
        algorithm: 'instant',
      }),
    );
  for (const [table, dropped] of keys.early)
    changes.push(
      alterChange(
        to,
        before.tables[table],
        dropped.map(key => dropForeignKey(key.name)),
        addKeys(
          before.tables[table],
          dropped,
          foreignKeyNames(before.tables[table], to.tables[table]),
          comparison,
        ),
      ),
    );
  // A name that changes its kind is free only when the old object is gone.
  const replaced = keys.dropped.filter(table => table.name in to.sequences || table.name in to.views);
  for (const table of replaced) changes.push(dropTable(table, keys));
  changes.push(...sequenceChanges(from, to, 'before'));
  for (const table of keys.created) {
    const late = new Set((keys.late.get(table.name) ?? []).map(key => key.name));
    changes.push(
      plannedChange({
        object: table.name,
        objectType: 'table',
        kind: 'create',
        sql: tableSql(table, { foreignKeys: name => !late.has(name) }),
        undoSql: `DROP TABLE ${quoteName(table.name)}`,
        session: tableSession([table]),
      }),
    );
  }
  for (const table of givingFirst(common)) changes.push(...commonChanges(table, keys, to, comparison));
  for (const [table, added] of keys.late)
    changes.push(
      alterChange(
        to,
        to.tables[table],
        addKeys(to.tables[table], added, foreignKeyNames(before.tables[table], to.tables[table]), comparison),
        added.map(key => dropForeignKey(key.name)),
      ),
    );
  for (const table of keys.dropped) if (!replaced.includes(table)) changes.push(dropTable(table, keys));
  changes.push(...sequenceChanges(from, to, 'after'));
  return changes;
}

/** Tables that give up a check whose name another one takes come first: to MySQL the names are the database's. */
function givingFirst(tables: readonly CommonTable[]): CommonTable[] {
  const checks = ({ from, to }: CommonTable, side: 'from' | 'to') => {
    const [one, other] = side === 'from' ? [from, to] : [to, from];
    return one.checks
      .filter(({ name }) => !other.checks.some(check => check.name === name))
      .map(({ name }) => name);
  };
  const taken = new Set(tables.flatMap(table => checks(table, 'to')));
  const gives = (table: CommonTable) => checks(table, 'from').some(name => taken.has(name));
  return [...tables.filter(gives), ...tables.filter(table => !gives(table))];
}

function dropTable(table: Table, keys: ForeignKeyPlan): PlannedChange {
  const early = new Set((keys.early.get(table.name) ?? []).map(key => key.name));
  return plannedChange({
    object: table.name,
    objectType: 'table',
    kind: 'drop',
    sql: `DROP TABLE ${quoteName(table.name)}`,
    undoSql: tableSql(table, { foreignKeys: name => !early.has(name) }),
    reasons: [dropTableReason(table)],
    undoSession: tableSession([table]),
  });
}

function addKeys(
  table: Table | undefined,
  added: readonly ForeignKey[],
  names: ReadonlySet<string>,
  comparison: Comparison,
): Clause[] {
  return [
    ...(table === undefined ? [] : renewedIndexes(table, added, [], names, comparison)),
    ...added.map(key => addForeignKey(key.definition)),
  ];
}

function commonTables(
  before: Schema,
  to: Schema,
  renames: readonly Rename[],
  comparison: Comparison,
): CommonTable[] {
  const columnRenames = renames.filter(rename => rename.kind === 'column');
  const back = columnRenames.map(rename => ({ ...rename, from: rename.to, to: rename.from }));
  const renamedBefore = renameColumns(before, columnRenames);
  const renamedBack = renameColumns(to, back);
  return Object.keys(to.tables)
    .sort()
    .flatMap(name => {
      const original = before.tables[name];
      const source = renamedBefore.tables[name];
      const target = to.tables[name];
      const targetBack = renamedBack.tables[name];
      if (!original || !source || !target || !targetBack) return [];
      const own = columnRenames.filter(rename => rename.table === name);
      const forward = new Map(own.map(rename => [rename.to, rename.from]));
      const inverse = new Map(own.map(rename => [rename.from, rename.to]));
      return [
        {
          name,
          from: source,
          original,
          to: target,
          forward: diffTable(source, target, forward, to.flavour, comparison),
          inverse: diffTable(targetBack, original, inverse, to.flavour, comparison),
        },
      ];
    });
}

function commonChanges(
  table: CommonTable,
  keys: ForeignKeyPlan,
  to: Schema,
  comparison: Comparison,
): PlannedChange[] {
  const merged = keys.merged.get(table.name) ?? { dropped: [], added: [] };
  const names = foreignKeyNames(table.original, table.to);
  const forward: Clause[] = [
    ...merged.dropped.map(key => dropForeignKey(key.name)),
    ...table.forward.clauses,
    ...renewedIndexes(table.to, merged.added, table.forward.clauses, names, comparison),
    ...merged.added.map(key => addForeignKey(key.definition)),
  ];
  const inverse: Clause[] = [
    ...merged.added.map(key => dropForeignKey(key.name)),
    ...table.inverse.clauses,
    ...renewedIndexes(table.original, merged.dropped, table.inverse.clauses, names, comparison),
    ...merged.dropped.map(key => addForeignKey(key.definition)),
  ];
  const { separate } = table.forward;
  const undoSeparate = table.inverse.separate;
  // What must stand alone in one direction is one statement more in that direction, and none in the other.
  const isApart = separate !== undefined || undoSeparate !== undefined;
  const main = (clauses: Clause[]) =>
    isApart ? clauses.filter(clause => clause.action !== 'partition') : clauses;
  const partition = (clauses: Clause[], alone: Clause | undefined) =>
    alone === undefined ? clauses.filter(clause => clause.action === 'partition') : [alone];
  const there = stagesOf(main(forward), to.flavour);
  // The undo runs in reverse: its first stage belongs to the last statement.
  const back = stagesOf(main(inverse), to.flavour);
  const count = Math.max(there.length, back.length);
  const changes: PlannedChange[] = [];
  for (let index = 0; index < count; index++) {
    const [clauses, undo] = [there[index] ?? [], back[count - 1 - index] ?? []];
    if (clauses.length > 0 || undo.length > 0)
      changes.push(alterChange(to, table.from, clauses, undo, table));
  }
  if (isApart)
    changes.push(
      alterChange(to, table.from, partition(forward, separate), partition(inverse, undoSeparate), table),
    );
  return changes;
}

function alterChange(
  server: Schema,
  table: Table | undefined,
  forward: readonly Clause[],
  inverse: readonly Clause[],
  common?: CommonTable,
): PlannedChange {
  const name = table?.name ?? '';
  const cost = table === undefined ? undefined : predictAlter(server, table, forward);
  const versions = common === undefined ? [] : [common.from, common.to];
  return plannedChange({
    object: name,
    objectType: 'table',
    kind: 'alter',
    sql: alterSql(quoteName(name), forward),
    undoSql: alterSql(quoteName(name), inverse),
    reasons: table === undefined ? [] : alterReasons(table, forward),
    ...cost,
    session: tableSession(versions),
    undoSession: tableSession(versions),
  });
}

function sequenceChanges(from: Schema, to: Schema, when: 'before' | 'after'): PlannedChange[] {
  const names = [...new Set([...Object.keys(from.sequences), ...Object.keys(to.sequences)])].sort();
  return names.flatMap(name => {
    const old = from.sequences[name]?.definition;
    const wanted = to.sequences[name]?.definition;
    const isLast = wanted === undefined && !(name in to.tables);
    if (old === wanted || isLast !== (when === 'after')) return [];
    const quoted = quoteName(name);
    const create = (definition: string) => `CREATE SEQUENCE ${quoted} ${definition}`;
    // ALTER SEQUENCE knows no engine.
    const alter = (definition: string) =>
      `ALTER SEQUENCE ${quoted} ${definition.replace(/\s+ENGINE=\w+$/i, '')}`;
    const base = { object: name, objectType: 'sequence' as const };
    if (old === undefined)
      return [
        plannedChange({
          ...base,
          kind: 'create',
          sql: create(wanted ?? ''),
          undoSql: `DROP SEQUENCE ${quoted}`,
        }),
      ];
    if (wanted === undefined)
      return [
        plannedChange({
          ...base,
          kind: 'drop',
          sql: `DROP SEQUENCE ${quoted}`,
          undoSql: create(old),
          reasons: [`drops the sequence ${name}: where it had counted to is lost`],
        }),
      ];
    return [plannedChange({ ...base, kind: 'alter', sql: alter(wanted), undoSql: alter(old) })];
  });
}
