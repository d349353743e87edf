import type mysql from 'mysql2/promise';

/** Runs the statements one after the other in a session of their own. */
export async function runStatements(
  open: () => Promise<mysql.Connection>,
  statements: readonly string[],
): Promise<void> {
  const session = await open();
  try {
    for (const statement of statements) await session.query(statement);
  } finally {
    await session.end();
  }
}
