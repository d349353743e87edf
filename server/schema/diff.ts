import { comparisonOf } from './compare.ts';
import type { Schema, Session } from './model.ts';
import { type PlannedChange, plannedChange } from './plannedChange.ts';
import { planEvents, planRoutines, planTriggers, planViews, type StoredChange } from './planStored.ts';
import { planTables } from './planTables.ts';
import {
  findRenameCandidates,
  type Rename,
  type RenameCandidate,
  renameTables,
  withSpellings,
} from './renames.ts';

export type { PlannedChange } from './plannedChange.ts';
export type { Rename, RenameCandidate } from './renames.ts';

export interface DiffOptions {
  /** Decided renames; everything else is a drop and an add. */
  renames?: readonly Rename[];
  /**
   * Also what only shows when printed: the order of indexes, spellings of the same thing. Costs statements that change nothing
   * for anyone, so a promotion leaves it off.
   */
  exact?: boolean;
}

export interface UndoStatement {
  sql: string;
  session: Session;
  /** Index in `changes`: after a part of them was applied, the undo of that part is this list without the others. */
  change: number;
}

export interface SchemaDiff {
  /** In the order in which they run. */
  changes: PlannedChange[];
  /** In the order in which it runs. Not the reverse of `changes`: views and triggers come back after their tables. */
  undo: UndoStatement[];
  renameCandidates: RenameCandidate[];
}

/** DDL that turns `from` into `to`, and back. Each statement runs as it stands in the database, in the session it names. */
export function diffSchemas(from: Schema, to: Schema, options: DiffOptions = {}): SchemaDiff {
  const renames = withSpellings(from, to, options.renames ?? []);
  const comparison = comparisonOf(from, to, options.exact ?? false);
  const database = databaseChange(from, to);
  const tables = planTables(from, to, renames, comparison);
  // Triggers follow a renamed table by themselves.
  const followed = followRenames(from, renames);
  const triggers = planTriggers(followed, to);
  const stored = [planRoutines(from, to), planViews(from, to), triggers.late, planEvents(from, to)];
  // A name that changes its kind is free only when the old object is gone, in both directions.
  const inTheWay = (stored[1] ?? [])
    .map(entry => entry.change)
    .filter(({ kind, object }) =>
      kind === 'drop' ? isTable(to, object) : kind === 'create' && isTable(from, object),
    );
  const dropped = inTheWay.filter(({ kind }) => kind === 'drop');
  const created = inTheWay.filter(({ kind }) => kind === 'create');
  const changes = [
    ...database,
    ...dropped,
    ...triggers.early.map(entry => entry.change),
    ...tables,
    ...stored
      .flat()
      .map(entry => entry.change)
      .filter(change => !dropped.includes(change)),
  ];
  const undoOrder = [
    ...created,
    ...[...database, ...tables].reverse(),
    ...byRank(stored[0] ?? []),
    ...byRank(stored[1] ?? []).filter(change => !created.includes(change)),
    ...byRank([...triggers.early, ...triggers.late]),
    ...byRank(stored[3] ?? []),
  ];
  return {
    changes,
    undo: undoOrder.map(change => ({
      sql: change.undoSql,
      session: change.undoSession,
      change: changes.indexOf(change),
    })),
    renameCandidates: findRenameCandidates(from, to).filter(
      candidate => !renames.some(rename => rename.kind === candidate.kind && rename.to === candidate.to),
    ),
  };
}

function isTable(schema: Schema, name: string): boolean {
  return name in schema.tables || name in schema.sequences;
}

function byRank(entries: readonly StoredChange[]): PlannedChange[] {
  return [...entries].sort((a, b) => a.undoRank - b.undoRank).map(entry => entry.change);
}

function followRenames(schema: Schema, renames: readonly Rename[]): Schema {
  return renames.length === 0 ? schema : renameTables(schema, renames);
}

function databaseChange(from: Schema, to: Schema): PlannedChange[] {
  if (from.flavour !== to.flavour || (from.charset === to.charset && from.collation === to.collation))
    return [];
  const sql = (schema: Schema) =>
    `ALTER DATABASE CHARACTER SET ${schema.charset} COLLATE ${schema.collation}`;
  return [
    plannedChange({
      object: '',
      objectType: 'database',
      kind: 'alter',
      sql: sql(to),
      undoSql: sql(from),
    }),
  ];
}
