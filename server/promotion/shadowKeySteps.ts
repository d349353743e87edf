import type { Connection } from '../database/connection.ts';
import { quoteName } from '../database/quote.ts';
import { GreenroomError } from '../platform/errors.ts';
import type { Host } from '../platform/host.ts';
import type { ShadowPlan } from './shadowPlan.ts';
import { patiently } from './shadowSwitch.ts';

/** Runs DDL that has to wait for others, in short turns. */
export type Patiently = (action: () => Promise<void>) => Promise<void>;

/** Foreign keys of other databases are in no plan: after the exchange they would silently refer to the old table. */
export async function requireKnownKeys(connection: Connection, plan: ShadowPlan): Promise<void> {
  const rows = await connection.rows(
    `SELECT CONSTRAINT_SCHEMA, TABLE_NAME FROM information_schema.REFERENTIAL_CONSTRAINTS
     WHERE UNIQUE_CONSTRAINT_SCHEMA = DATABASE() AND REFERENCED_TABLE_NAME = ? AND CONSTRAINT_SCHEMA <> DATABASE()`,
    [plan.table],
  );
  if (rows.length > 0)
    throw new GreenroomError('apply-failed', {
      subject: plan.table,
      detail: 'foreign keys of other databases refer to it, so it cannot be rebuilt beside itself',
      items: rows.map(row => row.map(String).join('.')),
      next: 'Raise promotion.maxBlock to have it altered in place.',
    });
}

/**
 * The new table has all rows, and follows: keys to it can be made. They hold already, because the same keys of the old table do, so
 * nothing is checked and nothing is copied.
 */
export async function addKeys(
  host: Host,
  connection: Connection,
  plan: ShadowPlan,
  waitMs: number,
  signal: AbortSignal,
): Promise<void> {
  const run: Patiently = action => patiently(host, connection, waitMs, signal, action);
  const there = await foreignKeysOf(connection, [plan.shadow, ...plan.incoming.map(key => key.table)]);
  await unchecked(connection, async () => {
    for (const { late, temporary } of plan.foreignKeys)
      if (late !== undefined && !there.has(`${plan.shadow}.${temporary}`))
        await run(() => addKey(connection, plan.shadow, late));
    for (const key of plan.incoming)
      if (!there.has(`${key.table}.${key.temporary}`))
        await run(() => addKey(connection, key.table, key.temporaryDefinition));
  });
}

/**
 * After the exchange, while the old table is followed still: keys of other tables let go of the old table, and the ones to the
 * new table get their names. Rows of the new table are checked all the time. Can be done again.
 */
export async function giveKeysTheirNames(
  connection: Connection,
  plan: ShadowPlan,
  run: Patiently,
): Promise<void> {
  if (plan.incoming.length === 0) return;
  const tables = plan.incoming.map(key => key.table);
  await unchecked(connection, async () => {
    for (const key of plan.incoming) {
      const there = await foreignKeysOf(connection, tables);
      if (!there.has(`${key.table}.${key.temporary}`)) continue;
      const refersTo = there.get(`${key.table}.${key.name}`);
      if (refersTo !== undefined && refersTo !== plan.table)
        await run(() => dropKeys(connection, key.table, [key.name]));
      if (refersTo !== plan.table) await run(() => addKey(connection, key.table, key.definition));
      await run(() => dropKeys(connection, key.table, [key.temporary]));
    }
  });
}

/** Before the new table is dropped: keys that refer to it. */
export async function dropTemporaryKeys(
  connection: Connection,
  plan: ShadowPlan,
  run: Patiently,
): Promise<void> {
  if (plan.incoming.length === 0) return;
  const tables = plan.incoming.map(key => key.table);
  const there = await foreignKeysOf(connection, tables);
  for (const key of plan.incoming)
    if (there.has(`${key.table}.${key.temporary}`))
      await run(() => dropKeys(connection, key.table, [key.temporary]));
}

/** Without a check of the rows; the server says so (1846) if it would have to copy the table after all. */
export async function addKey(connection: Connection, table: string, definition: string): Promise<void> {
  await connection.execute(`ALTER TABLE ${quoteName(table)} ADD ${definition}, ALGORITHM=INPLACE`);
}

export async function dropKeys(
  connection: Connection,
  table: string,
  names: readonly string[],
): Promise<void> {
  const drops = names.map(name => `DROP FOREIGN KEY ${quoteName(name)}`).join(', ');
  await connection.execute(`ALTER TABLE ${quoteName(table)} ${drops}`);
}

/** `table.key` with the table that it refers to. */
export async function foreignKeysOf(
  connection: Connection,
  tables: readonly string[],
): Promise<Map<string, string>> {
  const rows = await connection.rows(
    `SELECT TABLE_NAME, CONSTRAINT_NAME, REFERENCED_TABLE_NAME FROM information_schema.REFERENTIAL_CONSTRAINTS
     WHERE CONSTRAINT_SCHEMA = DATABASE() AND TABLE_NAME IN (?)`,
    [[...tables]],
  );
  return new Map(rows.map(([table, name, refers]) => [`${String(table)}.${String(name)}`, String(refers)]));
}

export async function unchecked(connection: Connection, action: () => Promise<void>): Promise<void> {
  await connection.execute('SET SESSION foreign_key_checks = 0');
  try {
    await action();
  } finally {
    await connection.execute('SET SESSION foreign_key_checks = 1');
  }
}
