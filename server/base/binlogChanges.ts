import type { Connection } from '../database/connection.ts';
import { quoteString } from '../database/quote.ts';
import { ifAllowed } from './snapshot.ts';
import type { SnapshotPosition } from './workerMessages.ts';

/** More of the log than this is not walked through: comparing tables is quicker. */
const longest = 2_000_000_000;
const page = 20_000;

/** Events that change no row and say nothing that is needed. */
const harmless =
  /^(Gtid|Gtid_list|Anonymous_Gtid|Previous_gtids|Format_desc|Rotate|Stop|Xid|XA_prepare|Annotate_rows|Rows_query|Binlog_checkpoint|Start_encryption|Heartbeat|Transaction_context|View_change|Partial_transaction|Write_rows.*|Update_rows.*|Delete_rows.*|Partial_update_rows.*)$/;
/** Statements around row events. */
const transactionControl = /^\s*(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|XA|SET|FLUSH|ANALYZE|GRANT|REVOKE)\b/i;
const definition = /^\s*(?:\/\*.*?\*\/\s*)?(CREATE|ALTER|DROP|RENAME|TRUNCATE|OPTIMIZE|REPAIR)\b/i;

/**
 * Names of tables that were written between two places of production's binary log, read from the log's row events.
 *
 * @param known all tables; one that a DDL statement mentions counts as written
 * @returns undefined when the log cannot tell: not readable for this account, purged, filtered, or not in row format
 */
export async function tablesInBinlog(
  control: Connection,
  database: string,
  from: SnapshotPosition,
  to: SnapshotPosition,
  known: readonly string[],
): Promise<Set<string> | undefined> {
  const files = await filesBetween(control, from, to);
  if (files === undefined) return undefined;
  const changed = new Set<string>();
  for (const file of files) {
    const start = file === from.file ? Number(from.position) : 4;
    const end = file === to.file ? Number(to.position) : Number.MAX_SAFE_INTEGER;
    const understood = await walk(control, file, start, end, (type, info) =>
      note(type, info, database, known, changed),
    );
    if (!understood) return undefined;
  }
  return changed;
}

/** Gives the events of one file between two places to `take`, page by page; false if it, or the server, says so. */
async function walk(
  control: Connection,
  file: string,
  start: number,
  end: number,
  take: (type: string, info: string) => boolean,
): Promise<boolean> {
  let at = start;
  while (at < end) {
    const events = await eventsFrom(control, file, at);
    if (events === undefined) return false;
    for (const [, position, type, , next, info] of events) {
      if (Number(position) >= end) return true;
      if (!take(String(type), String(info ?? ''))) return false;
      at = Number(next);
    }
    if (events.length < page) return true;
  }
  return true;
}

function eventsFrom(control: Connection, file: string, at: number) {
  const sql = `SHOW BINLOG EVENTS IN ${quoteString(file)} FROM ${at} LIMIT ${page}`;
  // 1220: the place is not (or no longer) in the log.
  return ifAllowed(() => control.rows(sql), 1220);
}

async function filesBetween(
  control: Connection,
  from: SnapshotPosition,
  to: SnapshotPosition,
): Promise<string[] | undefined> {
  const renamed =
    control.server.flavour === 'mysql' && control.server.version[0] * 100 + control.server.version[1] >= 804;
  const status = await ifAllowed(() =>
    control.rows(renamed ? 'SHOW BINARY LOG STATUS' : 'SHOW MASTER STATUS'),
  );
  const filtered = status?.[0]?.slice(2, 4).some(filter => filter !== null && filter !== '');
  if (status === undefined || filtered) return undefined;
  const logs = await ifAllowed(() => control.rows('SHOW BINARY LOGS'));
  if (logs === undefined) return undefined;
  const names = logs.map(([name]) => String(name));
  const first = names.indexOf(from.file);
  const last = names.indexOf(to.file);
  if (first === -1 || last < first) return undefined;
  const bytes = logs.slice(first, last + 1).reduce((sum, [, size]) => sum + Number(size), 0);
  return bytes - Number(from.position) > longest ? undefined : names.slice(first, last + 1);
}

/** Takes one event; false if it may have changed rows in a way that it does not tell. */
function note(
  type: string,
  info: string,
  database: string,
  known: readonly string[],
  changed: Set<string>,
): boolean {
  if (type.startsWith('Table_map')) {
    // `table_id: 19 (shop.orders)`: neither name is quoted.
    const name = /^table_id: \d+ \((.*)\)$/s.exec(info)?.[1];
    if (name === undefined) return false;
    if (name.startsWith(`${database}.`)) changed.add(name.slice(database.length + 1));
    return true;
  }
  if (harmless.test(type)) return true;
  if (!/^Query/.test(type)) return false;
  const statement = info.replace(/^use `(?:[^`]|``)*`; /, '');
  if (transactionControl.test(statement)) return true;
  if (!definition.test(statement)) return false;
  for (const table of known) if (statement.includes(table.replaceAll('`', '``'))) changed.add(table);
  return true;
}
