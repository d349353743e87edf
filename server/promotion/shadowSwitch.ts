import { type Connection, errnoOf } from '../database/connection.ts';
import { quoteName } from '../database/quote.ts';
import { GreenroomError } from '../platform/errors.ts';
import type { Host } from '../platform/host.ts';
import { executeIn } from '../schema/applySession.ts';
import { type ShadowPlan, triggerOn } from './shadowPlan.ts';
import { backTriggers, shadowMode } from './shadowTriggers.ts';

/** Tables that the session must hold by LOCK TABLES … WRITE for {@link prepareSwitch} and {@link queueSwitch}. */
export function lockNames(plan: ShadowPlan): string[] {
  return [plan.table, plan.shadow, plan.refused];
}

/**
 * Under the locks: makes sure that the new table refused no row, takes the capture triggers off, and moves the table's own
 * triggers to the new one; new writes are followed back into the old table until `finishShadow`.
 *
 * @throws GreenroomError `data-check`
 */
export async function prepareSwitch(locked: Connection, plan: ShadowPlan): Promise<void> {
  const [row] = await locked.rows(`SELECT COUNT(*) FROM ${quoteName(plan.refused)}`);
  if (Number(row?.[0]) > 0)
    throw new GreenroomError('data-check', {
      subject: plan.table,
      detail: 'while it was copied, a row was written that does not fit the new table',
    });
  for (const name of plan.triggers.capture) await dropTrigger(locked, name);
  for (const trigger of plan.triggers.before) await dropTrigger(locked, trigger.name);
  for (const trigger of plan.triggers.after)
    await executeIn(locked, trigger.session, triggerOn(trigger, plan.shadow));
  for (const sql of backTriggers(plan)) await executeIn(locked, { sqlMode: shadowMode }, sql);
}

/**
 * Exchanges the tables so that nobody ever finds the name missing or writes into the old one.
 *
 * MySQL renames locked tables. MariaDB does not: there another session's RENAME TABLE is queued behind the locks and before every
 * writer that waits, and runs as soon as the caller unlocks. It takes its own locks in order of names, so it must get as far as
 * the table that writers wait for: the new table is renamed first, by which `locked` loses its lock on it and on nothing else.
 *
 * Resolves once the exchange is sure to come next; `done` settles with it. Several tables need a `renamer` each.
 */
export async function queueSwitch(
  host: Host,
  locked: Connection,
  renamer: Connection,
  plan: ShadowPlan,
): Promise<{ done: Promise<void> }> {
  const [table, shadow, ready, old] = [plan.table, plan.shadow, plan.ready, plan.old].map(quoteName);
  if (locked.server.capabilities.renameUnderLock) {
    await locked.execute(`RENAME TABLE ${table} TO ${old}, ${shadow} TO ${table}`);
    return { done: Promise.resolve() };
  }
  await locked.execute(`ALTER TABLE ${shadow} RENAME TO ${ready}`);
  const done = renamer.execute(`RENAME TABLE ${table} TO ${old}, ${ready} TO ${table}`).then(() => undefined);
  // The caller awaits `done`; a rejection before that is his, not nobody's.
  done.catch(() => undefined);
  const deadline = host.clock.elapsed() + 10_000;
  for (;;) {
    const [row] = await locked.rows(
      "SELECT STATE FROM information_schema.PROCESSLIST WHERE ID = ? AND INFO LIKE 'RENAME TABLE%'",
      [renamer.threadId],
    );
    if (/metadata lock/i.test(String(row?.[0]))) return { done };
    if (host.clock.elapsed() > deadline)
      throw new GreenroomError('locked', {
        subject: plan.table,
        detail: 'the exchange of tables did not get into the queue',
      });
    await Promise.race([host.clock.sleep(2), done]);
  }
}

export async function dropTrigger(connection: Connection, name: string): Promise<void> {
  await connection.execute(`DROP TRIGGER IF EXISTS ${quoteName(name)}`);
}

/** Runs DDL that waits for running transactions in short turns, so that others do not pile up behind it. */
export async function patiently(
  host: Host,
  connection: Connection,
  waitMs: number,
  signal: AbortSignal,
  action: () => Promise<void>,
): Promise<void> {
  const deadline = host.clock.elapsed() + waitMs;
  await connection.execute('SET SESSION lock_wait_timeout = 1');
  for (;;) {
    try {
      return await action();
    } catch (error) {
      if (errnoOf(error) !== 1205) throw error;
      if (host.clock.elapsed() >= deadline)
        throw new GreenroomError('locked', {
          detail: 'another session of production’s database uses the table',
          cause: error,
        });
    }
    await host.clock.sleep(200, signal);
  }
}
