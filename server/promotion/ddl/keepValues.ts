import { quoteName } from '../../database/quote.ts';
import type { Schema, Table } from '../../schema/model.ts';
import type { KeptValues, Step } from './program.ts';

/** Columns of `from` whose values the change takes away or may change; generated columns have none of their own. */
export function columnsAtStake(
  from: Table,
  to: Table,
  destructive: boolean,
  renamed: ReadonlyMap<string, string>,
): KeptValues['columns'] {
  const target = new Map(to.columns.map(column => [column.name, column]));
  return from.columns.flatMap((column): KeptValues['columns'] => {
    if (column.generated !== null) return [];
    const after = target.get(renamed.get(column.name) ?? column.name);
    if (after === undefined) return [{ column: column.name, how: 'dropped' }];
    const changed =
      after.type !== column.type || after.charset !== column.charset || after.generated !== null;
    return destructive && changed ? [{ column: column.name, how: 'changed' }] : [];
  });
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

/** Before the locks: an empty table with the key, the old values' types, and for changed columns a fingerprint of the new value. */
export function createKept(kept: KeptValues, source: string): Step {
  const extra = kept.columns.flatMap((column, index) =>
    column.how === 'changed' ? [`new_${index} BINARY(20)`, `same_${index} TINYINT NOT NULL DEFAULT 0`] : [],
  );
  const key = kept.key.map(name => quoteName(name)).join(', ');
  const definitions = [...extra, ...(kept.keyed ? [`PRIMARY KEY (${key})`] : [])];
  return {
    object: source,
    purpose: 'keep',
    sql:
      `CREATE TABLE ${quoteName(kept.keptAs)} ${definitions.length === 0 ? '' : `(${definitions.join(', ')}) `}ENGINE=InnoDB ` +
      `AS SELECT ${selection(kept)} FROM ${quoteName(source)} LIMIT 0`,
  };
}

/** Under the locks, before the ALTER. */
export function fillKept(kept: KeptValues, source: string): Step {
  const columns = [
    ...kept.key.map(name => quoteName(name)),
    ...kept.columns.map((_, index) => `old_${index}`),
  ];
  return {
    object: source,
    purpose: 'keep',
    sql: `INSERT INTO ${quoteName(kept.keptAs)} (${columns.join(', ')}) SELECT ${selection(kept)} FROM ${quoteName(source)}`,
  };
}

/** Under the locks, after the ALTER: what each changed value became, so that undo sees which were written since. */
export function fingerprintKept(kept: KeptValues, nowNamed: ReadonlyMap<string, string>): Step[] {
  const assignments = kept.columns.flatMap((column, index) =>
    column.how === 'changed'
      ? [
          `${quoteName(kept.keptAs)}.new_${index} = ${fingerprint(kept.table, nowNamed.get(column.column) ?? column.column)}`,
        ]
      : [],
  );
  if (assignments.length === 0 || !kept.keyed) return [];
  return [{ object: kept.table, purpose: 'keep', sql: joined(kept, assignments) }];
}

/** Undo, before the ALTER back: marks the rows whose changed value is still what the promotion made of it. */
export function markUnchanged(kept: KeptValues, columns: readonly string[]): Step[] {
  const assignments = kept.columns.flatMap((column, index) =>
    column.how === 'changed' && columns.includes(column.column)
      ? [
          `${quoteName(kept.keptAs)}.same_${index} = (${fingerprint(kept.table, column.column)} <=> ${quoteName(kept.keptAs)}.new_${index})`,
        ]
      : [],
  );
  return assignments.length === 0
    ? []
    : [{ object: kept.table, purpose: 'restore', sql: joined(kept, assignments) }];
}

/**
 * Undo, after the columns are back: the kept values return to their rows. Columns that update themselves keep their
 * value; UPDATE triggers must be away.
 */
export function restoreValues(kept: KeptValues, columns: readonly string[], table: Table): Step[] {
  const own = new Set(columns);
  const target = quoteName(kept.table);
  const assignments = kept.columns.flatMap((column, index) => {
    if (!own.has(column.column)) return [];
    const old = `${quoteName(kept.keptAs)}.old_${index}`;
    const place = `${target}.${quoteName(column.column)}`;
    return [
      column.how === 'dropped'
        ? `${place} = ${old}`
        : `${place} = IF(${quoteName(kept.keptAs)}.same_${index} = 1, ${old}, ${place})`,
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

function selection(kept: KeptValues): string {
  return [
    ...kept.key.map(name => quoteName(name)),
    ...kept.columns.map((column, index) => `${quoteName(column.column)} AS old_${index}`),
  ].join(', ');
}

function fingerprint(table: string, column: string): string {
  return `UNHEX(SHA1(${quoteName(table)}.${quoteName(column)}))`;
}

/** Under LOCK TABLES a table is known by the name it was locked by: no aliases. */
function joined(kept: KeptValues, assignments: readonly string[]): string {
  const on = kept.key
    .map(name => `${quoteName(kept.table)}.${quoteName(name)} = ${quoteName(kept.keptAs)}.${quoteName(name)}`)
    .join(' AND ');
  return `UPDATE ${quoteName(kept.table)} JOIN ${quoteName(kept.keptAs)} ON ${on} SET ${assignments.join(', ')}`;
}
