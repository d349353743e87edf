import path from 'node:path';
import * as z from 'zod';
import { parseDuration } from '../config/schema.ts';
import type { DatabaseAddress } from '../database/address.ts';
import { type Connection, connect } from '../database/connection.ts';
import { quoteName } from '../database/quote.ts';
import { readJson, writeJsonAtomic } from '../platform/atomicFile.ts';
import { timestamp } from '../platform/clock.ts';
import { GreenroomError, hasReason } from '../platform/errors.ts';
import type { Operation } from '../platform/progress.ts';
import { rehearsal as rehearsalSchema } from '../protocol/plan.ts';
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
  withTriggers,
} from './ddl/schemaWork.ts';
import type { PlanDetails } from './plan.ts';
import { asOnClone } from './readProduction.ts';
import { chooseShadows, rebuild, type Shadowing } from './shadowing.ts';

const rehearsedSchema = z.object({
  view: rehearsalSchema,
  /** Milliseconds that each table's writers were held up, when it was altered in place. */
  blocked: z.record(z.string(), z.number()),
  undoBlocked: z.record(z.string(), z.number()).default({}),
  /** Tables that block for longer than `promotion.maxBlock` all the same. */
  slow: z.array(z.object({ table: z.string(), message: z.string() })).default([]),
});
export type Rehearsed = z.infer<typeof rehearsedSchema>;

/** A rehearsal made before, for the same plan on the same schema of production. */
export async function cachedRehearsal(
  context: PromotionContext,
  digest: string,
  details: PlanDetails,
): Promise<Rehearsed> {
  if (details.schema.changes.length === 0) return none('The plan changes no schema.');
  const cached = await readJson(cacheFile(context, digest, details), rehearsedSchema);
  return cached ?? none('The plan was not rehearsed yet.');
}

/**
 * Runs the plan and its undo on a throw-away clone that was given production's schema of now, with the very code that
 * promotes and undoes; compares the schema object by object and the rows of the touched tables by checksum. The result is
 * kept by the plan's digest and production's schema.
 *
 * Where a table would block its writers longer than `promotion.maxBlock`, a second run rebuilds it beside itself, as the
 * promotion will.
 */
export async function rehearse(
  context: PromotionContext,
  digest: string,
  details: PlanDetails,
  operation: Operation,
): Promise<Rehearsed> {
  const cached = await cachedRehearsal(context, digest, details);
  if (cached.view.state === 'passed' || details.schema.changes.length === 0) return cached;
  if (context.scratchClone === undefined) return none('There is no sealed generation to rehearse on.');
  operation.progress({ step: 'rehearsing on a throw-away clone' });
  const clone = await context.scratchClone(operation);
  let result: Rehearsed;
  try {
    const connection = await connect(context.host, clone.address, { signal: operation.signal });
    try {
      result = await rehearseOn(context, connection, clone.address, details, operation);
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
  address: DatabaseAddress,
  details: PlanDetails,
  operation: Operation,
): Promise<Rehearsed> {
  const schema = { ...details.schema, target: asOnClone(details.schema.target) };
  const at = timestamp(context.host.clock);
  const database = address.database ?? '';
  // On the clone, its own account is the one that promotes.
  const there = { ...context, production: { ...context.production, reader: address, promoter: address } };
  let blocked: Record<string, number> = {};
  let undoBlocked: Record<string, number> = {};
  try {
    const start = await likeProduction(connection, database, asOnClone(schema.production));
    const stage = { context: there, connection, database, schema, start, operation };
    const first = await thereAndBack(stage, 'rehearsal', { plans: [], kept: [], slow: [] }, {});
    ({ blocked, undoBlocked } = first);
    const change = { promotion: 'rehearsal-2', from: start, target: schema.target, renames: schema.renames };
    const shadowing = chooseShadows(there, change, blocked);
    const limit = parseDuration(context.config.promotion.maxBlock);
    const isShort = shadowing.plans.length === 0 && Object.values(undoBlocked).every(ms => ms <= limit);
    const run = isShort ? first : await thereAndBack(stage, 'rehearsal-2', shadowing, undoBlocked);
    const { applyMs, undoMs, statements } = run;
    return {
      view: { state: 'passed', at, applyMs, undoMs, statements },
      blocked,
      undoBlocked,
      slow: shadowing.slow,
    };
  } catch (error) {
    if (!hasReason(error, 'apply-failed', 'database-failed', 'rehearsal-failed', 'data-check')) throw error;
    const items = error.items.length > 0 ? ` (${error.items.join(', ')})` : '';
    const problem = `${error.subject ?? ''}: ${error.detail ?? error.reason}${items}`;
    return { view: { state: 'failed', at, problem }, blocked, undoBlocked, slow: [] };
  }
}

interface Stage {
  context: PromotionContext;
  connection: Connection;
  database: string;
  schema: PlanDetails['schema'];
  start: Schema;
  operation: Operation;
}

interface Run {
  applyMs: number;
  undoMs: number;
  statements: { sql: string; ms: number; blocksWritesMs: number }[];
  blocked: Record<string, number>;
  undoBlocked: Record<string, number>;
}

async function thereAndBack(
  { context, connection, database, schema, start, operation }: Stage,
  promotion: string,
  shadowing: Shadowing,
  /** Milliseconds by table: those of the undo that block for too long are rebuilt, too. */
  blockedBack: Readonly<Record<string, number>>,
): Promise<Run> {
  const touched = withTriggers(start, schema.target, schema.touched);
  const tables = touched
    .filter(({ type, name }) => type === 'table' && name in start.tables)
    .map(({ name }) => name);
  const sums = await checksums(connection, tables);
  const forward: SchemaWork = {
    promotion,
    database,
    schema: {
      before: start,
      after: schema.target,
      touched,
      renames: schema.renames,
      kept: [],
      restored: [],
      shadows: shadowing.plans,
      lenient: false,
    },
  };
  operation.progress({ step: 'rehearsing the promotion' });
  const statements: Run['statements'] = [];
  const blocked: Run['blocked'] = {};
  const startedAt = context.host.clock.elapsed();
  for (const plan of shadowing.plans) {
    const began = context.host.clock.elapsed();
    await rebuild(context, connection, plan, operation);
    const ms = Math.round(context.host.clock.elapsed() - began);
    statements.push({ sql: `rebuild of ${plan.table} beside itself`, ms, blocksWritesMs: 0 });
  }
  const program = await programFrom(connection, forward, 'forward');
  await run(context, connection, program, (step, ms, blocks) => {
    if (blocks) blocked[step.object] = (blocked[step.object] ?? 0) + ms;
    if (step.purpose !== 'restore')
      statements.push({ sql: step.sql, ms: Math.round(ms), blocksWritesMs: blocks ? Math.round(ms) : 0 });
  });
  const applyMs = Math.round(context.host.clock.elapsed() - startedAt);
  await verifySchema(connection, forward, 'forward');
  operation.progress({ step: 'rehearsing the undo' });
  const kept = [...program.kept, ...shadowing.kept];
  const renames = inverseRenames(schema.renames);
  const change = { promotion: `${promotion}-undo`, from: schema.target, target: start, renames };
  const { plans } = chooseShadows(context, { ...change, restored: kept }, blockedBack);
  const back: SchemaWork = {
    promotion: `${promotion}-undo`,
    database,
    schema: {
      ...forward.schema,
      before: schema.target,
      after: start,
      renames,
      restored: kept,
      shadows: plans,
    },
  };
  const undoBlocked: Run['undoBlocked'] = {};
  const undoProgram = await programFrom(connection, back, 'forward');
  const undoMs = await run(
    context,
    connection,
    undoProgram,
    (step, ms, blocks) => {
      if (blocks) undoBlocked[step.object] = (undoBlocked[step.object] ?? 0) + ms;
    },
    async () => {
      for (const plan of plans) await rebuild(context, connection, plan, operation);
    },
  );
  await verifySchema(connection, back, 'forward');
  const keyless = kept.filter(other => other.kind === 'values' && !other.keyed).map(({ table }) => table);
  const keyed = tables.filter(name => !keyless.includes(name));
  const changed = await differingSums(connection, keyed, sums);
  if (changed.length > 0)
    throw new GreenroomError('rehearsal-failed', {
      subject: 'the undo',
      detail: 'rows are not what they were',
      items: changed,
    });
  return { applyMs, undoMs: Math.round(undoMs), statements, blocked, undoBlocked };
}

function none(why: string): Rehearsed {
  return { view: { state: 'none', why }, blocked: {}, undoBlocked: {}, slow: [] };
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
  beforeLocks: () => Promise<void> = async () => undefined,
): Promise<number> {
  const start = host.clock.elapsed();
  const report = (blocks: boolean) => (step: Step, ms: number) => onStep(step, ms, blocks);
  await runSteps(host, connection, program.before, report(false));
  await beforeLocks();
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
