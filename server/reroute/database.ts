import type { Connection } from '../database/connection.ts';
import { quoteName } from '../database/quote.ts';
import { GreenroomError, hasReason } from '../platform/errors.ts';
import { emptyQueues } from './emptyQueues.ts';
import type { EnvironmentFacts } from './facts.ts';
import { type KeyValueTable, keyValueTables } from './tables/keyValueTables.ts';
import { parseRules, statementOf } from './tables/rules.ts';
import { rerouteValue } from './tables/settings.ts';

export type { EnvironmentFacts } from './facts.ts';

/** Looked for in values whatever the setting is called: beginnings of live credentials. */
const liveMarks = [
  '%sk\\_live\\_%',
  '%rk\\_live\\_%',
  '%pk\\_live\\_%',
  '%AKIA%',
  '%SG.%',
  '%xox_-%',
  '%hooks.slack.com%',
];

/**
 * Points what an application keeps in its own tables at the environment: site address, mail, gateways, webhooks; empties
 * the queues of known applications; then applies the configured rules. Only tables that exist are touched; a table takes a look and, where something is to change, one
 * more statement. Run again, it changes nothing.
 *
 * @returns one line a setting, without its value: `siteurl → tag (wp_options)`
 * @throws GreenroomError `configuration-invalid` for a rule that is none, or whose table or column is not there
 */
export async function rerouteDatabase(
  connection: Connection,
  facts: EnvironmentFacts,
  rules: readonly unknown[] = [],
): Promise<{ changes: string[] }> {
  const configured = parseRules(rules);
  const names = (await connection.rows('SHOW TABLES')).map(row => String(row[0]));
  const tables = new Set(names);
  const changes: string[] = [];
  for (const name of names)
    for (const known of keyValueTables) {
      const prefix = name.replace(known.suffix, '');
      if (prefix === name || !known.beside.every(other => tables.has(prefix + other))) continue;
      changes.push(...(await rerouteTable(connection, name, known, facts)));
    }
  for (const name of names)
    if (name.endsWith('wc_webhooks')) changes.push(...(await rerouteWebhooks(connection, name, facts)));
  changes.push(...(await emptyQueues(connection, names)));
  for (const [index, rule] of configured.entries()) {
    const subject = `reroute.database[${index}]`;
    if (!tables.has(rule.table))
      throw new GreenroomError('configuration-invalid', {
        subject,
        detail: `there is no table ${rule.table}`,
      });
    const { sql, values } = statementOf(rule, facts);
    try {
      const { affectedRows } = await connection.execute(sql, values);
      if (affectedRows > 0)
        changes.push(
          `${rule.table} → ${rule.empty ? 'emptied' : 'set'} by ${subject} (${affectedRows} rows)`,
        );
    } catch (error) {
      if (!hasReason(error, 'database-failed')) throw error;
      throw new GreenroomError('configuration-invalid', {
        subject,
        detail: error.detail ?? 'the database refuses it',
        cause: error,
      });
    }
  }
  return { changes };
}

async function rerouteTable(
  connection: Connection,
  table: string,
  known: KeyValueTable,
  facts: EnvironmentFacts,
): Promise<string[]> {
  const columns = [...known.id, ...known.key, known.value].map(quoteName).join(', ');
  const name = quoteName(known.key.at(-1) ?? '');
  const value = quoteName(known.value);
  const where = [...known.names.map(() => `${name} LIKE ?`), ...liveMarks.map(() => `${value} LIKE ?`)].join(
    ' OR ',
  );
  const rows = await connection.rows(`SELECT ${columns} FROM ${quoteName(table)} WHERE ${where}`, [
    ...known.names,
    ...liveMarks,
  ]);
  const changed: { id: unknown[]; value: string }[] = [];
  const changes: string[] = [];
  for (const row of rows) {
    const old = row.at(-1);
    if (old === null || old === undefined) continue;
    const key = String(row.at(-2));
    const text = String(old);
    const own = known.own(key, text, facts);
    const next = own?.value ?? rerouteValue(pathOf(key), text, facts);
    if (next === undefined || next === text) continue;
    changed.push({ id: row.slice(0, known.id.length), value: next });
    changes.push(`${key} → ${own?.what ?? 'sandbox'} (${table})`);
  }
  await update(connection, table, known.id, known.value, changed);
  return changes;
}

/** `payment/stripe/api_key` and `commerce_payment.stripe` in parts, as the rules of files have them. */
function pathOf(key: string): string[] {
  return key.split(/[/.]/).filter(Boolean);
}

/** All changes of a table in one statement. */
async function update(
  connection: Connection,
  table: string,
  id: readonly string[],
  column: string,
  changed: readonly { id: unknown[]; value: string }[],
): Promise<void> {
  if (changed.length === 0) return;
  const match = id.map(name => `${quoteName(name)} = ?`).join(' AND ');
  const cases = changed.map(() => `WHEN ${match} THEN ?`).join(' ');
  const where = changed.map(() => `(${match})`).join(' OR ');
  const sql = `UPDATE ${quoteName(table)} SET ${quoteName(column)} = CASE ${cases} END WHERE ${where}`;
  await connection.execute(sql, [
    ...changed.flatMap(row => [...row.id, row.value]),
    ...changed.flatMap(row => row.id),
  ]);
}

/** WooCommerce calls these when something happens: they call the catcher instead, which knows whom they meant. */
async function rerouteWebhooks(
  connection: Connection,
  table: string,
  { http }: EnvironmentFacts,
): Promise<string[]> {
  const name = quoteName(table);
  const rows = await connection.rows(`SELECT webhook_id, delivery_url FROM ${name}`);
  const changed = rows
    .map(([id, url]) => ({ id, url: String(url ?? '') }))
    .filter(({ url }) => url !== '' && !url.startsWith(`${http.url}/`))
    .map(({ id, url }) => ({ id: [id], value: `${http.url}/to/${hostAndPath(url)}` }));
  await update(connection, table, ['webhook_id'], 'delivery_url', changed);
  if (changed.length > 0)
    await connection.execute(`UPDATE ${name} SET secret = 'greenroom-placeholder' WHERE secret <> ''`);
  return changed.map(row => `webhook ${row.id[0]} → sandbox (${table})`);
}

/** The host that was meant and the path, without what a query may hold of secrets. */
function hostAndPath(url: string): string {
  if (!URL.canParse(url)) return 'unknown';
  const { host, hostname, pathname } = new URL(url);
  // Rerouted before, to a catcher that had another port.
  if (hostname === '127.0.0.1' && pathname.startsWith('/to/')) return pathname.slice('/to/'.length);
  return `${host}${pathname}`;
}
