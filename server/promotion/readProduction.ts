import { isDeepStrictEqual } from 'node:util';
import { type Connection, connect } from '../database/connection.ts';
import { hasReason } from '../platform/errors.ts';
import { quoteAccount } from '../schema/definer.ts';
import { introspect } from '../schema/introspect.ts';
import type { Schema } from '../schema/model.ts';
import type { PromotionContext } from './context.ts';
import { databaseOf } from './locks.ts';

/**
 * Production's schema as its reading account sees it: the account that the base was read with, so that ancestor and
 * production compare. Definers that are the promoter's own are for the caller to name, see {@link promoterAccount}.
 */
export async function readProductionSchema(
  context: PromotionContext,
  connection: Connection,
): Promise<Schema> {
  return await introspect(connection, databaseOf(context));
}

/**
 * The promoter's account as definers have it; `undefined` where it is the reading account, or may not log in from here
 * (planning needs no right to promote).
 */
export async function promoterAccount(context: PromotionContext): Promise<string | undefined> {
  const { reader, promoter } = context.production;
  if (isDeepStrictEqual(reader, promoter)) return undefined;
  let connection: Connection;
  try {
    connection = await connect(context.host, promoter, { readOnly: true });
  } catch (error) {
    if (hasReason(error, 'database-denied')) return undefined;
    throw error;
  }
  try {
    const [row] = await connection.rows('SELECT CURRENT_USER()');
    return quoteAccount(String(row?.[0]));
  } finally {
    await connection.close();
  }
}

/** The schema with one account's definers written as `CURRENT_USER`: as that account itself would read it. */
export function asReadBy(schema: Schema, account: string | undefined): Schema {
  if (account === undefined) return schema;
  const own = <T extends { definer: string }>(objects: Record<string, T>): Record<string, T> =>
    Object.fromEntries(
      Object.entries(objects).map(([name, object]) => [
        name,
        object.definer === account ? { ...object, definer: 'CURRENT_USER' } : object,
      ]),
    );
  return {
    ...schema,
    views: own(schema.views),
    triggers: own(schema.triggers),
    routines: own(schema.routines),
    events: own(schema.events),
  };
}
