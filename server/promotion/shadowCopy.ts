import { type Connection, errnoOf, type Value } from '../database/connection.ts';
import { quoteName } from '../database/quote.ts';
import { GreenroomError } from '../platform/errors.ts';
import type { Host } from '../platform/host.ts';
import type { Operation } from '../platform/progress.ts';
import type { ShadowPlan } from './shadowPlan.ts';

export interface CopyPace {
  /** A chunk shall take about this long: that is how long its rows are locked. Default 100 ms. */
  chunkMs?: number;
  /** Pause after a chunk, as a share of the time it took. Default 0.5. */
  pause?: number;
}

/** Deadlock, lock wait timeout, NOWAIT: the chunk did nothing, and a smaller one is tried. */
const retried = new Set([1205, 1213, 3572]);
const maxAttempts = 200;
const duplicateKey = 1062;

/**
 * Copies all rows that the shadow table does not have yet, in order of the key, in short transactions. Can be started again at
 * any time: rows that are there (copied, or put there by the triggers) are left alone. Nothing is ignored: a row that the new
 * table refuses fails the copy.
 *
 * @throws GreenroomError `data-check`, `cancelled`, `database-…`
 */
export async function copyRows(
  host: Host,
  connection: Connection,
  plan: ShadowPlan,
  pace: CopyPace,
  op: Operation,
): Promise<number> {
  let locks = await chunkLocks(connection);
  await connection.execute('SET SESSION innodb_lock_wait_timeout = 1');
  const targetMs = pace.chunkMs ?? 100;
  const total = await roughRows(connection, plan.table);
  let size = 500;
  let copied = 0;
  let failures = 0;
  let after: Value[] | undefined;
  for (;;) {
    if (op.signal.aborted) throw new GreenroomError('cancelled', { subject: plan.table });
    const end = await chunkEnd(connection, plan, after, size);
    const start = host.clock.elapsed();
    try {
      copied += await copyChunk(connection, plan, { after, end, size, locks });
    } catch (error) {
      const number = errnoOf(error) ?? 0;
      if (number === duplicateKey && locks === 'rows') {
        // The row may have come while the chunk was read: with gaps locked, that cannot be.
        locks = 'rows and gaps';
        continue;
      }
      if (!retried.has(number) || ++failures === maxAttempts) throw refusal(plan, error, number);
      size = Math.max(1, Math.floor(size / 4));
      await host.clock.sleep(5 * Math.min(failures, 20), op.signal);
      continue;
    }
    failures = 0;
    const took = host.clock.elapsed() - start;
    op.progress({
      step: `copying ${plan.table}`,
      done: copied,
      total: Math.max(total, copied),
      unit: 'rows',
    });
    if (end === undefined) return copied;
    after = end;
    size = Math.min(50_000, Math.round((size * targetMs) / Math.max(took, 1)) + 1, size * 2);
    await host.clock.sleep(took * (pace.pause ?? 0.5), op.signal);
  }
}

/**
 * A chunk of several rows must not wait while it holds some: a writer may be made to wait for it, but not to die in a deadlock
 * with it. MariaDB can refuse to wait at all. MySQL can for rows that are read (NOWAIT), not for those that are inserted, so there
 * no gaps between the new table's rows are locked: a writer who has locked a row needs them for his trigger, while the chunk waits
 * for his row. READ COMMITTED locks no gaps; a statement-based binary log does not allow it.
 */
type ChunkLocks = 'none waits' | 'rows' | 'rows and gaps';

async function chunkLocks(connection: Connection): Promise<ChunkLocks> {
  if (connection.server.flavour === 'mariadb') return 'none waits';
  const [row] = await connection.rows("SHOW VARIABLES LIKE 'binlog_format'");
  return row?.[1] === 'STATEMENT' ? 'rows and gaps' : 'rows';
}

async function roughRows(connection: Connection, table: string): Promise<number> {
  const [row] = await connection.rows(
    'SELECT TABLE_ROWS FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ?',
    [table],
  );
  return Number(row?.[0] ?? 0);
}

/** Key of the last row of the next chunk; undefined if the rest is one chunk. */
async function chunkEnd(
  connection: Connection,
  plan: ShadowPlan,
  after: Value[] | undefined,
  size: number,
): Promise<Value[] | undefined> {
  const columns = plan.forward.key.map(pair => quoteName(pair.from));
  const { sql, values } = rangeCondition(columns, after, undefined);
  const [row] = await connection.rows(
    `SELECT ${columns.join(', ')} FROM ${quoteName(plan.table)} WHERE ${sql}
     ORDER BY ${columns.join(', ')} LIMIT ${size - 1}, 1`,
    values,
  );
  return row;
}

/** Rows behind `after` up to `end`, both of them keys; written so that the index over the columns can be used. */
export function rangeCondition(
  columns: readonly string[],
  after: readonly Value[] | undefined,
  end: readonly Value[] | undefined,
): { sql: string; values: Value[] } {
  const parts: string[] = [];
  const values: Value[] = [];
  const add = (key: readonly Value[], strict: '>' | '<', last: string) => {
    const alternatives = columns.map((column, index) => {
      values.push(...key.slice(0, index + 1));
      const equal = columns.slice(0, index).map(other => `${other} = ?`);
      const operator = index === columns.length - 1 ? last : strict;
      return `(${[...equal, `${column} ${operator} ?`].join(' AND ')})`;
    });
    // The first column alone bounds the range: that is what the optimiser reads.
    values.push(key[0] ?? null);
    parts.push(`(${alternatives.join(' OR ')}) AND ${columns[0]} ${strict}= ?`);
  };
  if (after !== undefined) add(after, '>', '>');
  if (end !== undefined) add(end, '<', '<=');
  return { sql: parts.length === 0 ? '1 = 1' : parts.join(' AND '), values };
}

interface Chunk {
  after: Value[] | undefined;
  end: Value[] | undefined;
  /** Rows at most, but for those that came in between. */
  size: number;
  locks: ChunkLocks;
}

async function copyChunk(connection: Connection, plan: ShadowPlan, chunk: Chunk): Promise<number> {
  const { after, end, size, locks } = chunk;
  const { columns, filled, key } = plan.forward;
  const range = rangeCondition(
    key.map(pair => `t.${quoteName(pair.from)}`),
    after,
    end,
  );
  const targets = [...columns, ...filled].map(pair => quoteName(pair.to));
  const sources = [
    ...columns.map(pair => pair.copied ?? `t.${quoteName(pair.from)}`),
    ...filled.map(pair => pair.copied ?? pair.sql),
  ];
  const same = key.map(pair => `s.${quoteName(pair.to)} = t.${quoteName(pair.from)}`).join(' AND ');
  // A row that writers hand to each other is got by queueing for it; a row alone is waited for while nothing is held.
  const isPatient = size === 1;
  // Each row is looked up when it is locked: a join that reads the new table first could miss a row that comes in between.
  const [prefix, hint, ofCopied, ofRead] =
    locks === 'none waits'
      ? [isPatient ? '' : 'SET STATEMENT innodb_lock_wait_timeout = 0 FOR', '', '', 'LOCK IN SHARE MODE']
      : ['', '/*+ NO_SEMIJOIN() */', 'FOR SHARE NOWAIT', `FOR SHARE OF t${isPatient ? '' : ' NOWAIT'}`];
  // The locking read holds the rows still until the chunk is in: a write before it is seen here, one after it by the triggers.
  const sql = `${prefix} INSERT INTO ${quoteName(plan.shadow)} (${targets.join(', ')})
    SELECT ${sources.join(', ')} FROM ${quoteName(plan.table)} AS t
    WHERE ${range.sql} AND NOT EXISTS
      (SELECT ${hint} 1 FROM ${quoteName(plan.shadow)} AS s WHERE ${same} ${ofCopied}) ${ofRead}`;
  if (locks === 'rows') await connection.execute('SET TRANSACTION ISOLATION LEVEL READ COMMITTED');
  return (await connection.execute(sql, range.values)).affectedRows;
}

/** Constraint and conversion errors say that a row does not fit; the message could quote it, so only the number is told. */
const refusals = new Set([1048, 1062, 1264, 1265, 1292, 1364, 1366, 1406, 1411, 1452, 3819, 4025]);

function refusal(plan: ShadowPlan, error: unknown, number: number): unknown {
  if (!refusals.has(number)) return error;
  return new GreenroomError('data-check', {
    subject: plan.table,
    detail: `a row does not fit the new table (error ${number})`,
    cause: error,
  });
}

/**
 * Compares both tables in one snapshot, chunk by chunk, without locks: the triggers write in the writer's own transaction, so
 * that in any snapshot both have the same rows.
 *
 * @throws GreenroomError `apply-failed` if they differ
 */
export async function compareRows(
  host: Host,
  connection: Connection,
  plan: ShadowPlan,
  op: Operation,
): Promise<{ rows: number }> {
  await connection.execute('SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ');
  await connection.execute('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY');
  let rows = 0;
  try {
    let after: Value[] | undefined;
    for (;;) {
      if (op.signal.aborted) throw new GreenroomError('cancelled', { subject: plan.table });
      const end = await chunkEnd(connection, plan, after, 20_000);
      const start = host.clock.elapsed();
      const [mine, theirs] = [
        await fingerprint(connection, plan, 'from', after, end),
        await fingerprint(connection, plan, 'to', after, end),
      ];
      if (mine.join(' ') !== theirs.join(' '))
        throw new GreenroomError('apply-failed', {
          subject: plan.table,
          detail: `the copy differs: ${mine[0]} rows against ${theirs[0]} in one range of the key`,
        });
      rows += Number(mine[0]);
      op.progress({ step: `comparing ${plan.table}`, done: rows, unit: 'rows' });
      if (end === undefined) return { rows };
      after = end;
      await host.clock.sleep((host.clock.elapsed() - start) / 4, op.signal);
    }
  } finally {
    await connection.execute('ROLLBACK');
  }
}

async function fingerprint(
  connection: Connection,
  plan: ShadowPlan,
  side: 'from' | 'to',
  after: Value[] | undefined,
  end: Value[] | undefined,
): Promise<string[]> {
  const range = rangeCondition(
    plan.forward.key.map(pair => quoteName(pair[side])),
    after,
    end,
  );
  const list = plan.comparable.map(pair => `CAST(${quoteName(pair[side])} AS BINARY)`);
  const nulls = plan.forward.columns.map(pair => `ISNULL(${quoteName(pair[side])})`);
  const table = side === 'from' ? plan.table : plan.shadow;
  const [row] = await connection.rows(
    `SELECT COUNT(*), COALESCE(BIT_XOR(CRC32(CONCAT_WS('#', ${[...list, ...nulls].join(', ')}))), 0)
     FROM ${quoteName(table)} WHERE ${range.sql}`,
    range.values,
  );
  return (row ?? []).map(String);
}
