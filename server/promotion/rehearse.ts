import path from 'node:path';
import { type Connection, connect } from '../database/connection.ts';
import { quoteName } from '../database/quote.ts';
import { readJson, writeJsonAtomic } from '../platform/atomicFile.ts';
import { timestamp } from '../platform/clock.ts';
import { GreenroomError, hasReason } from '../platform/errors.ts';
import type { Operation } from '../platform/progress.ts';
import { type PlanView, rehearsal as rehearsalSchema } from '../protocol/plan.ts';
import { executeIn } from '../schema/applySession.ts';
import { diffSchemas } from '../schema/diff.ts';
import { introspect } from '../schema/introspect.ts';
import type { Schema } from '../schema/model.ts';
import { digestOf } from './canonical.ts';
import type { PromotionContext } from './context.ts';
import { describeObject } from './ddl/objects.ts';
import type { Program, Step } from './ddl/program.ts';
import { lockTables, runSteps, unlockTables } from './ddl/runProgram.ts';
import {
  inverseRenames,
  programFrom,
  type SchemaWork,
  unreachedObjects,
  verifySchema,
} from './ddl/schemaWork.ts';
import type { PlanDetails } from './plan.ts';

type Rehearsal = PlanView['rehearsal'];

/** A rehearsal made before, for the same plan on the same schema of production. */
export async function cachedRehearsal(
  context: PromotionContext,
  digest: string,
  details: PlanDetails,
): Promise<Rehearsal> {
  if (details.schema.changes.length === 0) return { state: 'none', why: 'The plan changes no schema.' };
  const cached = await readJson(cacheFile(context, digest, details), rehearsalSchema);
  return cached ?? { state: 'none', why: 'The plan was not rehearsed yet.' };
}

/**
 * Runs the plan and its undo on a throw-away clone that was given production's schema of now, with the very code that
 * promotes and undoes; compares the schema object by object and the rows of the touched tables by checksum. The result is
 * kept by the plan's digest and production's schema.
 */
export async function rehearse(
  context: PromotionContext,
  digest: string,
  details: PlanDetails,
  operation: Operation,
): Promise<Rehearsal> {
  const cached = await cachedRehearsal(context, digest, details);
  if (cached.state === 'passed' || details.schema.changes.length === 0) return cached;
  if (context.scratchClone === undefined)
    return { state: 'none', why: 'There is no sealed generation to rehearse on.' };
  operation.progress({ step: 'rehearsing on a throw-away clone' });
  const clone = await context.scratchClone(operation);
  let result: Rehearsal;
  try {
    const connection = await connect(context.host, clone.address, { signal: operation.signal });
    try {
      result = await rehearseOn(context, connection, clone.address.database ?? '', details, operation);
    } finally {
      await connection.close();
    }
  } finally {
    await clone.destroy();
  }
  await writeJsonAtomic(cacheFile(context, digest, details), result);
  return result;
}

async function rehearseOn(
  context: PromotionContext,
  connection: Connection,
  database: string,
  { schema }: PlanDetails,
  operation: Operation,
): Promise<Rehearsal> {
  const { host } = context;
  const at = timestamp(host.clock);
  const statements: { sql: string; ms: number; blocksWritesMs: number }[] = [];
  try {
    const start = await likeProduction(connection, database, schema.production);
    const tables = schema.touched
      .filter(({ type, name }) => type === 'table' && name in start.tables)
      .map(({ name }) => name);
    const sums = await checksums(connection, tables);
    const forward: SchemaWork = {
      promotion: 'rehearsal',
      database,
      schema: {
        before: start,
        after: schema.target,
        touched: schema.touched,
        renames: schema.renames,
        kept: [],
        restored: [],
        lenient: false,
      },
    };
    operation.progress({ step: 'rehearsing the promotion' });
    const program = await programFrom(connection, forward, 'forward', start);
    const applyMs = await run(context, connection, program, (step, ms, blocks) => {
      if (step.purpose !== 'restore')
        statements.push({ sql: step.sql, ms: Math.round(ms), blocksWritesMs: blocks ? Math.round(ms) : 0 });
    });
    await verifySchema(connection, forward, 'forward');
    operation.progress({ step: 'rehearsing the undo' });
    const back: SchemaWork = {
      promotion: 'rehearsal-undo',
      database,
      schema: {
        ...forward.schema,
        before: schema.target,
        after: start,
        renames: inverseRenames(schema.renames),
        restored: program.kept,
      },
    };
    const undoMs = await run(context, connection, await programFrom(connection, back, 'forward'));
    await verifySchema(connection, back, 'forward');
    const keyless = program.kept
      .filter(kept => kept.kind === 'values' && !kept.keyed)
      .map(({ table }) => table);
    const changed = await differingSums(
      connection,
      tables.filter(name => !keyless.includes(name)),
      sums,
    );
    if (changed.length > 0)
      return {
        state: 'failed',
        at,
        problem: `After the undo, rows of ${changed.join(', ')} are not what they were.`,
      };
    return { state: 'passed', at, applyMs: Math.round(applyMs), undoMs: Math.round(undoMs), statements };
  } catch (error) {
    if (!hasReason(error, 'apply-failed', 'database-failed', 'rehearsal-failed')) throw error;
    const items = error.items.length > 0 ? ` (${error.items.join(', ')})` : '';
    return {
      state: 'failed',
      at,
      problem: `${error.subject ?? ''}: ${error.detail ?? error.reason}${items}`,
    };
  }
}

/** Gives the clone production's schema of now, and answers it as the clone has it. */
async function likeProduction(connection: Connection, database: string, production: Schema): Promise<Schema> {
  const base = await introspect(connection, database);
  for (const change of diffSchemas(base, production).changes)
    await executeIn(connection, change.session, change.sql);
  const now = await introspect(connection, database);
  const wrong = unreachedObjects(now, production);
  if (wrong.length > 0)
    throw new GreenroomError('rehearsal-failed', {
      subject: 'production’s schema',
      detail: 'the clone could not be given it',
      items: wrong.map(describeObject),
    });
  return now;
}

async function run(
  { host, config }: PromotionContext,
  connection: Connection,
  program: Program,
  onStep: (step: Step, ms: number, blocksWrites: boolean) => void = () => undefined,
): Promise<number> {
  const start = host.clock.elapsed();
  const report = (blocks: boolean) => (step: Step, ms: number) => onStep(step, ms, blocks);
  await runSteps(host, connection, program.before, report(false));
  await lockTables(host, connection, program.locks, config.promotion.lockWait, new AbortController().signal);
  await runSteps(host, connection, [...program.locked, ...program.leaving], report(true));
  if (program.locks.length > 0) await unlockTables(connection);
  await runSteps(host, connection, program.after, report(false));
  return host.clock.elapsed() - start;
}

async function checksums(connection: Connection, tables: readonly string[]): Promise<Map<string, string>> {
  const sums = new Map<string, string>();
  for (const table of tables) {
    const [row] = await connection.rows(`CHECKSUM TABLE ${quoteName(table)}`);
    sums.set(table, String(row?.[1]));
  }
  return sums;
}

async function differingSums(
  connection: Connection,
  tables: readonly string[],
  before: ReadonlyMap<string, string>,
): Promise<string[]> {
  const after = await checksums(connection, tables);
  return tables.filter(table => before.get(table) !== after.get(table));
}

function cacheFile({ paths }: PromotionContext, digest: string, details: PlanDetails): string {
  const name = digestOf([digest, details.productionSchemaDigest]).slice(0, 40);
  return path.join(paths.state, 'rehearsals', `${name}.json`);
}
