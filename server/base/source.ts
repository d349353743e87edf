import { createHash } from 'node:crypto';
import type { Connection } from '../database/connection.ts';
import { introspect } from '../schema/introspect.ts';
import { reservedPrefix, type Schema } from '../schema/model.ts';

/** What the build has to know of a production table besides its definition. Sizes and rows are the engine's estimates. */
export interface SourceTable {
  name: string;
  engine: string;
  rows: number;
  dataBytes: number;
  indexBytes: number;
  /** The counter's next value, in digits. */
  autoIncrement: string | undefined;
  createTime: string | undefined;
  updateTime: string | undefined;
  /** Names of partitions; empty for a table without. */
  partitions: string[];
}

export interface Source {
  schema: Schema;
  tables: Map<string, SourceTable>;
}

/** Engines whose rows the snapshot covers. */
const transactional = new Set(['InnoDB', 'ROCKSDB', 'TokuDB', 'ndbcluster']);

export function isTransactional(table: SourceTable): boolean {
  return transactional.has(table.engine);
}

/** Tables whose rows no snapshot covers. */
export function outsideSnapshot(source: Source): string[] {
  return [...source.tables.values()].filter(table => !isTransactional(table)).map(({ name }) => name);
}

/** Schema and sizes of production's database. */
export async function readSource(connection: Connection, database: string): Promise<Source> {
  const schema = await introspect(connection, database);
  return { schema, tables: await readTables(connection, database) };
}

export async function readTables(
  connection: Connection,
  database: string,
): Promise<Map<string, SourceTable>> {
  // MySQL answers from a cache that may be a day old unless told otherwise.
  if (connection.server.flavour === 'mysql')
    await connection.execute('SET SESSION information_schema_stats_expiry = 0');
  const rows = await connection.rows(
    `SELECT TABLE_NAME, ENGINE, TABLE_ROWS, DATA_LENGTH, INDEX_LENGTH, AUTO_INCREMENT, CREATE_TIME, UPDATE_TIME, CREATE_OPTIONS
       FROM information_schema.TABLES
      WHERE TABLE_SCHEMA = ? AND TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED')`,
    [database],
  );
  const tables = new Map<string, SourceTable>();
  let partitioned = false;
  for (const [name, engine, count, data, index, counter, created, updated, options] of rows) {
    if (String(name).startsWith(reservedPrefix)) continue;
    partitioned ||= String(options).includes('partitioned');
    tables.set(String(name), {
      name: String(name),
      engine: String(engine ?? ''),
      rows: Number(count ?? 0),
      dataBytes: Number(data ?? 0),
      indexBytes: Number(index ?? 0),
      autoIncrement: counter === null ? undefined : String(counter),
      createTime: created === null ? undefined : String(created),
      updateTime: updated === null ? undefined : String(updated),
      partitions: [],
    });
  }
  if (partitioned) await readPartitions(connection, database, tables);
  return tables;
}

async function readPartitions(
  connection: Connection,
  database: string,
  tables: Map<string, SourceTable>,
): Promise<void> {
  const rows = await connection.rows(
    `SELECT DISTINCT TABLE_NAME, PARTITION_NAME, PARTITION_ORDINAL_POSITION FROM information_schema.PARTITIONS
      WHERE TABLE_SCHEMA = ? AND PARTITION_NAME IS NOT NULL ORDER BY TABLE_NAME, PARTITION_ORDINAL_POSITION`,
    [database],
  );
  for (const [table, partition] of rows) tables.get(String(table))?.partitions.push(String(partition));
}

/**
 * A digest over what every DDL statement changes: cheap enough to take before and after the snapshot, to know that the schema
 * read in between is the snapshot's.
 */
export async function schemaFingerprint(connection: Connection, database: string): Promise<string> {
  const hash = createHash('sha256');
  const queries = [
    `SELECT TABLE_NAME, TABLE_TYPE, CREATE_TIME, ENGINE, TABLE_COLLATION, CREATE_OPTIONS, TABLE_COMMENT
       FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? ORDER BY TABLE_NAME`,
    `SELECT TABLE_NAME, COLUMN_NAME, ORDINAL_POSITION, COLUMN_TYPE, IS_NULLABLE, COLUMN_DEFAULT, EXTRA, COLLATION_NAME, COLUMN_COMMENT
       FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ? ORDER BY TABLE_NAME, ORDINAL_POSITION`,
    `SELECT TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX, COLUMN_NAME, NON_UNIQUE
       FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = ? ORDER BY TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX`,
    `SELECT TRIGGER_NAME, SHA2(ACTION_STATEMENT, 256) FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = ? ORDER BY TRIGGER_NAME`,
    `SELECT ROUTINE_TYPE, ROUTINE_NAME, LAST_ALTERED FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = ? ORDER BY 1, 2`,
    `SELECT TABLE_NAME, SHA2(VIEW_DEFINITION, 256) FROM information_schema.VIEWS WHERE TABLE_SCHEMA = ? ORDER BY TABLE_NAME`,
    `SELECT EVENT_NAME, LAST_ALTERED FROM information_schema.EVENTS WHERE EVENT_SCHEMA = ? ORDER BY EVENT_NAME`,
  ];
  for (const query of queries) {
    const rows = await connection.rows(query, [database]);
    for (const row of rows)
      if (!row.some(value => typeof value === 'string' && value.startsWith(reservedPrefix)))
        hash.update(`${JSON.stringify(row, replaceBytes)}\n`);
    hash.update('\n');
  }
  return hash.digest('hex');
}

function replaceBytes(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
