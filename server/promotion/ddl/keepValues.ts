import { quoteName } from '../../database/quote.ts';
import { type Column, reservedPrefix, type Schema, type Table } from '../../schema/model.ts';
import { typeLoss } from '../../schema/typeLoss.ts';
import type { KeptValues, Step } from './program.ts';

/** Columns of `from` whose values the change takes away or may change; generated columns have none of their own. */
export function columnsAtStake(
  from: Table,
  to: Table,
  renamed: ReadonlyMap<string, string>,
): KeptValues['columns'] {
  const target = new Map(to.columns.map(column => [column.name, column]));
  return from.columns.flatMap((column): KeptValues['columns'] => {
    if (column.generated !== null || column.name.startsWith(reservedPrefix)) return [];
    const after = target.get(renamed.get(column.name) ?? column.name);
    if (after === undefined) return [{ column: column.name, how: 'dropped' }];
    const changed =
      after.type !== column.type || after.charset !== column.charset || after.generated !== null;
    if (!changed || (after.generated === null && typeLoss(column, after).length === 0)) return [];
    const becomes = after.generated === null ? { becomes: bareType(after) } : {};
    return [{ column: column.name, how: 'changed', ...becomes }];
  });
}

/** The type with its character set, without what makes a column more than a place for a value. */
function bareType({ type, charset, collation }: Column): string {
  const characters =
    charset === null ? '' : ` CHARACTER SET ${charset}${collation === null ? '' : ` COLLATE ${collation}`}`;
  return `${type}${characters} NULL`;
}

/**
 * What names a row before and after the change: the primary key, else a unique key whose columns are all NOT NULL and
 * stay; empty if there is none.
 */
export function rowKey(table: Table, leaving: ReadonlySet<string>): string[] {
  const columnsOf = (index: Table['indexes'][number]): string[] | undefined => {
    const names = index.parts.map(part => (part.length === null ? part.column : null));
    return names.every(name => name !== null) ? names : undefined;
  };
  const nullable = new Set(table.columns.filter(column => column.nullable).map(column => column.name));
  for (const kind of ['primary', 'unique'] as const)
    for (const index of table.indexes) {
      if (index.kind !== kind) continue;
      const columns = columnsOf(index);
      if (columns?.every(name => !nullable.has(name) && !leaving.has(name))) return columns;
    }
  return [];
}

/** Before the locks: an empty table with the key, and room for each value in its old type and in its new one. */
export function createKept(kept: KeptValues, source: string): Step {
  const extra = kept.columns.flatMap((column, index) =>
    column.becomes === undefined
      ? []
      : [`new_${index} ${column.becomes}`, `same_${index} TINYINT NOT NULL DEFAULT 0`],
  );
  const key = kept.key.map(name => quoteName(name)).join(', ');
  const definitions = [...extra, ...(kept.keyed ? [`PRIMARY KEY (${key})`] : [])];
  const selection = [
    ...kept.key.map(name => quoteName(name)),
    ...kept.columns.map((column, index) => `${quoteName(column.column)} AS old_${index}`),
  ];
  return {
    object: source,
    purpose: 'keep',
    sql:
      `CREATE TABLE ${quoteName(kept.keptAs)} ${definitions.length === 0 ? '' : `(${definitions.join(', ')}) `}ENGINE=InnoDB ` +
      `AS SELECT ${selection.join(', ')} FROM ${quoteName(source)} LIMIT 0`,
  };
}

/**
 * Under the locks, before the ALTER. Storing a value into the new type converts it as the ALTER will: from then on it is known
 * what the promotion makes of it, wherever it is interrupted.
 */
export function fillKept(kept: KeptValues, source: string): Step {
  const pairs = [
    ...kept.key.map(name => [quoteName(name), quoteName(name)]),
    ...kept.columns.flatMap(({ column, becomes }, index) => [
      [`old_${index}`, quoteName(column)],
      ...(becomes === undefined ? [] : [[`new_${index}`, quoteName(column)]]),
    ]),
  ];
  return {
    object: source,
    purpose: 'keep',
    sql:
      `INSERT INTO ${quoteName(kept.keptAs)} (${pairs.map(([into]) => into).join(', ')}) ` +
      `SELECT ${pairs.map(([, from]) => from).join(', ')} FROM ${quoteName(source)}`,
  };
}

/** A kept table out of an old table that nobody writes to any more; made anew if an interrupted run had made it. */
export function createKeptAnew(kept: KeptValues, source: string): Step[] {
  const drop: Step = {
    object: kept.table,
    purpose: 'restore',
    sql: `DROP TABLE IF EXISTS ${quoteName(kept.keptAs)}`,
  };
  return [drop, createKept(kept, source), fillKept(kept, source)];
}

/** Undo, before the ALTER back: marks the rows whose changed value is still, to the byte, what the promotion made of it. */
export function markUnchanged(kept: KeptValues, columns: readonly string[]): Step[] {
  const assignments = kept.columns.flatMap(({ column, becomes }, index) => {
    if (becomes === undefined || !columns.includes(column)) return [];
    const keep = quoteName(kept.keptAs);
    const now = `${quoteName(kept.table)}.${quoteName(column)}`;
    return [`${keep}.same_${index} = (CAST(${now} AS BINARY) <=> CAST(${keep}.new_${index} AS BINARY))`];
  });
  return assignments.length === 0
    ? []
    : [{ object: kept.table, purpose: 'restore', sql: joined(kept, assignments) }];
}

/**
 * Undo, after the columns are back: the kept values return to their rows. Columns that update themselves keep their
 * value; UPDATE triggers must be away. May be done again after an interruption: a value that has returned, or was
 * written since, is left alone.
 *
 * @param placeOf where a column's value goes, if not to the column's own name
 */
export function restoreValues(
  kept: KeptValues,
  columns: readonly string[],
  table: Table,
  placeOf: (column: string) => string = column => column,
): Step[] {
  const own = new Set(columns);
  const target = quoteName(kept.table);
  const keep = quoteName(kept.keptAs);
  const assignments = kept.columns.flatMap((column, index) => {
    if (!own.has(column.column)) return [];
    const place = `${target}.${quoteName(placeOf(column.column))}`;
    const unchanged = `${keep}.same_${index} = 1 AND ${place} <=> ${keep}.new_${index}`;
    return [
      column.becomes === undefined
        ? `${place} = ${keep}.old_${index}`
        : `${place} = IF(${unchanged}, ${keep}.old_${index}, ${place})`,
    ];
  });
  if (assignments.length === 0) return [];
  for (const column of table.columns)
    if (column.onUpdate !== null && !own.has(column.name)) {
      const place = `${target}.${quoteName(column.name)}`;
      assignments.push(`${place} = ${place}`);
    }
  return [{ object: kept.table, purpose: 'restore', sql: joined(kept, assignments) }];
}

/** Triggers that would see the return of kept values as new writes. */
export function updateTriggers(schema: Schema, table: string): string[] {
  return Object.values(schema.triggers)
    .filter(trigger => trigger.table === table && /UPDATE/i.test(trigger.event))
    .sort((a, b) => a.order - b.order)
    .map(trigger => trigger.name);
}

/** Under LOCK TABLES a table is known by the name it was locked by: no aliases. */
function joined(kept: KeptValues, assignments: readonly string[]): string {
  const on = kept.key
    .map(name => `${quoteName(kept.table)}.${quoteName(name)} = ${quoteName(kept.keptAs)}.${quoteName(name)}`)
    .join(' AND ');
  return `UPDATE ${quoteName(kept.table)} JOIN ${quoteName(kept.keptAs)} ON ${on} SET ${assignments.join(', ')}`;
}
