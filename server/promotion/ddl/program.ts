import * as z from 'zod';
import { sessionModel } from '../../schema/model.ts';

/** Values that leave a table and can come back: kept with the primary key in a table of our own. */
export const keptColumnSchema = z.object({
  column: z.string(),
  /** `dropped`: the column goes. `changed`: it stays with another type, and values are put back where no one wrote since. */
  how: z.enum(['dropped', 'changed']),
  /** Of a changed column: what it becomes. The kept table holds each value in both types, converted by the server itself. */
  becomes: z.string().optional(),
});
export const keptValuesSchema = z.object({
  kind: z.literal('values'),
  /** The table that the values belong to, as it is named once the promotion is done. */
  table: z.string(),
  keptAs: z.string(),
  /** The whole old table, where it was exchanged for a rebuilt one: `keptAs` is then made out of it when values return. */
  keptIn: z.string().optional(),
  /** Columns that name a row. */
  key: z.array(z.string()),
  /** False where nothing names a row: the other columns are kept beside the values, for a person to look at. */
  keyed: z.boolean(),
  columns: z.array(keptColumnSchema),
});
/** A table that was renamed away, whole. */
export const keptTableSchema = z.object({
  kind: z.literal('table'),
  /** A sequence is renamed away like a table. */
  type: z.enum(['table', 'sequence']),
  table: z.string(),
  keptAs: z.string(),
});
export const keptSchema = z.discriminatedUnion('kind', [keptValuesSchema, keptTableSchema]);
export type Kept = z.infer<typeof keptSchema>;
export type KeptValues = z.infer<typeof keptValuesSchema>;
export type KeptTable = z.infer<typeof keptTableSchema>;

/** One statement, and what it is about. */
export const stepSchema = z.object({
  sql: z.string(),
  /** Table or object that it changes, for timings and messages. */
  object: z.string(),
  /** What its session has to be like; absent: as connected. */
  session: sessionModel.optional(),
  /** A DDL statement of the plan, or one that keeps or restores values. */
  purpose: z.enum(['ddl', 'keep', 'restore']),
});
export type Step = z.infer<typeof stepSchema>;

/**
 * The schema half of a promotion as statements, by when they run. `locked` runs under LOCK TABLES of `locks`;
 * `leaving` too, after the files: tables that go or change their name lose their lock by it.
 */
export interface Program {
  before: Step[];
  locks: string[];
  locked: Step[];
  leaving: Step[];
  after: Step[];
  kept: Kept[];
}

export const emptyProgram: Program = { before: [], locks: [], locked: [], leaving: [], after: [], kept: [] };

export function stepsOf(program: Program): Step[] {
  return [...program.before, ...program.locked, ...program.leaving, ...program.after];
}
