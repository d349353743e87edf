import { parseDuration } from '../../config/schema.ts';
import { type Connection, errnoOf } from '../../database/connection.ts';
import { quoteName } from '../../database/quote.ts';
import { GreenroomError, hasReason } from '../../platform/errors.ts';
import type { Host } from '../../platform/host.ts';
import { executeIn } from '../../schema/applySession.ts';
import type { Step } from './program.ts';

/** Told after each statement: the rehearsal measures, the terminal shows. */
export type OnStep = (step: Step, milliseconds: number) => void;

/** Runs statements one after the other, in the session that each of them asks for. */
export async function runSteps(
  host: Host,
  connection: Connection,
  steps: readonly Step[],
  onStep: OnStep = () => undefined,
): Promise<void> {
  for (const step of steps) {
    const start = host.clock.elapsed();
    try {
      await executeIn(connection, step.session ?? {}, step.sql);
    } catch (error) {
      throw stepError(step, error);
    }
    onStep(step, host.clock.elapsed() - start);
  }
}

/** ER_LOCK_WAIT_TIMEOUT */
const lockWaitTimeout = 1205;

/**
 * Locks tables for writing. A table that is in use is waited for in short turns: a waiting lock makes everyone behind it
 * wait too, so it is given up after a second and tried again, until `wait` (as in the configuration: `5s`) has passed. Then `locked`.
 */
export async function lockTables(
  host: Host,
  connection: Connection,
  tables: readonly string[],
  wait: string,
  signal: AbortSignal,
): Promise<void> {
  if (tables.length === 0) return;
  const deadline = host.clock.elapsed() + parseDuration(wait);
  const usual = waitSeconds(wait);
  let lost = false;
  await connection.execute('SET SESSION lock_wait_timeout = 1');
  try {
    for (;;) {
      try {
        await connection.execute(`LOCK TABLES ${tables.map(name => `${quoteName(name)} WRITE`).join(', ')}`);
        return;
      } catch (error) {
        lost = hasReason(error, 'database-unreachable');
        if (errnoOf(error) !== lockWaitTimeout) throw error;
        if (host.clock.elapsed() >= deadline)
          throw new GreenroomError('locked', {
            subject: tables.join(', '),
            detail: 'another session of production’s database uses it',
            next: 'Try again when the long transaction has ended, or raise promotion.lockWait.',
            cause: error,
          });
      }
      await host.clock.sleep(200, signal);
    }
  } finally {
    // A lost connection has no wait to set back; its own error is on its way.
    if (!lost) await connection.execute('SET SESSION lock_wait_timeout = ?', [usual]);
  }
}

/** Bounds how long any statement of the session waits for a lock. `duration` as in the configuration: `5s`. */
export async function setWait(connection: Connection, duration: string): Promise<void> {
  await connection.execute('SET SESSION lock_wait_timeout = ?', [waitSeconds(duration)]);
}

function waitSeconds(duration: string): number {
  return Math.max(1, Math.ceil(parseDuration(duration) / 1000));
}

export async function unlockTables(connection: Connection): Promise<void> {
  await connection.execute('UNLOCK TABLES');
}

/**
 * A lock in production's database, held by the promoter's session: two machines cannot promote at once, and a lost
 * connection gives it back. Throws `locked`.
 */
export async function takeDatabaseLock(
  connection: Connection,
  name: string,
  waitSeconds: number,
): Promise<void> {
  const [row] = await connection.rows('SELECT GET_LOCK(?, ?)', [name, waitSeconds]);
  if (row?.[0] === 1) return;
  throw new GreenroomError('locked', {
    subject: 'production’s database',
    detail: 'another promotion or undo is running, perhaps on another machine',
  });
}

function stepError(step: Step, error: unknown): GreenroomError {
  if (error instanceof GreenroomError && error.reason !== 'database-failed') return error;
  return new GreenroomError('apply-failed', {
    subject: step.object,
    detail: `the server refused a statement${error instanceof GreenroomError && error.detail !== undefined ? ` (${error.detail})` : ''}`,
    cause: error,
  });
}
