import { type Connection, errnoOf } from '../database/connection.ts';
import { quoteName } from '../database/quote.ts';
import type { Cost } from './algorithm.ts';

/** From the gentlest: the first that the server accepts is what it does when it is not told. */
const attempts: { words: string; cost: Cost; onlyMariadb?: boolean }[] = [
  { words: 'ALGORITHM=INSTANT', cost: { algorithm: 'instant', locks: 'none' } },
  { words: 'ALGORITHM=NOCOPY, LOCK=NONE', cost: { algorithm: 'inplace', locks: 'none' }, onlyMariadb: true },
  { words: 'ALGORITHM=INPLACE, LOCK=NONE', cost: { algorithm: 'inplace', locks: 'none' } },
  { words: 'ALGORITHM=INPLACE, LOCK=SHARED', cost: { algorithm: 'inplace', locks: 'writes' } },
  { words: 'ALGORITHM=INPLACE, LOCK=EXCLUSIVE', cost: { algorithm: 'inplace', locks: 'everything' } },
  { words: 'ALGORITHM=COPY, LOCK=NONE', cost: { algorithm: 'copy', locks: 'none' } },
  { words: 'ALGORITHM=COPY, LOCK=SHARED', cost: { algorithm: 'copy', locks: 'writes' } },
  { words: 'ALGORITHM=COPY, LOCK=EXCLUSIVE', cost: { algorithm: 'copy', locks: 'everything' } },
];

/** ER_ALTER_OPERATION_NOT_SUPPORTED, …_REASON, and MySQL's refusal of INSTANT with LOCK: this way is not possible, another may be. */
const notThisWay = new Set([1221, 1845, 1846]);

/**
 * Asks the server itself how it would run an ALTER TABLE: on an empty table of the same shape, which is made for it and dropped
 * again; foreign keys are not part of such a copy. For the rehearsal's clone, never for production.
 *
 * @param sql as in a change: `` ALTER TABLE `orders` … ``; a partition clause at its end takes no algorithm
 * @returns undefined where the server cannot be asked so: foreign keys, partitions, and engines (whose change MariaDB
 *   takes for instant, and copies)
 */
export async function measureAlter(clone: Connection, table: string, sql: string): Promise<Cost | undefined> {
  const quoted = `ALTER TABLE ${quoteName(table)} `;
  if (!sql.startsWith(quoted) || /\bFOREIGN KEY\b|\bPARTITION|\bENGINE=/.test(sql)) return undefined;
  const probe = quoteName(`_greenroom_probe_${clone.threadId}`);
  try {
    for (const { words, cost, onlyMariadb } of attempts) {
      if (onlyMariadb && clone.server.flavour !== 'mariadb') continue;
      await clone.execute(`DROP TABLE IF EXISTS ${probe}`);
      await clone.execute(`CREATE TABLE ${probe} LIKE ${quoteName(table)}`);
      try {
        await clone.execute(`ALTER TABLE ${probe} ${sql.slice(quoted.length)}, ${words}`);
        return cost;
      } catch (error) {
        if (!notThisWay.has(errnoOf(error) ?? 0)) throw error;
      }
    }
    return undefined;
  } finally {
    await clone.execute(`DROP TABLE IF EXISTS ${probe}`);
  }
}
