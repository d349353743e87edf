import { quoteName } from '../database/quote.ts';
import { sameCheck, sameColumn, sameForeignKey, sameIndex } from './compare.ts';
import { partitioningSql } from './ddlOf.ts';
import { withExplicitCharset } from './explicitCharset.ts';
import type { Merge } from './merge.ts';
import type { Column, Table } from './model.ts';
import { mergeOrder } from './rebaseOrder.ts';

/** Merges a table that all three schemas have, part by part. */
export function rebaseTable(merge: Merge, base: Table, mine: Table, theirs: Table): Table {
  const { name } = theirs;
  const charset = merge.choose(
    `table:${name}.option:CHARSET`,
    `${name} (character set)`,
    base,
    mine,
    theirs,
    {
      same: (a, b) => a.collation === b.collation && a.charset === b.charset,
      text: table => `DEFAULT CHARACTER SET ${table.charset} COLLATE ${table.collation}`,
    },
  );
  const defaults = charset ?? theirs;
  const options = mergeOptions(merge, base, mine, theirs, defaults);
  const columns = mergeColumns(merge, base, mine, theirs, defaults);
  const named = <T extends { name: string; definition: string }>(
    kind: string,
    pick: (table: Table) => T[],
    same: (a: T, b: T) => boolean,
  ) => mergeNamed(merge, `table:${name}.${kind}`, name, pick(base), pick(mine), pick(theirs), same);
  const merged: Table = {
    name,
    columns,
    indexes: named(
      'index',
      table => table.indexes,
      (a, b) => sameIndex(a, b, 'meaning'),
    ),
    foreignKeys: named(
      'foreignKey',
      table => table.foreignKeys,
      (a, b) => sameForeignKey(a, b, 'meaning'),
    ),
    checks: named(
      'check',
      table => table.checks,
      (a, b) => sameCheck(a, b, 'meaning'),
    ),
    periods:
      merge.choose(`table:${name}.periods`, `${name} (periods)`, base, mine, theirs, {
        same: (a, b) => JSON.stringify(a.periods) === JSON.stringify(b.periods),
        text: table => table.periods.join(', '),
      })?.periods ?? [],
    options,
    charset: defaults.charset,
    collation: defaults.collation,
    partitioning:
      merge.choose(`table:${name}.partitioning`, `${name} (partitions)`, base, mine, theirs, {
        same: (a, b) => partitioningSql(a) === partitioningSql(b),
        text: partitioningSql,
      })?.partitioning ?? null,
  };
  return withoutLostColumns(merge, merged);
}

function mergeNamed<T extends { name: string; definition: string }>(
  merge: Merge,
  idPrefix: string,
  table: string,
  base: readonly T[],
  mine: readonly T[],
  theirs: readonly T[],
  same: (a: T, b: T) => boolean,
): T[] {
  const find = (list: readonly T[], name: string) => list.find(item => item.name === name);
  const names = new Set([...theirs, ...mine, ...base].map(item => item.name));
  return [...names].flatMap(name => {
    const value = merge.choose(
      `${idPrefix}:${name}`,
      `${table}.${name}`,
      find(base, name),
      find(mine, name),
      find(theirs, name),
      { same, text: item => item.definition },
    );
    return value === undefined ? [] : [value];
  });
}

function mergeColumns(
  merge: Merge,
  base: Table,
  mine: Table,
  theirs: Table,
  defaults: { charset: string; collation: string },
): Column[] {
  const find = (table: Table, name: string) => table.columns.find(column => column.name === name);
  const result = new Map<string, Column>();
  for (const name of new Set(
    [...theirs.columns, ...mine.columns, ...base.columns].map(column => column.name),
  )) {
    const own = find(mine, name);
    const value = merge.choose(
      `table:${theirs.name}.column:${name}`,
      `${theirs.name}.${name}`,
      find(base, name),
      own,
      find(theirs, name),
      {
        same: (a, b) => sameColumn(a, b, 'meaning'),
        text: column => `${quoteName(name)} ${column.definition}`,
      },
    );
    if (value === undefined) continue;
    const source = value === own ? mine : theirs;
    // What the definition leaves unsaid was said by its own table.
    const inherits = value.charset !== null && source.collation !== defaults.collation;
    result.set(name, inherits ? withExplicitCharset(value) : value);
  }
  const names = (table: Table) => table.columns.map(column => column.name);
  const order = mergeOrder(names(base), names(mine), names(theirs), new Set(result.keys()));
  if (order.conflict) {
    const list = (table: Table) => names(table).map(quoteName).join(', ');
    const chosen = merge.choose(
      `table:${theirs.name}.order`,
      `${theirs.name} (order of columns)`,
      base,
      mine,
      theirs,
      { same: () => false, text: list },
    );
    return (chosen === mine ? order.mine : order.theirs).flatMap(name => result.get(name) ?? []);
  }
  return order.theirs.flatMap(name => result.get(name) ?? []);
}

function mergeOptions(
  merge: Merge,
  base: Table,
  mine: Table,
  theirs: Table,
  charsetFrom: Table,
): Table['options'] {
  const find = (table: Table, name: string) => table.options.find(option => option.name === name);
  const names = new Set([...theirs.options, ...mine.options, ...base.options].map(option => option.name));
  return [...names].flatMap(name => {
    // Merged as one by the caller.
    if (name === 'DEFAULT CHARSET' || name === 'COLLATE') return find(charsetFrom, name) ?? [];
    const value = merge.choose(
      `table:${theirs.name}.option:${name}`,
      `${theirs.name} (${name})`,
      find(base, name),
      find(mine, name),
      find(theirs, name),
      {
        same: (a, b) => a.text === b.text,
        text: option => option.text,
      },
    );
    return value ?? [];
  });
}

/** An index or key from one side over a column that the other side dropped. */
function withoutLostColumns(merge: Merge, table: Table): Table {
  const columns = new Set(table.columns.map(column => column.name));
  const lost = (names: readonly (string | null)[]) => names.find(name => name !== null && !columns.has(name));
  const keep = (
    kind: string,
    item: { name: string; definition: string },
    missing: string | null | undefined,
  ) => {
    if (missing === undefined || missing === null) return true;
    merge.impossible(
      `table:${table.name}.${kind}:${item.name}`,
      `${table.name}.${item.name}`,
      `it needs the column ${missing}, which the other side dropped`,
      item.definition,
    );
    return false;
  };
  return {
    ...table,
    indexes: table.indexes.filter(index => keep('index', index, lost(index.parts.map(part => part.column)))),
    foreignKeys: table.foreignKeys.filter(key => keep('foreignKey', key, lost(key.columns))),
  };
}
