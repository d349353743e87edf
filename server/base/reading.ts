import type { Connection } from '../database/connection.ts';
import { connect } from '../database/connection.ts';
import { GreenroomError } from '../platform/errors.ts';
import type { Operation } from '../platform/progress.ts';
import { compileScrub } from '../scrub/compile.ts';
import { tableFacts } from '../scrub/facts.ts';
import type { ScrubPlan } from '../scrub/plan.ts';
import type { BaseContext } from './context.ts';
import { collectGarbage } from './heap.ts';
import { definitionOf } from './rules.ts';
import { readSource, type Source, schemaFingerprint } from './source.ts';

/** Production as one build sees it. */
export interface Reading extends Source {
  fingerprint: string;
  /** A digest per table of production's definition, for the next refresh to compare with. */
  definitions: Map<string, string>;
  /** Columns of each table's primary key, in order. */
  primaryKeys: Map<string, readonly string[]>;
  scrub: ScrubPlan;
}

export function databaseOf(context: BaseContext): string {
  const { database } = context.production;
  if (database === undefined)
    throw new GreenroomError('configuration-invalid', {
      subject: 'production.database.url',
      detail: 'it names no database',
    });
  return database;
}

/** A session of production that can only read. */
export function openProduction(context: BaseContext, operation: Operation): Promise<Connection> {
  return connect(context.host, context.production, { readOnly: true, signal: operation.signal });
}

/**
 * Reads schema, sizes and rules' decisions. Reads no row.
 *
 * @throws GreenroomError `unclassified`, with a line to paste per column; `configuration-invalid`
 */
export async function readProduction(context: BaseContext, control: Connection): Promise<Reading> {
  const database = databaseOf(context);
  const fingerprint = await schemaFingerprint(control, database);
  const source = await readSource(control, database);
  collectGarbage();
  const facts = await tableFacts(control, database);
  const { rules, presets } = context.config.scrub;
  const scrub = compileScrub({ rules, presets, tables: facts });
  if (scrub.unclassified.length > 0)
    throw new GreenroomError('unclassified', {
      subject: database,
      detail: `${scrub.unclassified.length} columns have no decision`,
      next: 'Add these lines to scrub.rules in greenroom.jsonc ("greenroom scrub detect --write" does it), and change what you know better.',
      items: scrub.unclassified.map(({ proposal }) => `${proposal},`),
    });
  // The answers of the server are garbage by now: as many megabytes as what is kept.
  collectGarbage();
  const primaryKeys = new Map(facts.map(({ name, primaryKey }) => [name, primaryKey]));
  const definitions = new Map(
    Object.entries(source.schema.tables).map(([name, table]) => [name, definitionOf(table)]),
  );
  return { ...source, fingerprint, definitions, primaryKeys, scrub };
}

/** A text that names this start of the server: within it, what it keeps in memory can be compared. ISO 8601, UTC. */
export async function serverStart(control: Connection): Promise<string> {
  const [status] = await control.rows("SHOW GLOBAL STATUS LIKE 'Uptime'");
  const [now] = await control.rows('SELECT UNIX_TIMESTAMP()');
  return new Date((Number(now?.[0]) - Number(status?.[1])) * 1000).toISOString();
}
