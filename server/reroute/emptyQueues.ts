import type { Connection } from '../database/connection.ts';
import { quoteName } from '../database/quote.ts';
import { queueTables } from './tables/queues.ts';

/**
 * Empties the queues of known applications: queued mail and jobs of production's are production's to do. Only asks for
 * columns where a table's name is one of theirs.
 *
 * @returns one line a table: `jobs → emptied (Laravel’s queue, 12 rows)`
 */
export async function emptyQueues(connection: Connection, tables: readonly string[]): Promise<string[]> {
  const named = tables.filter(name => queueTables.some(({ table }) => table.test(name)));
  if (named.length === 0) return [];
  const rows = await connection.rows(
    'SELECT TABLE_NAME, COLUMN_NAME FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN (?)',
    [named],
  );
  const columns = new Map<string, Set<string>>();
  for (const [table, column] of rows) {
    const known = columns.get(String(table)) ?? new Set();
    columns.set(String(table), known.add(String(column).toLowerCase()));
  }
  const changes: string[] = [];
  for (const name of named) {
    const has = columns.get(name);
    const queue = queueTables.find(
      one => one.table.test(name) && one.columns.every(column => has?.has(column.toLowerCase())),
    );
    if (queue === undefined) continue;
    const where = queue.waiting === undefined ? '' : ` WHERE ${queue.waiting}`;
    const { affectedRows } = await connection.execute(`DELETE FROM ${quoteName(name)}${where}`);
    if (affectedRows > 0)
      changes.push(`${name} → emptied (${queue.application}’s queue, ${affectedRows} rows)`);
  }
  return changes;
}
