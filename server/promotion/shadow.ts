import type { Connection } from '../database/connection.ts';
import { quoteName } from '../database/quote.ts';
import { GreenroomError } from '../platform/errors.ts';
import type { Host } from '../platform/host.ts';
import type { Operation } from '../platform/progress.ts';
import { executeIn } from '../schema/applySession.ts';
import { type CopyPace, compareRows, copyRows } from './shadowCopy.ts';
import { mirrored, type ShadowPlan, triggerOn } from './shadowPlan.ts';
import { dropTrigger, lockNames, patiently, prepareSwitch, queueSwitch } from './shadowSwitch.ts';
import { captureTriggers, shadowMode } from './shadowTriggers.ts';

export { planShadow, type ShadowPlan, shadowPlanSchema } from './shadowPlan.ts';
export { lockNames, prepareSwitch, queueSwitch } from './shadowSwitch.ts';

/** Opens a session of the promoting account in production's database. */
export type Connect = () => Promise<Connection>;

/** Told before each step is done, so that a journal can have it: every step can be done again, or taken back. */
export type ShadowStep = 'create' | 'capture' | 'copy' | 'compare' | 'switch' | 'finish';
export type RecordStep = (step: ShadowStep) => Promise<void>;

export interface ShadowOptions extends CopyPace {
  /** How long to wait for running transactions in all. Default 5 s. */
  lockWaitMs?: number;
}

/**
 * The long half: makes the new table, lets triggers follow the old one, copies and compares. Production's table is as it was and
 * in use all the time. Started again after an interruption, it goes on.
 *
 * @throws GreenroomError `data-check`, `locked`, `cancelled`, `apply-failed`, `database-…`
 */
export async function prepareShadow(
  host: Host,
  connect: Connect,
  plan: ShadowPlan,
  options: ShadowOptions,
  op: Operation,
  record: RecordStep,
): Promise<{ rows: number }> {
  const connection = await connect();
  try {
    await connection.execute(`SET SESSION sql_mode = '${shadowMode}'`);
    // An exchange that was interrupted half-way has moved triggers: begin anew.
    const tables = await existing(connection, 'TABLES', 'TABLE_NAME', 'TABLE_SCHEMA');
    if (tables.has(plan.ready)) await dropShadow(host, connect, plan, options, op);
    await record('create');
    await executeIn(connection, plan.session, plan.createSql);
    await connection.execute(
      `CREATE TABLE IF NOT EXISTS ${quoteName(plan.refused)} (n int PRIMARY KEY) ENGINE=InnoDB`,
    );
    await takeCounter(connection, plan);
    await record('capture');
    await capture(host, connection, plan, options.lockWaitMs ?? 5000, op.signal);
    await record('copy');
    await copyRows(host, connection, plan, options, op);
    await record('compare');
    return await compareRows(host, connection, plan, op);
  } finally {
    await connection.close();
  }
}

/** The next AUTO_INCREMENT value: rows that were deleted since must not have their numbers given again. */
async function takeCounter(connection: Connection, plan: ShadowPlan): Promise<void> {
  if (connection.server.flavour === 'mysql')
    await connection.execute('SET SESSION information_schema_stats_expiry = 0');
  const [row] = await connection.rows(
    'SELECT AUTO_INCREMENT FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ?',
    [plan.table],
  );
  const next = row?.[0];
  if (next !== null && next !== undefined && /\bAUTO_INCREMENT\b/.test(plan.createSql))
    await connection.execute(`ALTER TABLE ${quoteName(plan.shadow)} AUTO_INCREMENT = ${String(next)}`);
}

/** All three or none: rows written while one of them was missing would be lost to the copy. */
async function capture(
  host: Host,
  connection: Connection,
  plan: ShadowPlan,
  waitMs: number,
  signal: AbortSignal,
): Promise<void> {
  const there = await existing(connection, 'TRIGGERS', 'TRIGGER_NAME', 'TRIGGER_SCHEMA');
  const missing = plan.triggers.capture.filter(name => !there.has(name));
  if (missing.length === 0) return;
  // What was copied without all of them cannot be trusted.
  await connection.execute(`DELETE FROM ${quoteName(plan.shadow)}`);
  const statements = captureTriggers(plan);
  for (const [index, name] of plan.triggers.capture.entries())
    if (missing.includes(name))
      await patiently(host, connection, waitMs, signal, async () => {
        await executeIn(connection, { sqlMode: shadowMode }, statements[index] ?? '');
      });
}

async function existing(
  connection: Connection,
  view: 'TABLES' | 'TRIGGERS',
  column: string,
  schemaColumn: string,
): Promise<Set<string>> {
  const rows = await connection.rows(
    `SELECT ${column} FROM information_schema.${view} WHERE ${schemaColumn} = DATABASE()`,
  );
  return new Set(rows.map(([name]) => String(name)));
}

/** Whether the tables have been exchanged; told by their names, which one atomic statement changes. */
export async function shadowState(
  connection: Connection,
  plan: ShadowPlan,
): Promise<'absent' | 'prepared' | 'switched' | 'gone'> {
  const tables = await existing(connection, 'TABLES', 'TABLE_NAME', 'TABLE_SCHEMA');
  if (tables.has(plan.old)) return tables.has(plan.table) ? 'switched' : 'gone';
  return [plan.shadow, plan.ready, plan.refused].some(name => tables.has(name)) ? 'prepared' : 'absent';
}

/** The short half, for a plan on its own: locks, exchanges, unlocks. A promotion does the same around its other changes. */
export async function switchShadow(
  host: Host,
  connect: Connect,
  plan: ShadowPlan,
  options: ShadowOptions,
  op: Operation,
): Promise<void> {
  const [locked, renamer] = [await connect(), await connect()];
  try {
    await patiently(host, locked, options.lockWaitMs ?? 5000, op.signal, async () => {
      await locked.execute(
        `LOCK TABLES ${lockNames(plan)
          .map(name => `${quoteName(name)} WRITE`)
          .join(', ')}`,
      );
    });
    await prepareSwitch(locked, plan);
    const { done } = await queueSwitch(host, locked, renamer, plan);
    await locked.execute('UNLOCK TABLES');
    await done;
  } finally {
    locked.destroy();
    await renamer.close();
  }
}

/**
 * After the promotion is sure to stay: the old table is no longer followed, and its foreign keys give their names to those of
 * the new table. The old table itself stays, with all values, as what undo takes dropped ones from. Can be done again.
 */
export async function finishShadow(
  host: Host,
  connection: Connection,
  plan: ShadowPlan,
  options: ShadowOptions,
  op: Operation,
): Promise<void> {
  const wait = options.lockWaitMs ?? 5000;
  const run = (action: () => Promise<void>) => patiently(host, connection, wait, op.signal, action);
  for (const name of plan.triggers.follow) await run(() => dropTrigger(connection, name));
  const keys = await foreignKeysOf(connection, plan);
  const oldKeys = plan.oldForeignKeys.filter(name => keys.has(`${plan.old}.${name}`));
  if (oldKeys.length > 0) await run(() => dropKeys(connection, plan.old, oldKeys));
  const renamed = plan.foreignKeys.filter(key => keys.has(`${plan.table}.${key.temporary}`));
  if (renamed.length > 0) {
    // The rows fulfil the key under its temporary name: there is nothing to check again, so nothing is copied.
    await connection.execute('SET SESSION foreign_key_checks = 0');
    try {
      for (const key of renamed)
        await run(async () => {
          if (!keys.has(`${plan.table}.${key.name}`))
            await connection.execute(`ALTER TABLE ${quoteName(plan.table)} ADD ${key.definition}`);
        });
      const names = renamed.map(key => key.temporary);
      await run(() => dropKeys(connection, plan.table, names));
    } finally {
      await connection.execute('SET SESSION foreign_key_checks = 1');
    }
  }
  await connection.execute(`DROP TABLE IF EXISTS ${quoteName(plan.refused)}`);
}

async function dropKeys(connection: Connection, table: string, names: readonly string[]): Promise<void> {
  const drops = names.map(name => `DROP FOREIGN KEY ${quoteName(name)}`).join(', ');
  await connection.execute(`ALTER TABLE ${quoteName(table)} ${drops}`);
}

async function foreignKeysOf(connection: Connection, plan: ShadowPlan): Promise<Set<string>> {
  const rows = await connection.rows(
    `SELECT TABLE_NAME, CONSTRAINT_NAME FROM information_schema.TABLE_CONSTRAINTS
     WHERE CONSTRAINT_SCHEMA = DATABASE() AND CONSTRAINT_TYPE = 'FOREIGN KEY' AND TABLE_NAME IN (?)`,
    [[plan.table, plan.old]],
  );
  return new Set(rows.map(([table, name]) => `${String(table)}.${String(name)}`));
}

/**
 * Takes everything back, wherever it was interrupted, as long as the switch is not finished: before the exchange the shadow is
 * removed, after it the tables are exchanged back (rows written in between are in both). Can be done again.
 *
 * @throws GreenroomError `locked`, `data-check` if the old table could not follow a row
 */
export async function dropShadow(
  host: Host,
  connect: Connect,
  plan: ShadowPlan,
  options: ShadowOptions,
  op: Operation,
): Promise<void> {
  const connection = await connect();
  try {
    const state = await shadowState(connection, plan);
    if (state === 'gone')
      throw new GreenroomError('apply-failed', {
        subject: plan.table,
        detail: 'neither the table nor its new version has its name',
      });
    if (state === 'switched') await switchShadow(host, connect, mirrored(plan), options, op);
    const wait = options.lockWaitMs ?? 5000;
    const run = (action: () => Promise<void>) => patiently(host, connection, wait, op.signal, action);
    for (const name of [...plan.triggers.capture, ...plan.triggers.follow])
      await run(() => dropTrigger(connection, name));
    await restoreTriggers(connection, plan, run);
    await connection.execute(
      `DROP TABLE IF EXISTS ${[plan.shadow, plan.ready, plan.refused].map(quoteName).join(', ')}`,
    );
  } finally {
    await connection.close();
  }
}

/** The table's own triggers, where an interrupted switch had moved them already. */
async function restoreTriggers(
  connection: Connection,
  plan: ShadowPlan,
  run: (action: () => Promise<void>) => Promise<void>,
): Promise<void> {
  const rows = await connection.rows(
    `SELECT TRIGGER_NAME, EVENT_OBJECT_TABLE FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE()`,
  );
  const onTable = new Map(rows.map(([name, table]) => [String(name), String(table)]));
  for (const trigger of plan.triggers.after)
    if ([plan.shadow, plan.ready].includes(onTable.get(trigger.name) ?? ''))
      await run(() => dropTrigger(connection, trigger.name));
  for (const trigger of plan.triggers.before)
    if (onTable.get(trigger.name) !== plan.table)
      await run(() => executeIn(connection, trigger.session, triggerOn(trigger, plan.table)));
}

/** All of it, for one table on its own. */
export async function runShadow(
  host: Host,
  connect: Connect,
  plan: ShadowPlan,
  options: ShadowOptions,
  op: Operation,
  record: RecordStep,
): Promise<{ rows: number }> {
  const result = await prepareShadow(host, connect, plan, options, op, record);
  await record('switch');
  await switchShadow(host, connect, plan, options, op);
  await record('finish');
  const connection = await connect();
  try {
    await finishShadow(host, connection, plan, options, op);
  } finally {
    await connection.close();
  }
  return result;
}
