import type { Connection, Row } from '../database/connection.ts';
import { GreenroomError } from '../platform/errors.ts';

/** How many SHOW CREATE statements travel in one round trip. */
const batchSize = 100;

/**
 * Runs many statements that each answer one row. MariaDB runs them as one compound statement, so that a schema of hundreds of
 * tables takes a few round trips; MySQL has no compound statement outside stored programs and gets one each.
 */
export async function firstRows(connection: Connection, statements: readonly string[]): Promise<Row[]> {
  const rows: Row[] = [];
  const size = connection.server.flavour === 'mariadb' ? batchSize : 1;
  for (let start = 0; start < statements.length; start += size)
    rows.push(...(await runBatch(connection, statements.slice(start, start + size))));
  return rows;
}

async function runBatch(connection: Connection, batch: readonly string[]): Promise<Row[]> {
  if (batch.length === 1) return [firstOf(await connection.query(batch[0] ?? ''), batch[0])];
  // The driver answers one array per result set, and a header for the block itself.
  const results: unknown[] = await connection.query(`BEGIN NOT ATOMIC ${batch.join(';\n')}; END`);
  const sets = results.filter((result): result is Row[] => Array.isArray(result));
  if (sets.length !== batch.length)
    throw new GreenroomError('internal', {
      detail: `${sets.length} answers to ${batch.length} statements`,
    });
  return sets.map((set, index) => firstOf(set, batch[index]));
}

function firstOf(rows: readonly Row[], statement: string | undefined): Row {
  const row = rows[0];
  if (row === undefined)
    throw new GreenroomError('database-denied', {
      ...(statement !== undefined && { subject: statement }),
      detail: 'the server answered nothing',
    });
  return row;
}
