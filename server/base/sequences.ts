import type { Connection } from '../database/connection.ts';
import { qualify, quoteName } from '../database/quote.ts';

/** Lets every sequence go on where production's stands. */
export async function copySequences(
  control: Connection,
  builder: Connection,
  database: string,
  names: readonly string[],
): Promise<void> {
  for (const name of names) {
    const [row] = await control.rows(
      `SELECT CAST(next_not_cached_value AS CHAR) FROM ${qualify(database, name)}`,
    );
    const next = row?.[0];
    if (typeof next === 'string' && /^-?\d+$/.test(next))
      await builder.execute(`ALTER SEQUENCE ${quoteName(name)} RESTART ${next}`);
  }
}
