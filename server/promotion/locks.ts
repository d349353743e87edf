import { createHash } from 'node:crypto';
import { type Connection, connect } from '../database/connection.ts';
import { fromFileSystem, GreenroomError } from '../platform/errors.ts';
import { acquireLock } from '../platform/locks.ts';
import type { PromotionContext } from './context.ts';
import { setWait, takeDatabaseLock } from './ddl/runProgram.ts';
import { makeStateDirectory, type StateDirectory } from './stateDirectory.ts';

export interface Held {
  state: StateDirectory;
  /** The promoter's session; it holds the lock in production's database as long as it lives. */
  connection: Connection;
}

/**
 * Runs `action` as the only promotion, undo or recovery of this production: locked in this store, beside production's root
 * (other stores of this machine), and in production's database (other machines). Throws `locked`.
 *
 * @param waitSeconds for the database's lock: the session of a killed process lives until its statement ends
 */
export async function withPromotionLocks<T>(
  context: PromotionContext,
  purpose: string,
  action: (held: Held) => Promise<T>,
  waitSeconds = 0,
): Promise<T> {
  const { host, production, projectId } = context;
  const releases: (() => Promise<void>)[] = [];
  try {
    releases.push(await acquireLock(host, `promotion-${projectId}`, { purpose }));
    const state = await makeStateDirectory(production.root);
    const beside = { ...host, paths: { ...host.paths, locks: state.locks } };
    releases.push(await acquireLock(beside, 'promotion', { purpose, mode: 0o644 }));
    const connection = await openPromoter(context, waitSeconds);
    releases.push(() => connection.close());
    return await action({ state, connection });
  } catch (error) {
    throw fromFileSystem(error, production.root);
  } finally {
    for (const release of releases.reverse()) await release();
  }
}

/** A promoter's session that holds the database's lock. Not bound to a signal: what has begun is ended properly. */
export async function openPromoter(context: PromotionContext, waitSeconds = 0): Promise<Connection> {
  const { host, config, production } = context;
  const connection = await connect(host, production.promoter);
  try {
    const database = databaseOf(context);
    const name = `greenroom ${createHash('sha256').update(database).digest('hex').slice(0, 40)}`;
    await takeDatabaseLock(connection, name, waitSeconds);
    await setWait(connection, config.promotion.lockWait);
    return connection;
  } catch (error) {
    await connection.close();
    throw error;
  }
}

/** Production's database. Throws `configuration-invalid` where the address names none. */
export function databaseOf({ production }: PromotionContext): string {
  const database = production.promoter.database ?? production.reader.database;
  if (database === undefined)
    throw new GreenroomError('configuration-invalid', {
      subject: 'production.database.url',
      detail: 'it names no database',
    });
  return database;
}
