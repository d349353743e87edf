import { quoteName } from '../database/quote.ts';
import type { Column, ForeignKey, Schema, Table } from './model.ts';
import { mapTokens } from './reader.ts';

export interface Rename {
  kind: 'table' | 'column';
  /** The table as it is named after all renames of tables. For a table: its new name. */
  table: string;
  from: string;
  to: string;
}

/** Protocol's `renameCandidate`, undecided. */
export interface RenameCandidate extends Rename {
  id: string;
}

export function renameId(rename: Rename): string {
  return rename.kind === 'table'
    ? `table:${rename.from}>${rename.to}`
    : `column:${rename.table}.${rename.from}>${rename.to}`;
}

/** Drops and adds that may be renames: same shape, and nothing else of that shape on either side. Never decided here. */
export function findRenameCandidates(from: Schema, to: Schema): RenameCandidate[] {
  const candidates: RenameCandidate[] = [];
  const add = (rename: Rename) => candidates.push({ ...rename, id: renameId(rename) });
  const goneTables = Object.values(from.tables).filter(table => to.tables[table.name] === undefined);
  const newTables = Object.values(to.tables).filter(table => from.tables[table.name] === undefined);
  for (const [old, table] of pairs(goneTables, newTables, tableShape))
    add({ kind: 'table', table: table.name, from: old.name, to: table.name });
  for (const table of Object.values(to.tables)) {
    const before = from.tables[table.name];
    if (before === undefined) continue;
    const gone = before.columns.filter(column => !table.columns.some(other => other.name === column.name));
    const added = table.columns.filter(column => !before.columns.some(other => other.name === column.name));
    for (const [old, column] of pairs(gone, added, columnShape))
      add({ kind: 'column', table: table.name, from: old.name, to: column.name });
  }
  return candidates;
}

/**
 * With the columns whose names differ in upper and lower case alone. To the server they are the same column already, so there is
 * nothing to ask: dropping one and adding the other would lose its values.
 */
export function withSpellings(from: Schema, to: Schema, renames: readonly Rename[]): Rename[] {
  const tables = new Map(
    renames.filter(rename => rename.kind === 'table').map(rename => [rename.to, rename.from]),
  );
  const spelled = Object.values(to.tables).flatMap(table => {
    const before = from.tables[tables.get(table.name) ?? table.name];
    const decided = renames.filter(rename => rename.kind === 'column' && rename.table === table.name);
    return table.columns.flatMap(({ name }): Rename[] => {
      const old = before?.columns.find(column => column.name.toLowerCase() === name.toLowerCase())?.name;
      if (old === undefined || old === name || table.columns.some(column => column.name === old)) return [];
      if (decided.some(rename => rename.to === name || rename.from === old)) return [];
      return [{ kind: 'column', table: table.name, from: old, to: name }];
    });
  });
  return spelled.length === 0 ? [...renames] : [...renames, ...spelled];
}

function columnShape(column: Column): string {
  return JSON.stringify([column.definition, column.charset, column.collation]);
}

function tableShape(table: Table): string {
  return JSON.stringify(table.columns.map(column => [column.name, columnShape(column)]));
}

/** Pairs of equal shape, in order where several share one. */
function pairs<T>(gone: readonly T[], added: readonly T[], shape: (item: T) => string): [T, T][] {
  const left = [...gone];
  return added.flatMap(item => {
    const index = left.findIndex(old => shape(old) === shape(item));
    const [old] = index === -1 ? [] : left.splice(index, 1);
    return old === undefined ? [] : [[old, item] as [T, T]];
  });
}

/** The schema after RENAME TABLE: the server follows in foreign keys and triggers, not in views and bodies. */
export function renameTables(schema: Schema, renames: readonly Rename[]): Schema {
  const names = new Map(
    renames.filter(rename => rename.kind === 'table').map(rename => [rename.from, rename.to]),
  );
  if (names.size === 0) return schema;
  const nameOf = (name: string) => names.get(name) ?? name;
  const tables = Object.values(schema.tables).map(table => ({
    ...table,
    name: nameOf(table.name),
    foreignKeys: table.foreignKeys.map(key =>
      key.refDatabase === null && names.has(key.refTable)
        ? withReference(key, nameOf(key.refTable), key.refColumns)
        : key,
    ),
  }));
  const triggers = Object.values(schema.triggers).map(trigger =>
    names.has(trigger.table)
      ? {
          ...trigger,
          table: nameOf(trigger.table),
          after: trigger.after.replace(
            ` ON ${quoteName(trigger.table)} FOR EACH ROW`,
            () => ` ON ${quoteName(nameOf(trigger.table))} FOR EACH ROW`,
          ),
        }
      : trigger,
  );
  return { ...schema, tables: keyed(tables), triggers: keyed(triggers) };
}

/** The schema after columns were renamed: keys, and on MariaDB expressions too, follow by themselves. */
export function renameColumns(schema: Schema, renames: readonly Rename[]): Schema {
  const columnRenames = renames.filter(rename => rename.kind === 'column');
  if (columnRenames.length === 0) return schema;
  const byTable = new Map<string, Map<string, string>>();
  for (const rename of columnRenames) {
    const names = byTable.get(rename.table) ?? new Map<string, string>();
    byTable.set(rename.table, names.set(rename.from, rename.to));
  }
  const tables = Object.values(schema.tables).map(table =>
    renameTableColumns(table, byTable, schema.flavour === 'mariadb'),
  );
  return { ...schema, tables: keyed(tables) };
}

function renameTableColumns(
  table: Table,
  byTable: ReadonlyMap<string, ReadonlyMap<string, string>>,
  expressionsFollow: boolean,
): Table {
  const names = byTable.get(table.name) ?? new Map<string, string>();
  const nameOf = (name: string) => names.get(name) ?? name;
  const inText = (text: string) => renameInText(text, names);
  const behind = (text: string, mark: RegExp) => {
    const start = text.search(mark);
    return start === -1 ? text : text.slice(0, start) + inText(text.slice(start));
  };
  const expression = (text: string) => (expressionsFollow ? inText(text) : text);
  return {
    ...table,
    columns: table.columns.map(column => ({
      ...column,
      name: nameOf(column.name),
      definition: expression(column.definition),
      check: column.check === null ? null : expression(column.check),
      generated: column.generated && {
        ...column.generated,
        expression: expression(column.generated.expression),
      },
    })),
    indexes: table.indexes.map(index => ({
      ...index,
      definition: behind(index.definition, / \(/),
      parts: index.parts.map(part => ({ ...part, column: part.column && nameOf(part.column) })),
    })),
    checks: table.checks.map(check => ({
      ...check,
      expression: expression(check.expression),
      definition: expressionsFollow ? behind(check.definition, / CHECK /) : check.definition,
    })),
    foreignKeys: table.foreignKeys.map(key => {
      const [own = '', reference = ''] = splitOnce(key.definition, ' REFERENCES ');
      const there = (key.refDatabase === null && byTable.get(key.refTable)) || new Map<string, string>();
      const renamed = {
        ...key,
        columns: key.columns.map(nameOf),
        definition: `${behind(own, / \(/)} REFERENCES ${reference}`,
      };
      return withReference(
        renamed,
        key.refTable,
        key.refColumns.map(name => there.get(name) ?? name),
      );
    }),
  };
}

function withReference(key: ForeignKey, refTable: string, refColumns: string[]): ForeignKey {
  const [own = '', reference = ''] = splitOnce(key.definition, ' REFERENCES ');
  const list = (columns: readonly string[], separator: string) => columns.map(quoteName).join(separator);
  const separator = reference.includes(`(${list(key.refColumns, ', ')})`) ? ', ' : ',';
  const text = reference
    .replace(quoteName(key.refTable), () => quoteName(refTable))
    .replace(`(${list(key.refColumns, separator)})`, () => `(${list(refColumns, separator)})`);
  return { ...key, refTable, refColumns, definition: `${own} REFERENCES ${text}` };
}

function renameInText(text: string, names: ReadonlyMap<string, string>): string {
  const quoted = new Map([...names].map(([from, to]) => [quoteName(from), quoteName(to)]));
  return mapTokens(text, token => quoted.get(token) ?? token);
}

function splitOnce(text: string, mark: string): string[] {
  const at = text.indexOf(mark);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + mark.length)];
}

function keyed<T extends { name: string }>(items: readonly T[]): Record<string, T> {
  return Object.fromEntries(items.map(item => [item.name, item]));
}
