import type { Connection } from '../database/connection.ts';
import { quoteName } from '../database/quote.ts';
import type { Host } from '../platform/host.ts';
import type { Operation } from '../platform/progress.ts';
import { executeIn } from '../schema/applySession.ts';
import { type CopyPace, compareRows, copyRows } from './shadowCopy.ts';
import {
  addKey,
  addKeys,
  dropKeys,
  dropTemporaryKeys,
  foreignKeysOf,
  giveKeysTheirNames,
  type Patiently,
  requireKnownKeys,
  unchecked,
} from './shadowKeySteps.ts';
import { mirrored, type ShadowPlan, triggerOn } from './shadowPlan.ts';
import {
  closeExchange,
  dropTrigger,
  lockBehindGate,
  lockNames,
  openExchange,
  patiently,
  prepareSwitch,
  queueSwitch,
} from './shadowSwitch.ts';
import { captureTriggers, shadowMode } from './shadowTriggers.ts';

export { planShadow, type ShadowPlan, shadowPlanSchema } from './shadowPlan.ts';
export {
  closeExchange,
  type Exchange,
  lockBehindGate,
  lockNames,
  openExchange,
  prepareSwitch,
  queueSwitch,
} from './shadowSwitch.ts';

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
    await requireKnownKeys(connection, plan);
    // An exchange that was interrupted half-way has moved triggers: begin anew.
    const triggers = await existing(connection, 'TRIGGERS', 'TRIGGER_NAME', 'TRIGGER_SCHEMA');
    if (plan.triggers.follow.some(name => triggers.has(name)))
      await dropShadow(host, connect, plan, options, op);
    await record('create');
    await executeIn(connection, plan.session, plan.createSql);
    for (const name of [plan.refused, plan.marker.from])
      await connection.execute(
        `CREATE TABLE IF NOT EXISTS ${quoteName(name)} (n int PRIMARY KEY) ENGINE=InnoDB`,
      );
    await takeCounter(connection, plan);
    await record('capture');
    await capture(host, connection, plan, options.lockWaitMs ?? 5000, op.signal);
    await record('copy');
    await copyRows(host, connection, plan, options, op);
    await addKeys(host, connection, plan, options.lockWaitMs ?? 5000, op.signal);
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

/**
 * All three or none: what was copied while one of them was missing cannot be trusted. The last to come is the one that puts rows
 * into the new table: with it there before the others, a row inserted and deleted again meanwhile would stay in the new table.
 */
async function capture(
  host: Host,
  connection: Connection,
  plan: ShadowPlan,
  waitMs: number,
  signal: AbortSignal,
): Promise<void> {
  const there = await existing(connection, 'TRIGGERS', 'TRIGGER_NAME', 'TRIGGER_SCHEMA');
  if (plan.triggers.capture.every(name => there.has(name))) return;
  const run = (action: () => Promise<void>) => patiently(host, connection, waitMs, signal, action);
  for (const name of plan.triggers.capture)
    if (there.has(name)) await run(() => dropTrigger(connection, name));
  await connection.execute(`DELETE FROM ${quoteName(plan.shadow)}`);
  for (const sql of captureTriggers(plan).toReversed())
    await run(async () => {
      await executeIn(connection, { sqlMode: shadowMode }, sql);
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

/** Whether the tables have been exchanged; told by a name that changes in the same atomic statement. */
export async function shadowState(
  connection: Connection,
  plan: ShadowPlan,
): Promise<'absent' | 'prepared' | 'switched'> {
  const tables = await existing(connection, 'TABLES', 'TABLE_NAME', 'TABLE_SCHEMA');
  if (tables.has(plan.marker.to) || tables.has(plan.old)) return 'switched';
  return [plan.shadow, plan.marker.from, plan.refused].some(name => tables.has(name)) ? 'prepared' : 'absent';
}

/** The short half, for a plan on its own: locks, exchanges, unlocks. A promotion does the same around its other changes. */
export async function switchShadow(
  host: Host,
  connect: Connect,
  plan: ShadowPlan,
  options: ShadowOptions,
  op: Operation,
): Promise<void> {
  const locked = await connect();
  const exchange = await openExchange(connect, plan);
  try {
    const names = lockNames(plan, locked.server).map(name => `${quoteName(name)} WRITE`);
    await lockBehindGate(host, locked, [exchange], () =>
      patiently(host, locked, options.lockWaitMs ?? 5000, op.signal, async () => {
        await locked.execute(`LOCK TABLES ${names.join(', ')}`);
      }),
    );
    await prepareSwitch(locked, plan);
    const { done } = await queueSwitch(host, locked, exchange);
    await locked.execute('UNLOCK TABLES');
    await done;
  } finally {
    locked.destroy();
    closeExchange(exchange);
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
  await giveKeysTheirNames(connection, plan, run);
  for (const name of plan.triggers.follow) await run(() => dropTrigger(connection, name));
  const keys = await foreignKeysOf(connection, [plan.table, plan.shadow, plan.old]);
  for (const table of [plan.shadow, plan.old]) {
    const oldKeys = plan.oldForeignKeys.filter(name => keys.has(`${table}.${name}`));
    if (oldKeys.length > 0) await run(() => dropKeys(connection, table, oldKeys));
  }
  await nameOwnKeys(connection, plan, run);
  const tables = await existing(connection, 'TABLES', 'TABLE_NAME', 'TABLE_SCHEMA');
  if (tables.has(plan.shadow) && !tables.has(plan.old))
    await run(async () => {
      await connection.execute(`RENAME TABLE ${quoteName(plan.shadow)} TO ${quoteName(plan.old)}`);
    });
  await connection.execute(
    `DROP TABLE IF EXISTS ${[plan.refused, plan.marker.from, plan.marker.to].map(quoteName).join(', ')}`,
  );
}

/** The new table's own foreign keys, once the old ones are gone. */
async function nameOwnKeys(connection: Connection, plan: ShadowPlan, run: Patiently): Promise<void> {
  const keys = await foreignKeysOf(connection, [plan.table]);
  const renamed = plan.foreignKeys.filter(key => keys.has(`${plan.table}.${key.temporary}`));
  if (renamed.length === 0) return;
  await unchecked(connection, async () => {
    for (const key of renamed)
      if (!keys.has(`${plan.table}.${key.name}`))
        await run(() => addKey(connection, plan.table, key.definition));
  });
  const names = renamed.map(key => key.temporary);
  await run(() => dropKeys(connection, plan.table, names));
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
    if (state === 'switched') await switchShadow(host, connect, mirrored(plan), options, op);
    const wait = options.lockWaitMs ?? 5000;
    const run = (action: () => Promise<void>) => patiently(host, connection, wait, op.signal, action);
    for (const name of [...plan.triggers.capture, ...plan.triggers.follow])
      await run(() => dropTrigger(connection, name));
    await restoreTriggers(connection, plan, run);
    await dropTemporaryKeys(connection, plan, run);
    const { from, to } = plan.marker;
    await connection.execute(
      `DROP TABLE IF EXISTS ${[plan.shadow, plan.between, plan.refused, from, to].map(quoteName).join(', ')}`,
    );
  } finally {
    await connection.close();
  }
}

/** The table's own triggers, where an interrupted switch had moved them already. */
async function restoreTriggers(connection: Connection, plan: ShadowPlan, run: Patiently): Promise<void> {
  const rows = await connection.rows(
    `SELECT TRIGGER_NAME, EVENT_OBJECT_TABLE FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE()`,
  );
  const onTable = new Map(rows.map(([name, table]) => [String(name), String(table)]));
  for (const trigger of plan.triggers.after)
    if ([plan.shadow, plan.between].includes(onTable.get(trigger.name) ?? ''))
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
