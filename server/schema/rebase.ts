import type { Conflict } from '../protocol/plan.ts';
import { tableSql } from './ddlOf.ts';
import { Merge, type Resolutions } from './merge.ts';
import type { Schema, Table } from './model.ts';
import { rebaseStored } from './rebaseStored.ts';
import { rebaseTable } from './rebaseTable.ts';
import { type Rename, renameColumns, renameTables } from './renames.ts';

export type SchemaConflict = Conflict;

export interface RebaseChoices {
  /** By conflict id. An undecided conflict leaves production as it is, and the plan must not be applied. */
  resolve?: Resolutions;
  /** Renames that the environment made, decided by a person. */
  renames?: readonly Rename[];
}

export interface Rebased {
  /** What production shall become: `theirs` with the changes from `base` to `mine`. */
  target: Schema;
  conflicts: SchemaConflict[];
  /** Those renames that production still needs: pass them to `diffSchemas(theirs, target, {renames})`. */
  renames: Rename[];
}

/**
 * Puts the environment's schema changes on top of production as it is now. What only production changed is left alone, what both
 * changed in the same way is no change, and what both changed differently is a conflict: by column, index, key, check and
 * option, not by table.
 *
 * Definers: an object that the environment's own account made anew keeps the definer that production has; the person who
 * replaced it did not choose one. Only a definer written out counts as a change.
 */
export function rebaseSchema(
  base: Schema,
  mine: Schema,
  theirs: Schema,
  choices: RebaseChoices = {},
): Rebased {
  const merge = new Merge(choices.resolve ?? {});
  const renames = (choices.renames ?? []).filter(rename => isPending(theirs, rename, choices.renames ?? []));
  const renamed = (schema: Schema) =>
    renameColumns(renameTables(schema, choices.renames ?? []), choices.renames ?? []);
  const from = renamed(base);
  const onto = renames.length === 0 ? theirs : renameColumns(renameTables(theirs, renames), renames);
  const target: Schema = {
    ...theirs,
    ...pickCharset(base, mine, theirs),
    tables: rebaseTables(merge, from, mine, onto),
    ...rebaseStored(merge, from, mine, onto),
    sequences: merge.objects('sequence', from.sequences, mine.sequences, onto.sequences, {
      same: (a, b) => a.definition === b.definition,
      text: sequence => sequence.definition,
    }),
  };
  return { target, conflicts: merge.conflicts, renames };
}

/** Production has the old name, and not already the new one. */
function isPending(theirs: Schema, rename: Rename, all: readonly Rename[]): boolean {
  if (rename.kind === 'table')
    return theirs.tables[rename.from] !== undefined && theirs.tables[rename.to] === undefined;
  const tableRename = all.find(other => other.kind === 'table' && other.to === rename.table);
  const table = theirs.tables[rename.table] ?? theirs.tables[tableRename?.from ?? ''];
  const has = (name: string) => table?.columns.some(column => column.name === name) ?? false;
  return has(rename.from) && !has(rename.to);
}

function pickCharset(base: Schema, mine: Schema, theirs: Schema): Pick<Schema, 'charset' | 'collation'> {
  const changed = base.charset !== mine.charset || base.collation !== mine.collation;
  const { charset, collation } = changed ? mine : theirs;
  return { charset, collation };
}

function rebaseTables(merge: Merge, base: Schema, mine: Schema, theirs: Schema): Record<string, Table> {
  const tables: Record<string, Table> = {};
  const names = new Set([
    ...Object.keys(base.tables),
    ...Object.keys(mine.tables),
    ...Object.keys(theirs.tables),
  ]);
  for (const name of [...names].sort()) {
    const [old, own, other] = [base.tables[name], mine.tables[name], theirs.tables[name]];
    const table =
      old !== undefined && own !== undefined && other !== undefined
        ? rebaseTable(merge, old, own, other)
        : merge.choose(`table:${name}`, name, old, own, other, {
            same: (a, b) => tableSql(a) === tableSql(b),
            text: value => tableSql(value),
          });
    if (table !== undefined) tables[name] = table;
  }
  dropDangling(merge, tables);
  return tables;
}

/** A foreign key from one side to a table that the other side dropped. */
function dropDangling(merge: Merge, tables: Record<string, Table>): void {
  for (const [name, table] of Object.entries(tables)) {
    const dangling = table.foreignKeys.filter(
      key => key.refDatabase === null && tables[key.refTable] === undefined,
    );
    if (dangling.length === 0) continue;
    for (const key of dangling)
      merge.impossible(
        `table:${name}.foreignKey:${key.name}`,
        `${name}.${key.name}`,
        `the foreign key refers to ${key.refTable}, which the other side dropped`,
        key.definition,
      );
    tables[name] = { ...table, foreignKeys: table.foreignKeys.filter(key => !dangling.includes(key)) };
  }
}
