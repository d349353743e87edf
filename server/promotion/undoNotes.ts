import type { Column, Table } from '../schema/model.ts';
import { columnsAtStake, rowKey } from './ddl/keepValues.ts';
import type { SchemaPlan } from './planSchema.ts';

/**
 * What an undo would ask or lose, told before promoting. Undo itself always brings the schema back; these are the rows and
 * values that are written after the promotion and have no place in the old schema.
 */
export function undoNotes({
  production,
  target,
  renames,
}: Pick<SchemaPlan, 'production' | 'target' | 'renames'>): string[] {
  const notes: string[] = [];
  for (const [name, after] of Object.entries(target.tables)) {
    const old = renames.find(rename => rename.kind === 'table' && rename.to === name)?.from ?? name;
    const before = production.tables[old];
    if (before === undefined) {
      notes.push(`Undo puts the new table ${name} away with its rows; undoing the undo brings them back.`);
      continue;
    }
    if (before === after) continue;
    const renamed = new Map(
      renames
        .filter(rename => rename.kind === 'column' && rename.table === name)
        .map(rename => [rename.from, rename.to]),
    );
    notes.push(...columnNotes(before, after, renamed), ...keyNotes(before, after));
    const leaving = new Set(columnsAtStake(before, after, renamed).map(({ column }) => column));
    if (leaving.size > 0 && rowKey(before, leaving).length === 0)
      notes.push(
        `${name} has no primary key: the values of ${[...leaving].join(', ')} are kept, but undo cannot tell which row each belongs to. Add a key first to be able to undo.`,
      );
  }
  return notes;
}

function columnNotes(before: Table, after: Table, renamed: ReadonlyMap<string, string>): string[] {
  const notes: string[] = [];
  for (const column of before.columns) {
    const now = after.columns.find(({ name }) => name === (renamed.get(column.name) ?? column.name));
    const subject = `${after.name}.${column.name}`;
    if (now === undefined) {
      if (!column.nullable && column.default === null && !column.autoIncrement && column.generated === null)
        notes.push(
          `${subject} is NOT NULL without a default: rows written after the promotion get ${emptyValue(column)} there when it is undone.`,
        );
      continue;
    }
    if (isWider(column, now))
      notes.push(
        `${subject} becomes wider: if longer values are written, undo asks before it shortens them.`,
      );
    else if (column.type !== now.type)
      notes.push(
        `${subject} changes its type: values written after the promotion are converted back when it is undone.`,
      );
    if (column.charset !== now.charset && now.charset !== null && column.charset !== null)
      notes.push(
        `${subject} changes its character set: characters that ${column.charset} does not have would be lost by an undo, which asks first.`,
      );
    if (!column.nullable && now.nullable)
      notes.push(`${subject} may become NULL: if it does, undo is refused until those rows are filled.`);
  }
  return notes;
}

function keyNotes(before: Table, after: Table): string[] {
  const notes: string[] = [];
  for (const index of before.indexes) {
    if (index.kind !== 'unique' && index.kind !== 'primary') continue;
    const columns = (table: Table['indexes'][number]) =>
      table.parts.map(part => part.column ?? part.expression).join(',');
    const stays = after.indexes.some(
      other => (other.kind === 'unique' || other.kind === 'primary') && columns(other) === columns(index),
    );
    if (!stays)
      notes.push(
        `${after.name} loses its unique key on ${columns(index)}: if duplicates are written, undo is refused until they are gone.`,
      );
  }
  for (const key of before.foreignKeys)
    if (
      !after.foreignKeys.some(
        ({ columns, refTable }) => refTable === key.refTable && columns.join() === key.columns.join(),
      )
    )
      notes.push(
        `${after.name} loses its foreign key to ${key.refTable}: if orphans are written, undo is refused until they are gone.`,
      );
  return notes;
}

const integers = ['tinyint', 'smallint', 'mediumint', 'int', 'bigint'];
const texts = ['tinytext', 'text', 'mediumtext', 'longtext'];
const blobs = ['tinyblob', 'blob', 'mediumblob', 'longblob'];

/** A type of the same family that holds more. */
function isWider(before: Column, after: Column): boolean {
  const [oldBase, oldSize] = parts(before.type);
  const [newBase, newSize] = parts(after.type);
  if (oldBase === newBase) {
    if (oldBase === 'enum' || oldBase === 'set') return after.type.length > before.type.length;
    return !integers.includes(oldBase) && newSize > oldSize;
  }
  return [integers, texts, blobs].some(family => {
    const old = family.indexOf(oldBase);
    return (
      (old !== -1 && family.indexOf(newBase) > old) ||
      (family === texts && /^(var)?char$/.test(oldBase) && texts.includes(newBase))
    );
  });
}

function parts(type: string): [string, number] {
  const match = /^(\w+)(?:\((\d+))?/.exec(type);
  return [match?.[1] ?? type, Number(match?.[2] ?? 0)];
}

function emptyValue(column: Column): string {
  return /char|text|blob|binary|enum|set/.test(column.type) ? 'an empty value' : 'zero';
}
