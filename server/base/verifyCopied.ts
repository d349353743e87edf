import type { Connection } from '../database/connection.ts';
import { quoteName } from '../database/quote.ts';
import { GreenroomError } from '../platform/errors.ts';
import type { FilledTable } from './fill.ts';
import { readTables, type SourceTable } from './source.ts';

/** Checks that every table is there, tells of values that changed on the way, and lets counters go on where production's stand. */
export async function verifyCopied(
  builder: Connection,
  database: string,
  sources: ReadonlyMap<string, SourceTable>,
  expected: readonly string[],
  filled: ReadonlyMap<string, FilledTable>,
  warnings: string[],
): Promise<void> {
  const tables = await readTables(builder, database);
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
  for (const name of filled.keys()) {
    const wanted = sources.get(name)?.autoIncrement;
    const present = tables.get(name)?.autoIncrement;
    if (wanted !== undefined && present !== undefined && present < wanted)
      await builder.execute(`ALTER TABLE ${quoteName(name)} AUTO_INCREMENT = ${wanted}`);
  }
}
