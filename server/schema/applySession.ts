import type { Connection } from '../database/connection.ts';
import { quoteString } from '../database/quote.ts';
import type { Session } from './model.ts';

/** Statements that put a session into the state a definition needs, and those that take it back. */
export function sessionStatements(session: Session): { before: string[]; after: string[] } {
  const before: string[] = [];
  const after: string[] = [];
  const set = (variable: string, value: string | undefined) => {
    if (value === undefined) return;
    before.push(
      `SET @greenroom_${variable} = @@SESSION.${variable}`,
      `SET SESSION ${variable} = ${quoteString(value)}`,
    );
    after.unshift(`SET SESSION ${variable} = @greenroom_${variable}`);
  };
  set('sql_mode', session.sqlMode);
  set('time_zone', session.timeZone);
  set('system_versioning_alter_history', session.alterHistory);
  // Literals in bodies have the collation of the connection that made them.
  set('collation_connection', session.collationConnection);
  return { before, after };
}

/**
 * Runs one statement of a diff or of {@link createAll} in its session, and puts the session back whatever happens. The client
 * character set stays utf8mb4: the texts are.
 */
export async function executeIn(connection: Connection, session: Session, sql: string): Promise<void> {
  const { before, after } = sessionStatements(session);
  for (const statement of before) await connection.execute(statement);
  try {
    await connection.execute(sql);
  } finally {
    for (const statement of after) await connection.execute(statement);
  }
}
