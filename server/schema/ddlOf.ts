import { quoteName } from '../database/quote.ts';
import type { Column, Schema, Table, Trigger, View } from './model.ts';

/** Which parts of a table to write; all of them if absent. */
export interface TableParts {
  secondaryIndexes?: boolean;
  foreignKeys?: boolean | ((name: string) => boolean);
}

/** CREATE TABLE as the server prints it, without the AUTO_INCREMENT counter. */
export function tableSql(table: Table, parts: TableParts = {}): string {
  const { secondaryIndexes = true, foreignKeys = true } = parts;
  const lines = [
    ...table.columns.map(column => `${quoteName(column.name)} ${columnSql(table, column)}`),
    ...table.indexes
      .filter(index => secondaryIndexes || isNeededAtCreation(table, index.name))
      .map(index => index.definition),
    ...table.periods,
    ...table.foreignKeys
      .filter(key => (typeof foreignKeys === 'function' ? foreignKeys(key.name) : foreignKeys))
      .map(key => key.definition),
    ...table.checks.map(check => check.definition),
  ];
  const options = table.options.map(option => ` ${option.text}`).join('');
  return `CREATE TABLE ${quoteName(table.name)} (\n  ${lines.join(',\n  ')}\n)${options}${partitioningSql(table)}`;
}

/**
 * A column's definition for a statement that makes or changes it in its table. MySQL prints `COLLATE x` without a character set
 * where the column only follows its table; said so in a statement, it would be the column's own from then on.
 */
export function columnSql(table: Pick<Table, 'collation'>, { definition, collation }: Column): string {
  if (collation === null || collation !== table.collation || /\bCHARACTER SET\b/i.test(definition))
    return definition;
  return definition.replace(/^(\w+(?:\((?:'(?:[^']|'')*'|[^')])*\))?) COLLATE \w+/, '$1');
}

/**
 * The primary key, and the key that an AUTO_INCREMENT column must have from the start, with those before it: servers list
 * indexes by age.
 */
export function isNeededAtCreation(table: Table, indexName: string): boolean {
  const position = table.indexes.findIndex(candidate => candidate.name === indexName);
  if (table.indexes[position]?.kind === 'primary') return true;
  const counter = table.columns.find(column => column.autoIncrement)?.name;
  if (counter === undefined) return false;
  return position <= table.indexes.findIndex(candidate => candidate.parts[0]?.column === counter);
}

export function partitioningSql(table: Table): string {
  if (table.partitioning === null) return '';
  const { by, partitions } = table.partitioning;
  const list = partitions.map(partition => partition.definition).join(',\n ');
  return `\n ${by}${list === '' ? '' : `\n(${list})`}`;
}

/** CREATE of a view, trigger, routine or event; `replace` only for kinds that have it. */
export function storedSql(object: View, replace = false): string {
  const definer = object.definer === '' ? '' : `DEFINER=${object.definer} `;
  const before = object.before === '' ? '' : `${object.before} `;
  return `CREATE ${replace ? 'OR REPLACE ' : ''}${before}${definer}${object.after}`;
}

/** CREATE TRIGGER at its place among the triggers of the same table, timing and event that stand in `schema`. */
export function triggerSql(schema: Schema, trigger: Trigger, replace = false): string {
  const sql = storedSql(trigger, replace);
  const previous = neighbours(schema, trigger).findLast(other => other.order < trigger.order);
  if (previous === undefined) return sql;
  return sql.replace(' FOR EACH ROW ', () => ` FOR EACH ROW FOLLOWS ${quoteName(previous.name)} `);
}

/** Triggers of the same table, timing and event, in order. */
export function neighbours(schema: Schema, trigger: Trigger): Trigger[] {
  return Object.values(schema.triggers)
    .filter(
      other =>
        other.table === trigger.table && other.timing === trigger.timing && other.event === trigger.event,
    )
    .sort((a, b) => a.order - b.order);
}

export function sequenceSql(schema: Schema, name: string): string {
  return `CREATE SEQUENCE ${quoteName(name)} ${schema.sequences[name]?.definition ?? ''}`.trim();
}

export type ObjectType = 'table' | 'view' | 'trigger' | 'routine' | 'event' | 'sequence' | 'database';

/** The CREATE statement of one object for showing; undefined if the schema does not have it. Routines are named `PROCEDURE x`. */
export function objectSql(schema: Schema, type: ObjectType, name: string): string | undefined {
  switch (type) {
    case 'table':
      return mapDefined(schema.tables[name], table => tableSql(table));
    case 'view':
      return mapDefined(schema.views[name], view => storedSql(view));
    case 'trigger':
      return mapDefined(schema.triggers[name], trigger => storedSql(trigger));
    case 'routine':
      return mapDefined(schema.routines[name], routine => storedSql(routine));
    case 'event':
      return mapDefined(schema.events[name], event => storedSql(event));
    case 'sequence':
      return schema.sequences[name] === undefined ? undefined : sequenceSql(schema, name);
    case 'database':
      return `ALTER DATABASE CHARACTER SET ${schema.charset} COLLATE ${schema.collation}`;
  }
}

function mapDefined<T, R>(value: T | undefined, change: (value: T) => R): R | undefined {
  return value === undefined ? undefined : change(value);
}
