import { type Connection, errnoOf } from '../database/connection.ts';
import { GreenroomError } from '../platform/errors.ts';
import type { Host } from '../platform/host.ts';
import type { SnapshotPosition } from './workerMessages.ts';
import type { CopyThreads } from './workers.ts';

/** How it is known that all readers see the same moment. */
export type Consistency =
  /** All sessions report the same place in the binary log as their snapshot's (MariaDB). */
  | 'binlog-snapshot'
  /** No transaction began or ended on the whole server between the first and the last snapshot: its counter stood still. */
  | 'transaction-counter'
  /** Nobody could write while the snapshots were taken (`FLUSH TABLES WITH READ LOCK`). */
  | 'global-read-lock'
  /** One reader, one snapshot. */
  | 'single-reader';

export interface Snapshot {
  consistency: Consistency;
  /** Place in production's binary log, where the account may see it. */
  position: SnapshotPosition | undefined;
  /** Global transaction ids that production had executed, as it writes them; absent where it keeps none. */
  transactions: string | undefined;
  /** Production's clock when the snapshot stood, ISO 8601 in UTC with microseconds. */
  at: string;
}

/** A busy server may commit in the millisecond between two snapshots; so many times it is tried again. */
const attempts = 40;
/** Milliseconds. */
const settled = 5;
/** Seconds that production's writers may have to wait behind the lock: it waits for running statements, they wait for it. */
const lockWait = 2;

/**
 * Lets every reader open its snapshot so that all see the same moment, by the gentlest means that the account allows: two
 * that take no lock and prove it by a position, then a global read lock of a few milliseconds, then one reader only.
 */
export async function takeSnapshot(
  host: Host,
  control: Connection,
  threads: CopyThreads,
  signal: AbortSignal,
): Promise<Snapshot> {
  const transactions = await executedTransactions(control);
  return { ...(await takeConsistent(host, control, threads, signal)), transactions };
}

async function takeConsistent(
  host: Host,
  control: Connection,
  threads: CopyThreads,
  signal: AbortSignal,
): Promise<Omit<Snapshot, 'transactions'>> {
  const at = async () =>
    String((await control.rows("SELECT DATE_FORMAT(UTC_TIMESTAMP(6), '%Y-%m-%dT%H:%i:%s.%fZ')"))[0]?.[0]);
  if (threads.threads.length === 1) {
    const [own] = await threads.all({ do: 'snapshot' });
    return { consistency: 'single-reader', position: own ?? (await binlogPosition(control)), at: await at() };
  }
  const counter = await transactionCounter(control);
  for (let attempt = 0; attempt < attempts; attempt++) {
    if (signal.aborted) throw new GreenroomError('cancelled', { subject: 'base build' });
    const counterBefore = await standing(host, counter, signal);
    const positionBefore = await binlogPosition(control);
    const own = await threads.all({ do: 'snapshot' });
    const first = own[0];
    if (first !== undefined && own.every(other => samePosition(first, other)))
      return { consistency: 'binlog-snapshot', position: first, at: await at() };
    if (counterBefore !== undefined && counterBefore === (await counter?.()))
      return { consistency: 'transaction-counter', position: positionBefore, at: await at() };
    if (first === undefined && counter === undefined) break;
    await host.clock.sleep(5 + 5 * (attempt % 8), signal);
  }
  if (await lockTables(control)) {
    try {
      const position = await binlogPosition(control);
      const own = await threads.all({ do: 'snapshot' });
      return { consistency: 'global-read-lock', position: own[0] ?? position, at: await at() };
    } finally {
      await control.execute('UNLOCK TABLES');
    }
  }
  await threads.keep(1);
  const [own] = await threads.all({ do: 'snapshot' });
  return { consistency: 'single-reader', position: own, at: await at() };
}

/**
 * The counter, if it has stood still for some milliseconds: it grows at the start of a commit, and the rows become visible
 * a few microseconds later. (The place in the binary log would not do: it grows before a commit by a whole sync.)
 */
async function standing(
  host: Host,
  counter: (() => Promise<string | undefined>) | undefined,
  signal: AbortSignal,
): Promise<string | undefined> {
  const value = await counter?.();
  if (value === undefined) return undefined;
  await host.clock.sleep(settled, signal);
  return value === (await counter?.()) ? value : undefined;
}

function samePosition(a: SnapshotPosition, b: SnapshotPosition | undefined): boolean {
  return b !== undefined && a.file === b.file && a.position === b.position;
}

/** Where the binary log stands; `undefined` without a log or without the right to know. */
export async function binlogPosition(connection: Connection): Promise<SnapshotPosition | undefined> {
  if (!connection.server.binaryLog) return undefined;
  const { flavour, version } = connection.server;
  const renamed = flavour === 'mysql' && version[0] * 100 + version[1] >= 804;
  const rows = await ifAllowed(() =>
    connection.rows(renamed ? 'SHOW BINARY LOG STATUS' : 'SHOW MASTER STATUS'),
  );
  const row = rows?.[0];
  return row === undefined ? undefined : { file: String(row[0]), position: String(row[1]) };
}

/** Where production stands now, as one session sees it. */
export async function controlPosition(
  control: Connection,
): Promise<Pick<Snapshot, 'position' | 'transactions'>> {
  const transactions = await executedTransactions(control);
  if (control.server.flavour === 'mariadb' && control.server.binaryLog) {
    // Needs no privilege, other than SHOW MASTER STATUS.
    await control.execute('START TRANSACTION WITH CONSISTENT SNAPSHOT');
    const rows = await control.rows("SHOW STATUS LIKE 'binlog_snapshot_%'");
    await control.execute('ROLLBACK');
    const status = new Map(rows.map(([name, value]) => [String(name).toLowerCase(), String(value)]));
    const file = status.get('binlog_snapshot_file');
    const position = status.get('binlog_snapshot_position');
    if (file && position) return { position: { file, position }, transactions };
  }
  return { position: await binlogPosition(control), transactions };
}

async function executedTransactions(connection: Connection): Promise<string | undefined> {
  const variable = connection.server.flavour === 'mariadb' ? 'gtid_binlog_pos' : 'gtid_executed';
  const [row] = await connection.rows(`SELECT @@GLOBAL.${variable}`);
  const text = row?.[0];
  return typeof text === 'string' && text !== '' ? text.replaceAll('\n', '') : undefined;
}

/** A function that reads InnoDB's transaction counter, which grows when a transaction starts to write and when it commits. */
async function transactionCounter(
  control: Connection,
): Promise<(() => Promise<string | undefined>) | undefined> {
  const read =
    control.server.flavour === 'mariadb'
      ? async () => (await control.rows("SHOW GLOBAL STATUS LIKE 'Innodb_max_trx_id'"))[0]?.[1]
      : async () => {
          const rows = await ifAllowed(() => control.rows('SHOW ENGINE INNODB STATUS'));
          return /^Trx id counter (\d+)/m.exec(String(rows?.[0]?.[2]))?.[1];
        };
  if ((await read()) === undefined) return undefined;
  return async () => {
    const value = await read();
    return value === undefined || value === null ? undefined : String(value);
  };
}

async function lockTables(control: Connection): Promise<boolean> {
  await control.execute(`SET SESSION lock_wait_timeout = ${lockWait}`);
  return (await ifAllowed(() => control.execute('FLUSH TABLES WITH READ LOCK'), 1205)) !== undefined;
}

/** Error numbers that say "not with this account". */
const notAllowed = new Set([1044, 1045, 1142, 1143, 1227, 1290]);

/** What the query gives; `undefined` when the account may not ask it. */
export async function ifAllowed<T>(query: () => Promise<T>, ...also: number[]): Promise<T | undefined> {
  try {
    return await query();
  } catch (error) {
    const number = errnoOf(error);
    if (number !== undefined && (notAllowed.has(number) || also.includes(number))) return undefined;
    throw error;
  }
}
