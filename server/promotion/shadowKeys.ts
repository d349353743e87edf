import { z } from 'zod';
import { quoteName } from '../database/quote.ts';
import type { ForeignKey, Schema, Table } from '../schema/model.ts';

/**
 * A foreign key of another table to the one that is rebuilt. The other table gets a second one, to the new table, as soon as that
 * has all rows: from then on rows of both are checked, whichever of them has the name. In the end the first one goes, and the
 * second one takes its name.
 */
export const incomingKeySchema = z.object({
  table: z.string(),
  name: z.string(),
  temporary: z.string(),
  /** The key as it is and stays, and the same under its temporary name to the new table. */
  definition: z.string(),
  temporaryDefinition: z.string(),
});
export type IncomingKey = z.infer<typeof incomingKeySchema>;

type TemporaryKeys = {
  kept: { name: string; temporary: string; definition: string; late?: string }[];
  /** Those that the new table is created with, under their temporary names: names of foreign keys are the database's. */
  created: ForeignKey[];
};

/** The new table's own foreign keys. One to the table itself has to wait: rows are copied in the order of the primary key. */
export function temporaryKeys(
  after: Table,
  shadow: string,
  nameOf: (index: number) => string,
): TemporaryKeys {
  const keys: TemporaryKeys = { kept: [], created: [] };
  for (const [index, key] of after.foreignKeys.entries()) {
    const temporary = nameOf(index);
    const definition = withName(key.definition, temporary);
    const isOwn = key.refDatabase === null && key.refTable === after.name;
    keys.kept.push({
      name: key.name,
      temporary,
      definition: key.definition,
      ...(isOwn && { late: referringTo(definition, after.name, shadow) }),
    });
    if (!isOwn) keys.created.push({ ...key, definition });
  }
  return keys;
}

export function incomingKeys(
  from: Schema,
  table: string,
  shadow: string,
  nameOf: (index: number) => string,
): IncomingKey[] {
  return referring(from, table).map(({ child, key }, index) => ({
    table: child.name,
    name: key.name,
    temporary: nameOf(index),
    definition: key.definition,
    temporaryDefinition: referringTo(withName(key.definition, nameOf(index)), table, shadow),
  }));
}

/**
 * MariaDB opens the children of a row that is deleted together with its table, MySQL the parents of a row that is written, too: a
 * statement on them could hold the table beside while it waits for the one that is locked, and the exchange would wait for it.
 */
export function neighboursOf(from: Schema, before: Table, after: Table): string[] {
  const parents = [...before.foreignKeys, ...after.foreignKeys]
    .filter(key => key.refDatabase === null && key.refTable !== before.name && key.refTable in from.tables)
    .map(key => key.refTable);
  const children =
    from.flavour === 'mysql' ? referring(from, before.name).map(({ child }) => child.name) : [];
  return [...new Set([...parents, ...children])].sort();
}

/** Why foreign keys stand in the way; each reason is a rule of InnoDB that no trigger can make up for. */
export function keyObstacle(
  { from, target, table }: { from: Schema; target: Schema; table: string },
  before: Table,
  after: Table,
): string | undefined {
  const cascading = (key: ForeignKey) => acts(key.onDelete) || acts(key.onUpdate);
  for (const side of [before, after])
    for (const key of side.foreignKeys.filter(cascading)) {
      if (key.refDatabase === null && key.refTable === table)
        return `its rows change each other by the foreign key ${key.name} (${action(key)}), and InnoDB fires no trigger for that`;
      const other = side === before ? after : before;
      if (!other.foreignKeys.some(same => meaning(same) === meaning(key)))
        return `the foreign key ${key.name} (${action(key)}) comes or goes, and InnoDB fires no trigger for the rows that it changes`;
    }
  for (const { child, key } of [...referring(from, table), ...referring(target, table)]) {
    if (JSON.stringify(from.tables[child.name]) !== JSON.stringify(target.tables[child.name]))
      return `foreign keys of ${child.name} refer to it, and ${child.name} is changed in the same plan`;
    if (acts(key.onUpdate))
      return `${child.name} refers to it ON UPDATE ${key.onUpdate}: InnoDB changes the rows there before any trigger has changed the copy`;
    const retyped = key.refColumns.find(name => typeOf(before, name) !== typeOf(after, name));
    if (retyped !== undefined)
      return `foreign keys of ${child.name} refer to ${retyped}, whose type changes: InnoDB wants the same type on both sides`;
  }
  return undefined;
}

function referring(schema: Schema, table: string): { child: Table; key: ForeignKey }[] {
  return Object.values(schema.tables)
    .filter(child => child.name !== table)
    .flatMap(child =>
      child.foreignKeys
        .filter(key => key.refDatabase === null && key.refTable === table)
        .map(key => ({ child, key })),
    );
}

function acts(rule: string): boolean {
  return /^(CASCADE|SET)/i.test(rule);
}

function action({ onDelete, onUpdate }: ForeignKey): string {
  return acts(onDelete) ? `ON DELETE ${onDelete}` : `ON UPDATE ${onUpdate}`;
}

function meaning({ columns, refDatabase, refTable, refColumns, onDelete, onUpdate }: ForeignKey): string {
  return JSON.stringify([columns, refDatabase, refTable, refColumns, onDelete, onUpdate]);
}

function typeOf(table: Table, name: string): string {
  const column = table.columns.find(other => other.name === name);
  return `${column?.type} ${column?.collation}`;
}

function withName(definition: string, name: string): string {
  return definition.replace(/^CONSTRAINT `(?:[^`]|``)+`/, () => `CONSTRAINT ${quoteName(name)}`);
}

function referringTo(definition: string, table: string, other: string): string {
  return definition.replace(`REFERENCES ${quoteName(table)} (`, () => `REFERENCES ${quoteName(other)} (`);
}
