import * as z from 'zod';

/**
 * A database's schema, JSON-serialisable. Every part keeps the server's own spelling (`definition`, `text`), because that is
 * what the server accepts and prints, beside the fields that comparing and explaining need.
 */

export const columnModel = z.object({
  name: z.string(),
  /** What stands behind the name in CREATE TABLE. */
  definition: z.string(),
  /** Lower case with arguments and signedness: `int(10) unsigned`, `enum('a','b')`. */
  type: z.string(),
  /** In effect, whether written or inherited from the table; null for types without. */
  charset: z.string().nullable(),
  collation: z.string().nullable(),
  nullable: z.boolean(),
  /** SQL text; null where no DEFAULT is written. */
  default: z.string().nullable(),
  generated: z.object({ expression: z.string(), stored: z.boolean() }).nullable(),
  onUpdate: z.string().nullable(),
  autoIncrement: z.boolean(),
  comment: z.string(),
  invisible: z.boolean(),
  /** MariaDB's column constraint: the expression. */
  check: z.string().nullable(),
  /** Attributes that have no field of their own, verbatim: `COMPRESSED`, `SRID 4326`. */
  other: z.array(z.string()),
});
export type Column = z.infer<typeof columnModel>;

export const indexPartModel = z.object({
  column: z.string().nullable(),
  /** A functional part (MySQL), without its outer parentheses. */
  expression: z.string().nullable(),
  length: z.number().nullable(),
  descending: z.boolean(),
});
export type IndexPart = z.infer<typeof indexPartModel>;

export const indexModel = z.object({
  /** `PRIMARY` for the primary key. */
  name: z.string(),
  kind: z.enum(['primary', 'unique', 'index', 'fulltext', 'spatial', 'vector']),
  parts: z.array(indexPartModel),
  definition: z.string(),
  /** `btree`, `hash`, … as written; null where the engine chooses. */
  using: z.string().nullable(),
  comment: z.string(),
  /** MySQL INVISIBLE, MariaDB IGNORED. */
  invisible: z.boolean(),
  /** MariaDB WITHOUT OVERLAPS period, parser, block size: verbatim. */
  other: z.array(z.string()),
});
export type Index = z.infer<typeof indexModel>;

export const foreignKeyModel = z.object({
  name: z.string(),
  columns: z.array(z.string()),
  /** Null when the other table is in the same database. */
  refDatabase: z.string().nullable(),
  refTable: z.string(),
  refColumns: z.array(z.string()),
  onDelete: z.string(),
  onUpdate: z.string(),
  definition: z.string(),
});
export type ForeignKey = z.infer<typeof foreignKeyModel>;

export const checkModel = z.object({
  name: z.string(),
  expression: z.string(),
  enforced: z.boolean(),
  definition: z.string(),
});
export type Check = z.infer<typeof checkModel>;

export const partitionModel = z.object({ name: z.string(), definition: z.string() });
export const partitioningModel = z.object({
  /** `PARTITION BY RANGE (year(`d`))`, sub-partitioning and PARTITIONS n included. */
  by: z.string(),
  /** Listed partitions; empty where only their number is given. */
  partitions: z.array(partitionModel),
});
export type Partitioning = z.infer<typeof partitioningModel>;

export const tableModel = z.object({
  name: z.string(),
  columns: z.array(columnModel),
  indexes: z.array(indexModel),
  foreignKeys: z.array(foreignKeyModel),
  checks: z.array(checkModel),
  /** MariaDB `PERIOD FOR …`, verbatim. */
  periods: z.array(z.string()),
  /** In the server's order, the AUTO_INCREMENT counter left out: it is data. */
  options: z.array(z.object({ name: z.string(), text: z.string() })),
  charset: z.string(),
  collation: z.string(),
  partitioning: partitioningModel.nullable(),
});
export type Table = z.infer<typeof tableModel>;

/** The session a stored object remembers and has to be made in. */
export const sessionModel = z.object({
  sqlMode: z.string().optional(),
  characterSetClient: z.string().optional(),
  collationConnection: z.string().optional(),
  timeZone: z.string().optional(),
  /** MariaDB: ALTER of a table with system versioning has to say that its history may change shape. */
  alterHistory: z.literal('KEEP').optional(),
});
export type Session = z.infer<typeof sessionModel>;

/** Views, triggers, routines and events: `CREATE <before> DEFINER=<definer> <after>`. */
const stored = {
  name: z.string(),
  before: z.string(),
  /** `` `user`@`host` ``; `CURRENT_USER` when it is the account that read the schema. */
  definer: z.string(),
  after: z.string(),
  session: sessionModel,
};
export const viewModel = z.object(stored);
export const triggerModel = z.object({
  ...stored,
  table: z.string(),
  timing: z.string(),
  event: z.string(),
  /** Place among the triggers of the same table, timing and event, from 1. */
  order: z.number(),
});
export const routineModel = z.object({
  ...stored,
  type: z.enum(['PROCEDURE', 'FUNCTION', 'PACKAGE', 'PACKAGE BODY']),
});
export const eventModel = z.object(stored);
export const sequenceModel = z.object({ name: z.string(), definition: z.string() });
export type View = z.infer<typeof viewModel>;
export type Trigger = z.infer<typeof triggerModel>;
export type Routine = z.infer<typeof routineModel>;
export type StoredEvent = z.infer<typeof eventModel>;
export type Sequence = z.infer<typeof sequenceModel>;

export const schemaModel = z.object({
  flavour: z.enum(['mariadb', 'mysql']),
  version: z.tuple([z.number(), z.number(), z.number()]),
  /** The server's global sql_mode: what a client that sets nothing runs in. */
  sqlMode: z.string(),
  charset: z.string(),
  collation: z.string(),
  tables: z.record(z.string(), tableModel),
  views: z.record(z.string(), viewModel),
  triggers: z.record(z.string(), triggerModel),
  /** Keyed `PROCEDURE name`, `FUNCTION name`, …: the two kinds have separate names. */
  routines: z.record(z.string(), routineModel),
  events: z.record(z.string(), eventModel),
  sequences: z.record(z.string(), sequenceModel),
  /** Kinds of objects that the reading account has no privilege to see: their absence here says nothing. */
  unseen: z.array(z.enum(['views', 'triggers', 'routines', 'events'])),
});
export type Schema = z.infer<typeof schemaModel>;

/** Everything that Greenroom keeps in a production database begins so; the schema never shows it. */
export const reservedPrefix = '_greenroom_';

/** A schema without objects, on the same server and with the same defaults. */
export function emptySchema(like: Schema): Schema {
  return { ...like, tables: {}, views: {}, triggers: {}, routines: {}, events: {}, sequences: {} };
}
