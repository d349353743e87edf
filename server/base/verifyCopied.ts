import type { Connection } from '../database/connection.ts';
import { GreenroomError } from '../platform/errors.ts';
import type { FilledTable } from './fill.ts';

/** Checks that every table is there, and tells of values that changed on the way. */
export async function verifyCopied(
  builder: Connection,
  database: string,
  expected: readonly string[],
  filled: ReadonlyMap<string, FilledTable>,
  warnings: string[],
): Promise<void> {
  // Nothing but names: for anything else the server would open every table.
  const rows = await builder.rows('SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = ?', [
    database,
  ]);
  const tables = new Set(rows.map(([name]) => String(name)));
  const missing = expected.filter(name => !tables.has(name));
  if (missing.length > 0)
    throw new GreenroomError('internal', { detail: 'tables are missing in the base', items: missing });
  for (const [name, { problems }] of filled)
    for (const [problem, count] of problems)
      warnings.push(`${name}.${problem} (${count} value${count === 1 ? '' : 's'}, scrubbed as text)`);
  for (const [name, { altered }] of filled)
    for (const column of altered)
      warnings.push(
        `${name}.${column}: some values were stored differently than they came (out of range or too long)`,
      );
}
