import { quoteName } from '../database/quote.ts';
import { isNeededAtCreation, neighbours, sequenceSql, storedSql, tableSql } from './ddlOf.ts';
import type { Schema, Session, Table } from './model.ts';
import { tableSession } from './tableSession.ts';
import { orderViews } from './viewOrder.ts';

export interface CreateStatement {
  object: string;
  sql: string;
  session: Session;
}

/** DDL for an empty database, in phases: rows are loaded between `tables` and `keys`. */
export interface CreatePhases {
  /** Sequences and tables: columns, primary keys, checks, partitions. No secondary index but an AUTO_INCREMENT column's. */
  tables: CreateStatement[];
  /** One ALTER per table that adds its secondary indexes. */
  keys: CreateStatement[];
  /** One ALTER per table; they may refer in circles. */
  foreignKeys: CreateStatement[];
  /** Each after those it selects from. Functions come before them in `programs`, which may run first. */
  views: CreateStatement[];
  routines: CreateStatement[];
  triggers: CreateStatement[];
  events: CreateStatement[];
}

export function createAll(schema: Schema): CreatePhases {
  const tables = Object.values(schema.tables).sort((a, b) => (a.name < b.name ? -1 : 1));
  const database = `ALTER DATABASE CHARACTER SET ${schema.charset} COLLATE ${schema.collation}`;
  return {
    tables: [
      { object: '', sql: database, session: {} },
      ...Object.keys(schema.sequences)
        .sort()
        .map(name => ({ object: name, sql: sequenceSql(schema, name), session: {} })),
      ...tables.map(table => ({
        object: table.name,
        sql: tableSql(table, { secondaryIndexes: false, foreignKeys: false }),
        session: tableSession([table]),
      })),
    ],
    keys: tables.flatMap(table =>
      added(
        table,
        secondaryIndexes(table).map(index => index.definition),
      ),
    ),
    foreignKeys: tables.flatMap(table =>
      added(
        table,
        table.foreignKeys.map(key => key.definition),
      ),
    ),
    views: orderViews(schema.views).flatMap(name => stored(schema.views[name])),
    routines: Object.values(schema.routines).flatMap(stored),
    triggers: Object.values(schema.triggers)
      .filter(trigger => neighbours(schema, trigger)[0] === trigger)
      .flatMap(first => neighbours(schema, first).flatMap(stored)),
    events: Object.values(schema.events).flatMap(stored),
  };
}

function added(table: Table, definitions: readonly string[]): CreateStatement[] {
  if (definitions.length === 0) return [];
  const clauses = definitions.map(definition => `ADD ${definition}`).join(', ');
  return [
    {
      object: table.name,
      sql: `ALTER TABLE ${quoteName(table.name)} ${clauses}`,
      session: tableSession([table]),
    },
  ];
}

function secondaryIndexes(table: Table) {
  return table.indexes.filter(index => !isNeededAtCreation(table, index.name));
}

function stored(object: Parameters<typeof storedSql>[0] | undefined): CreateStatement[] {
  return object === undefined
    ? []
    : [{ object: object.name, sql: storedSql(object), session: object.session }];
}
