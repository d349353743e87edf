import type { Connection } from '../database/connection.ts';
import { GreenroomError } from '../platform/errors.ts';
import type { Operation } from '../platform/progress.ts';
import { executeIn } from '../schema/applySession.ts';
import type { CreateStatement } from '../schema/createAll.ts';
import { emptySchema } from '../schema/model.ts';
import { loadScrubKey } from '../scrub/key.ts';
import type { BaseContext } from './context.ts';
import { isSmall, planCopy } from './copyPlan.ts';
import type { Draft } from './draft.ts';
import { type FilledTable, fillTables } from './fill.ts';
import { collectGarbage } from './heap.ts';
import { type ProofResult, prove } from './proof.ts';
import { databaseOf, type Reading, readProduction, serverStart } from './reading.ts';
import { copySequences } from './sequences.ts';
import { type Snapshot, takeSnapshot } from './snapshot.ts';
import { schemaFingerprint } from './source.ts';
import { baseSchema, createStored, structureOf } from './structure.ts';
import { verifyCopied } from './verifyCopied.ts';
import type { CopyThreads } from './workers.ts';

/** DDL may run in the moment of the snapshot; then the schema is read again. */
const schemaAttempts = 5;

/** Production at one moment: its schema, and readers that all see that moment's rows. */
export interface Moment {
  reading: Reading;
  snapshot: Snapshot;
  startedAt: string;
}

/** Opens the snapshots, and makes sure that the schema was read at the same moment. */
export async function settle(
  context: BaseContext,
  control: Connection,
  threads: CopyThreads,
  first: Reading,
  operation: Operation,
): Promise<Moment> {
  const database = databaseOf(context);
  let reading = first;
  for (let attempt = 0; attempt < schemaAttempts; attempt++) {
    const snapshot = await takeSnapshot(context.host, control, threads, operation.signal);
    const startedAt = await serverStart(control);
    if ((await schemaFingerprint(control, database)) === reading.fingerprint)
      return { reading, snapshot, startedAt };
    reading = await readProduction(context, control);
  }
  throw new GreenroomError('production-moved', {
    subject: database,
    detail: 'its schema kept changing while the snapshot was taken',
    next: 'Try again when the migration is over.',
  });
}

export interface Transferred {
  filled: Map<string, FilledTable>;
  proof: ProofResult;
  checksums: Map<string, string>;
  warnings: string[];
}

/**
 * Brings tables into a draft that does not have them: definitions, rows, indexes, keys; then sequences, views, routines,
 * triggers and events, and the proof.
 *
 * @param names tables to copy
 * @param checked of these, tables whose checksum is wanted for the next refresh
 */
export async function transfer(
  context: BaseContext,
  control: Connection,
  { reading }: Moment,
  draft: Draft,
  names: readonly string[],
  checked: ReadonlySet<string>,
  operation: Operation,
): Promise<Transferred> {
  const database = databaseOf(context);
  const { threads, builders, meter } = draft;
  const warnings = [...reading.scrub.warnings];
  const builder = builders[0] as Connection;
  const made = await makeTables(control, database, reading, draft, names, warnings, operation);
  const { work } = made;
  // With ten thousand tables it is too much to be held to the end.
  reading.schema = emptySchema(reading.schema);
  collectGarbage();
  const { filled, checksums } = await fillTables(threads, builders, work, checked, meter, operation);
  // Production's old row versions are kept for us until here.
  await threads.all({ do: 'release' });
  const { host } = context;
  const key = await loadScrubKey(host, context.projectId);
  host.log.info('proving the base', { tables: work.length });
  const proof = await prove(threads, builder, database, work, key, operation);
  host.log.info('base proved', { rows: proof.rows, bytes: proof.bytes });
  await copySequences(control, builder, database, made.sequences);
  await createStored(builder, made.stored, warnings);
  await verifyCopied(builder, database, made.tables, filled, warnings);
  if ((await schemaFingerprint(control, database)) !== reading.fingerprint)
    warnings.push('production’s schema changed while it was copied: the next refresh brings the change in');
  return { filled, proof, checksums, warnings };
}

/** Makes the tables, empty. The answer says how to fill them, and what comes after. */
async function makeTables(
  control: Connection,
  database: string,
  reading: Reading,
  { threads, builders }: Draft,
  names: readonly string[],
  warnings: string[],
  operation: Operation,
) {
  const schema = baseSchema(reading.schema, reading.tables, warnings);
  // A refresh makes a few of very many.
  const wanted = Object.fromEntries(
    names.flatMap(name => {
      const table = schema.tables[name];
      return table === undefined ? [] : [[name, table]];
    }),
  );
  const structure = structureOf({ ...schema, tables: wanted }, name => isSmall(reading.tables.get(name)));
  // A column's default may draw from a sequence.
  for (const { object, session, sql } of structure.tables)
    if (schema.sequences[object] !== undefined) await executeIn(builders[0] as Connection, session, sql);
  await createTables(
    builders,
    structure.tables.filter(({ object }) => wanted[object] !== undefined),
    operation,
  );
  const work = await planCopy(control, database, reading, names, structure, threads.threads.length, warnings);
  const tables = Object.keys(reading.schema.tables);
  return { work, tables, sequences: Object.keys(schema.sequences), stored: structure.stored };
}

/** On all sessions at once. */
async function createTables(
  builders: readonly Connection[],
  statements: readonly CreateStatement[],
  operation: Operation,
): Promise<void> {
  let next = 0;
  const make = async (builder: Connection) => {
    while (next < statements.length && !operation.signal.aborted) {
      const statement = statements[next++];
      if (statement === undefined) return;
      if (next % 100 === 0)
        operation.progress({ step: 'creating tables', done: next, total: statements.length, unit: 'tables' });
      await executeIn(builder, statement.session, statement.sql);
    }
  };
  const outcomes = await Promise.allSettled(builders.map(make));
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  if (operation.signal.aborted) throw new GreenroomError('cancelled', { subject: 'base build' });
}
