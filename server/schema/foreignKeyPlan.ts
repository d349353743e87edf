import { type Comparison, typeMeaning } from './compare.ts';
import { diffForeignKeys, type ForeignKeyDiff } from './diffKeys.ts';
import type { ForeignKey, Schema, Table } from './model.ts';
import type { CommonTable } from './planTables.ts';

export interface ForeignKeyPlan {
  /** Dropped before anything else, by table. */
  early: Map<string, ForeignKey[]>;
  /** Part of the table's own ALTER. */
  merged: Map<string, ForeignKeyDiff>;
  /** Added after everything else. */
  late: Map<string, ForeignKey[]>;
  /** New tables, those that are referred to first. */
  created: Table[];
  /** Tables that go, those that refer first. */
  dropped: Table[];
}

/** Decides for each foreign key when it goes and comes; cycles and keys whose columns change type are broken open. */
export function planForeignKeys(
  before: Schema,
  to: Schema,
  common: readonly CommonTable[],
  comparison: Comparison,
): ForeignKeyPlan {
  const byName = new Map(common.map(table => [table.name, table]));
  const early = new Map<string, ForeignKey[]>();
  const late = new Map<string, ForeignKey[]>();
  const merged = new Map<string, ForeignKeyDiff>();
  const disturbs = (key: ForeignKey) => {
    const parent = key.refDatabase === null ? byName.get(key.refTable) : undefined;
    return parent !== undefined && touches(parent, key.refColumns);
  };
  const moves = movingNames(before, to);
  for (const table of common) {
    const diff = diffForeignKeys(table.from, table.to, comparison);
    const own: ForeignKeyDiff = { dropped: [], added: [] };
    const original = new Map(
      before.tables[table.name]?.foreignKeys.map(key => [key.name, key] as [string, ForeignKey]),
    );
    const breaks = (key: ForeignKey) => {
      const parent = key.refDatabase === null ? byName.get(key.refTable) : undefined;
      return retypes(table, key.columns) || (parent !== undefined && retypes(parent, key.refColumns));
    };
    for (const key of table.from.foreignKeys) {
      const asItWas = original.get(key.name) ?? key;
      if (diff.dropped.includes(key)) {
        const comesBack = diff.added.some(added => added.name === key.name);
        if (comesBack || breaks(key) || disturbs(key) || moves.has(key.name))
          push(early, table.name, asItWas);
        else own.dropped.push(asItWas);
      } else if (breaks(key)) {
        push(early, table.name, asItWas);
        push(late, table.name, table.to.foreignKeys.find(other => other.name === key.name) ?? key);
      }
    }
    for (const key of diff.added) {
      const wasThere = diff.dropped.some(dropped => dropped.name === key.name);
      if (wasThere || breaks(key) || disturbs(key) || moves.has(key.name)) push(late, table.name, key);
      else own.added.push(key);
    }
    merged.set(table.name, own);
  }
  const gone = Object.values(before.tables).filter(table => to.tables[table.name] === undefined);
  const added = Object.values(to.tables).filter(table => before.tables[table.name] === undefined);
  const created = referredFirst(added, key => disturbs(key) || moves.has(key.name), late);
  // The mirror image: undoing the drops makes these tables again, the last one first.
  const dropped = referredFirst(gone, key => disturbs(key) || moves.has(key.name), early).reverse();
  return { early, merged, late, created, dropped };
}

/** Names that a key of one table gives up and one of another table takes: they are the database's, not the table's. */
function movingNames(before: Schema, to: Schema): Set<string> {
  const owners = (schema: Schema) =>
    new Map(
      Object.values(schema.tables).flatMap(table =>
        table.foreignKeys.map((key): [string, string] => [key.name, table.name]),
      ),
    );
  const now = owners(before);
  return new Set(
    [...owners(to)].filter(([name, table]) => (now.get(name) ?? table) !== table).map(([name]) => name),
  );
}

function push(map: Map<string, ForeignKey[]>, table: string, key: ForeignKey): void {
  map.set(table, [...(map.get(table) ?? []), key]);
}

/** The columns' types change, or the table's engine or partitions: the server refuses that while a key holds them. */
function retypes(table: CommonTable, columns: readonly string[]): boolean {
  return table.forward.clauses.some(
    clause =>
      (clause.action === 'change-column' &&
        columns.includes(clause.to.name) &&
        (typeMeaning(clause.from) !== typeMeaning(clause.to) ||
          clause.from.collation !== clause.to.collation ||
          clause.from.charset !== clause.to.charset ||
          JSON.stringify(clause.from.generated) !== JSON.stringify(clause.to.generated))) ||
      (clause.action === 'option' && clause.option === 'ENGINE') ||
      clause.action === 'partition',
  );
}

/** Something that a key to these columns stands on changes in the table's ALTER. */
function touches(table: CommonTable, columns: readonly string[]): boolean {
  if (retypes(table, columns)) return true;
  return [...table.forward.clauses, ...table.inverse.clauses].some(clause => {
    if (clause.action === 'add-column' || clause.action === 'drop-column')
      return columns.includes(clause.column.name);
    if (clause.action === 'change-column')
      return columns.includes(clause.to.name) || columns.includes(clause.from.name);
    return (
      (clause.action === 'add-index' || clause.action === 'drop-index') &&
      clause.index.parts.some(part => part.column !== null && columns.includes(part.column))
    );
  });
}

/**
 * Tables ordered so that each comes after those it refers to. Keys that close a cycle, and those for which `apart` says so, are
 * put into `loose`.
 */
function referredFirst(
  tables: readonly Table[],
  apart: (key: ForeignKey) => boolean,
  loose: Map<string, ForeignKey[]>,
): Table[] {
  const waiting = new Map(
    [...tables].sort((a, b) => (a.name < b.name ? -1 : 1)).map(table => [table.name, table]),
  );
  const ordered: Table[] = [];
  const open = new Set<string>();
  const visit = (table: Table) => {
    open.add(table.name);
    for (const key of table.foreignKeys) {
      if (apart(key)) {
        push(loose, table.name, key);
        continue;
      }
      if (key.refDatabase !== null || key.refTable === table.name) continue;
      if (open.has(key.refTable)) push(loose, table.name, key);
      else {
        const parent = waiting.get(key.refTable);
        if (parent !== undefined) visit(parent);
      }
    }
    open.delete(table.name);
    waiting.delete(table.name);
    ordered.push(table);
  };
  while (waiting.size > 0) {
    const [next] = waiting.values();
    if (next !== undefined) visit(next);
  }
  return ordered;
}
