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

type Stored = { definer: string };

/** The schema with one account's definers written as `CURRENT_USER`: as that account itself would read it. */
export function asReadBy(schema: Schema, account: string | undefined): Schema {
  return account === undefined
    ? schema
    : withDefiners(schema, ({ definer }) => (definer === account ? 'CURRENT_USER' : definer));
}

/** As on a clone, whose one account stands for everybody's: no other exists there. */
export function asOnClone(schema: Schema): Schema {
  return withDefiners(schema, ({ definer }) => (definer === '' ? '' : 'CURRENT_USER'));
}

/**
 * A generation with production's definers. The base build had put the clone's account in their place; what that hid
 * (a definer that only production changed) is production's own affair.
 */
export function withDefinersOf(base: Schema, production: Schema): Schema {
  return withDefiners(base, ({ definer }, kind, name) => production[kind][name]?.definer ?? definer);
}

const kinds = ['views', 'triggers', 'routines', 'events'] as const;

function withDefiners(
  schema: Schema,
  definerOf: (object: Stored, kind: (typeof kinds)[number], name: string) => string,
): Schema {
  const changed = <T extends Stored>(objects: Record<string, T>, kind: (typeof kinds)[number]) =>
    Object.fromEntries(
      Object.entries(objects).map(([name, object]): [string, T] => [
        name,
        { ...object, definer: definerOf(object, kind, name) },
      ]),
    );
  return {
    ...schema,
    views: changed(schema.views, 'views'),
    triggers: changed(schema.triggers, 'triggers'),
    routines: changed(schema.routines, 'routines'),
    events: changed(schema.events, 'events'),
  };
}
