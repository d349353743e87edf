import { type Connection, errnoOf } from '../database/connection.ts';
import { quoteName } from '../database/quote.ts';
import { GreenroomError } from '../platform/errors.ts';
import type { Host } from '../platform/host.ts';
import { executeIn } from '../schema/applySession.ts';
import { type ShadowPlan, triggerOn } from './shadowPlan.ts';
import { backTriggers, shadowMode } from './shadowTriggers.ts';

/** Tables that the session must hold by LOCK TABLES … WRITE for {@link prepareSwitch} and {@link queueSwitch}. */
export function lockNames(plan: ShadowPlan, { capabilities }: Connection['server']): string[] {
  return [
    plan.table,
    plan.shadow,
    plan.refused,
    // Only what is locked can be renamed under locks; what another session renames must not be locked.
    ...(capabilities.renameUnderLock ? [plan.marker.from] : []),
  ];
}

/** Three sessions for one exchange. */
export interface Exchange {
  plan: ShadowPlan;
  /** Keeps writers waiting before they have opened the table: see {@link lockBehindGate}. */
  gate: Connection;
  /** Its RENAME waits behind the locks. */
  renamer: Connection;
  /** Finds out for sure how far the RENAME got. */
  prober: Connection;
}

/** Longest wait for someone else's hold on a table that is ours alone: a backup that reads it. */
const ownWaitMs = 2000;
/** Longest time that the gate is kept for a session that waits for its locks. */
const gateMs = 250;

/** Opens the sessions of an exchange; to be closed by {@link closeExchange}. */
export async function openExchange(connect: () => Promise<Connection>, plan: ShadowPlan): Promise<Exchange> {
  return { plan, gate: await connect(), renamer: await connect(), prober: await connect() };
}

/** They may wait for a lock still; nothing depends on them. */
export function closeExchange({ gate, renamer, prober }: Exchange): void {
  for (const session of [gate, renamer, prober]) session.destroy();
}

/**
 * Lets `lock` take the write locks of `locked`. The server takes them in order of names, the table beside before the table itself:
 * a writer who had opened the table and needs the one beside would be sent back by the server, and inside a transaction die in a
 * deadlock. So writers are first kept waiting where they have opened nothing: behind a read lock of the table alone. With several
 * tables, and where the way in takes too long, this is left out: it is a courtesy, nothing is lost without it.
 */
export async function lockBehindGate(
  host: Host,
  locked: Connection,
  exchanges: readonly Exchange[],
  lock: () => Promise<void>,
): Promise<void> {
  const [exchange, ...others] = exchanges;
  if (exchange === undefined || others.length > 0) return await lock();
  const { gate, plan, prober } = exchange;
  const names = [plan.table, ...plan.neighbours].map(name => `${quoteName(name)} READ`);
  await gate.execute('SET SESSION lock_wait_timeout = 1');
  try {
    await gate.execute(`LOCK TABLES ${names.join(', ')}`);
  } catch (error) {
    // A long transaction: it is waited for by `lock`.
    if (errnoOf(error) !== 1205) throw error;
    return await lock();
  }
  let isDone = false;
  const locking = lock().finally(() => {
    isDone = true;
  });
  locking.catch(() => undefined);
  const deadline = host.clock.elapsed() + gateMs;
  while (!isDone && host.clock.elapsed() < deadline) {
    if (await isWaiting(prober, locked, 'LOCK TABLES')) break;
    await host.clock.sleep(1);
  }
  await gate.execute('UNLOCK TABLES');
  await locking;
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
 * writer that waits, and runs as soon as the caller unlocks. It takes its own locks in order of names, so it must have got as far
 * as the table that writers wait for: the new table is renamed first, by which `locked` loses its lock on it and on nothing else.
 *
 * Resolves once the exchange is sure to come next; `done` settles with it. Where it throws, no exchange is left waiting.
 */
export async function queueSwitch(
  host: Host,
  locked: Connection,
  exchange: Exchange,
): Promise<{ done: Promise<void> }> {
  const { plan, renamer } = exchange;
  const [table, shadow, between] = [plan.table, plan.shadow, plan.between].map(quoteName);
  const marker = `${quoteName(plan.marker.from)} TO ${quoteName(plan.marker.to)}`;
  if (locked.server.capabilities.renameUnderLock) {
    await locked.execute(
      `RENAME TABLE ${table} TO ${between}, ${shadow} TO ${table}, ${between} TO ${shadow}, ${marker}`,
    );
    return { done: Promise.resolve() };
  }
  await locked.execute(`ALTER TABLE ${shadow} RENAME TO ${between}`);
  let isRefused = false;
  const done = renamer
    .execute(`RENAME TABLE ${table} TO ${shadow}, ${between} TO ${table}, ${marker}`)
    .then(() => undefined)
    .catch(error => {
      isRefused = true;
      throw error;
    });
  // The caller awaits `done`; a rejection before that is his, not nobody's.
  done.catch(() => undefined);
  const deadline = host.clock.elapsed() + ownWaitMs;
  try {
    for (;;) {
      if (isRefused) await done;
      if (await isNext(host, locked, exchange)) return { done };
      if (host.clock.elapsed() > deadline)
        throw new GreenroomError('locked', {
          subject: plan.table,
          detail: 'the exchange of tables did not get into the queue',
        });
    }
  } catch (error) {
    // Behind the locks of others it would come at a time when writers have been let in again.
    await locked.execute(`KILL ${renamer.threadId}`);
    await done.catch(() => undefined);
    throw error;
  }
}

/**
 * Whether the RENAME waits for the table itself. All its other names are ours, and come before: where the last of them is taken,
 * the prober has to wait, too. A table whose name comes before ours is what it waits for first.
 */
async function isNext(host: Host, locked: Connection, { plan, renamer, prober }: Exchange): Promise<boolean> {
  const last = [plan.marker.from, plan.marker.to].sort()[1] ?? '';
  if (!(await isWaiting(locked, renamer, 'RENAME TABLE'))) {
    await host.clock.sleep(1);
    return false;
  }
  if (Buffer.compare(Buffer.from(plan.table), Buffer.from(last)) < 0) return true;
  let passed = false;
  // Whether there is such a table is not asked: a name can be locked all the same.
  const probe = prober.rows(`SELECT 1 FROM ${quoteName(last)} LIMIT 0`).then(
    () => undefined,
    () => undefined,
  );
  void probe.then(() => {
    passed = true;
  });
  for (;;) {
    if (await isWaiting(locked, prober, 'SELECT 1')) return !passed;
    if (passed) return false;
    await Promise.race([host.clock.sleep(1), probe]);
  }
}

async function isWaiting(asking: Connection, session: Connection, statement: string): Promise<boolean> {
  const [row] = await asking.rows(
    'SELECT STATE FROM information_schema.PROCESSLIST WHERE ID = ? AND INFO LIKE ?',
    [session.threadId, `${statement}%`],
  );
  return /table metadata lock/i.test(String(row?.[0]));
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
