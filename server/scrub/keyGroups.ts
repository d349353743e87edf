import type { ColumnFacts, TableFacts } from './plan.ts';

/** Columns that are joined by foreign keys: they share one rule, one length and one promise of uniqueness. */
export interface KeyGroup {
  /** Ids of the columns, parents before children. */
  members: string[];
  unique: boolean;
  /** The shortest member's: a replacement must fit them all. */
  maxLength: number | null;
}

/** The group of every column that takes part in a unique key or a foreign key; ids as `columnId` makes them. */
export function keyGroups(tables: readonly TableFacts[]): Map<string, KeyGroup> {
  const id = (table: string, column: string) => `${table}\0${column}`.toLowerCase();
  const facts = new Map<string, ColumnFacts>();
  for (const table of tables)
    for (const column of table.columns) facts.set(id(table.name, column.name), column);
  const groups = new Map<string, KeyGroup>();
  const groupOf = (key: string): KeyGroup => {
    let group = groups.get(key);
    if (group === undefined) {
      group = { members: [key], unique: false, maxLength: facts.get(key)?.maxLength ?? null };
      groups.set(key, group);
    }
    return group;
  };
  for (const table of tables)
    for (const columns of [table.primaryKey, ...table.uniqueKeys])
      for (const column of columns) {
        const group = groupOf(id(table.name, column));
        group.unique = true;
        const prefix = table.uniquePrefixes?.[column];
        // Different values must differ within what the key looks at: nothing longer is written.
        if (prefix !== undefined) group.maxLength = Math.min(group.maxLength ?? prefix, prefix);
      }
  for (const table of tables)
    for (const key of table.foreignKeys)
      key.columns.forEach((column, index) => {
        const parent = id(key.refTable, key.refColumns[index] ?? '');
        const child = id(table.name, column);
        if (!facts.has(parent) || !facts.has(child)) return;
        merge(groups, groupOf(parent), groupOf(child));
      });
  return groups;
}

function merge(groups: Map<string, KeyGroup>, parent: KeyGroup, child: KeyGroup): void {
  if (parent === child) return;
  parent.members.push(...child.members);
  parent.unique ||= child.unique;
  if (child.maxLength !== null)
    parent.maxLength =
      parent.maxLength === null ? child.maxLength : Math.min(parent.maxLength, child.maxLength);
  for (const member of child.members) groups.set(member, parent);
}
