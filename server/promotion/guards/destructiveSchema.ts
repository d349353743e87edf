import { type Connection, errnoOf } from '../../database/connection.ts';
import { quoteName } from '../../database/quote.ts';
import type { Finding, SchemaChange } from '../../protocol/plan.ts';
import { introspect } from '../../schema/introspect.ts';
import type { Table } from '../../schema/model.ts';
import { type Stake, stakesOf } from '../destructiveStakes.ts';
import type { Guard } from './guard.ts';

/** Longest time that one count may read in production; beyond it, the server's estimate is told. */
const countSeconds = 3;

/**
 * Dropped tables and columns, lossy type changes and the like ask for a second confirmation that names the objects, and how many
 * rows and values of production are at stake. The rules are in server/schema/destructive.ts, each with its reason; NOT NULL is
 * added here, where NULLs can be counted: it is harmless without them.
 */
export const destructiveSchema: Guard = {
  name: 'destructive-schema',
  async check(subject, context) {
    const suspects = subject.schema.filter(
      change => change.destructive || (change.objectType === 'table' && /\bNOT NULL\b/.test(change.sql)),
    );
    if (suspects.length === 0) return [];
    const tables = await tablesOf(context.production, suspects);
    const findings: Finding[] = [];
    for (const change of suspects) {
      const table = tables[change.object];
      const stakes = table === undefined ? [] : stakesOf(change, table);
      const explained = new Set(stakes.map(stake => stake.reason));
      for (const stake of stakes) {
        const message = await countStake(context.production, change.object, stake);
        if (message !== undefined) findings.push(finding(change, stake.subject, message));
      }
      // What has no rows to count is told all the same.
      for (const reason of change.reasons)
        if (!explained.has(reason)) findings.push(finding(change, change.object, reason));
    }
    return findings;
  },
};

function finding(change: SchemaChange, subject: string, message: string): Finding {
  return {
    guard: destructiveSchema.name,
    severity: 'confirm',
    message,
    subject: subject === '' ? change.object : subject,
  };
}

async function tablesOf(
  production: Connection | undefined,
  changes: readonly SchemaChange[],
): Promise<Record<string, Table>> {
  const database = production?.address.database;
  if (production === undefined || database === undefined) return {};
  const tables = changes.filter(change => change.objectType === 'table').map(change => change.object);
  return (await introspect(production, database, { tables })).tables;
}

/** The finding's sentence with numbers; undefined if nothing is at stake and the rule fires only on rows. */
async function countStake(
  production: Connection | undefined,
  table: string,
  stake: Stake,
): Promise<string | undefined> {
  if (production === undefined) return stake.onlyWithRows ? undefined : stake.reason;
  const count = await boundedCount(production, table, stake.condition);
  if (count.exact && count.rows === 0 && stake.onlyWithRows) return undefined;
  const about = count.exact ? '' : 'about ';
  return `${stake.reason}: ${about}${count.rows} ${stake.unit}${count.rows === 1 ? '' : 's'} at stake`;
}

async function boundedCount(
  production: Connection,
  table: string,
  condition: string,
): Promise<{ rows: number; exact: boolean }> {
  const from = `FROM ${quoteName(table)} WHERE ${condition}`;
  const sql =
    production.server.flavour === 'mariadb'
      ? `SET STATEMENT max_statement_time = ${countSeconds} FOR SELECT COUNT(*) ${from}`
      : `SELECT /*+ MAX_EXECUTION_TIME(${countSeconds * 1000}) */ COUNT(*) ${from}`;
  try {
    const [row] = await production.rows(sql);
    return { rows: Number(row?.[0] ?? 0), exact: true };
  } catch (error) {
    // 1969 (MariaDB) and 3024 (MySQL): the time was up.
    const number = errnoOf(error);
    if (number !== 1969 && number !== 3024) throw error;
  }
  const [row] = await production.rows(
    'SELECT TABLE_ROWS FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ?',
    [table],
  );
  return { rows: Number(row?.[0] ?? 0), exact: false };
}
