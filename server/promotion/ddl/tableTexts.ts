import type { Connection } from '../../database/connection.ts';
import { quoteName } from '../../database/quote.ts';

/** How the server prints each table, without its counter: to see at once, also under locks, whether one was altered. */
export async function tableTexts(
  connection: Connection,
  tables: readonly string[],
): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  for (const table of tables) {
    const [row] = await connection.rows(`SHOW CREATE TABLE ${quoteName(table)}`);
    texts.set(table, String(row?.[1]).replace(/ AUTO_INCREMENT=\d+/, ''));
  }
  return texts;
}
