import type { Connection } from '../database/connection.ts';
import type { Schema } from '../schema/model.ts';
import { tablesInBinlog } from './binlogChanges.ts';
import type { Manifest, TableRecord } from './manifest.ts';
import { rulesOf } from './rules.ts';
import { readTables, type SourceTable } from './source.ts';
import type { Moment } from './transfer.ts';
import type { CopyThreads } from './workers.ts';

export interface Changes {
  how: Manifest['changeDetection'];
  /** Tables to copy: new, differently defined or scrubbed, or written since. */
  changed: string[];
  /** Tables that are as they were, with what is to be recorded of them now. */
  kept: Map<string, TableRecord>;
}

/** Seconds by which a time of change must be older than a snapshot: it has no fractions, and is set at commit. */
const margin = 3_000;

/**
 * Decides for every table whether the last generation still has its rows. In doubt a table has changed.
 *
 * 1. The binary log stands where it stood: nothing has changed.
 * 2. The log can be read: what its row events name has changed, and what foreign keys cascade to from there.
 * 3. Otherwise per table: the engine's time of last change, within one run of the server; else `CHECKSUM TABLE`, where the
 *    last generation recorded one.
 */
export async function findChanges(
  control: Connection,
  database: string,
  manifest: Manifest,
  moment: Moment,
  threads: CopyThreads,
): Promise<Changes> {
  const { reading } = moment;
  const names = Object.keys(reading.schema.tables);
  const changed = new Set(names.filter(name => isRedefined(name, manifest, moment)));
  const open = names.filter(name => !changed.has(name));
  const kept = new Map<string, TableRecord>();
  const keep = (name: string) => {
    const record = manifest.tables[name];
    const table = reading.tables.get(name);
    if (record !== undefined) kept.set(name, { ...record, updateTime: table?.updateTime ?? null });
  };
  const outside = new Set(manifest.source.outsideSnapshot);
  const written = await writtenTables(control, database, manifest, moment, names);
  if (written !== undefined) {
    const all = withCascades(written.tables, reading.schema);
    // A table without transactions may have been written between snapshot and copy.
    for (const name of open)
      if (all.has(name) || outside.has(name)) changed.add(name);
      else keep(name);
    return { how: written.how, changed: [...changed], kept };
  }
  const now = await readTables(control, database);
  const sameRun = isSameRun(manifest.source.startedAt, moment.startedAt);
  const doubtful: string[] = [];
  for (const name of open)
    if (sameRun && isUntouched(manifest, manifest.tables[name], now.get(name))) keep(name);
    else doubtful.push(name);
  const different = await compareChecksums(threads, manifest, doubtful);
  for (const name of doubtful)
    if (different.has(name)) changed.add(name);
    else keep(name);
  return { how: 'table-checks', changed: [...changed], kept };
}

function isRedefined(name: string, manifest: Manifest, { reading }: Moment): boolean {
  const record = manifest.tables[name];
  return (
    record === undefined ||
    record.rules !== rulesOf(reading.scrub.tables[name]) ||
    // Made anew (TRUNCATE, RENAME, ALTER): the same definition may have other rows.
    record.createTime !== (reading.tables.get(name)?.createTime ?? null) ||
    record.definition !== reading.definitions.get(name)
  );
}

async function writtenTables(
  control: Connection,
  database: string,
  manifest: Manifest,
  { snapshot }: Moment,
  names: readonly string[],
): Promise<{ how: 'binlog-position' | 'binlog-events'; tables: Set<string> } | undefined> {
  const { position, transactions } = manifest.source;
  const now = snapshot.position;
  if (position === null || now === undefined) return undefined;
  // After RESET MASTER the same file and place would mean something else; the ids of transactions then start again.
  if (transactions === null || snapshot.transactions === undefined) return undefined;
  if (
    position.file === now.file &&
    position.position === now.position &&
    transactions === snapshot.transactions
  )
    return { how: 'binlog-position', tables: new Set() };
  if (!isContinued(transactions, snapshot.transactions)) return undefined;
  const tables = await tablesInBinlog(control, database, position, now, names);
  return tables === undefined ? undefined : { how: 'binlog-events', tables };
}

/** `0-1-20` → `0-1-25` (MariaDB), `uuid:1-20` → `uuid:1-25` (MySQL): no domain or server has gone back. */
export function isContinued(before: string, after: string): boolean {
  const last = (text: string) => {
    const numbers = new Map<string, number>();
    for (const part of text.split(',')) {
      const mysql = /^\s*([0-9a-f-]{36}(?::[a-z_]\w*)?):(.*)$/i.exec(part);
      const source = mysql?.[1] ?? part.trim().split('-')[0] ?? '';
      const number = Number(/(\d+)\s*$/.exec(part)?.[1] ?? 0);
      numbers.set(source, Math.max(number, numbers.get(source) ?? 0));
    }
    return numbers;
  };
  const now = last(after);
  return [...last(before)].every(([source, number]) => (now.get(source) ?? -1) >= number);
}

/** InnoDB does not log what its foreign keys cascade to: tables below a changed one count as changed. */
export function withCascades(written: ReadonlySet<string>, schema: Schema): Set<string> {
  const all = new Set(written);
  for (let before = -1; before !== all.size; ) {
    before = all.size;
    for (const table of Object.values(schema.tables))
      for (const key of table.foreignKeys)
        if (all.has(key.refTable) && /CASCADE|SET/i.test(`${key.onDelete} ${key.onUpdate}`))
          all.add(table.name);
  }
  return all;
}

/** The same start of the server, give or take the second to which it tells its age. */
function isSameRun(before: string, now: string): boolean {
  return Math.abs(Date.parse(before) - Date.parse(now)) <= 2_000;
}

/** The engine remembers when the table was last written, and that was before the last generation's snapshot. */
function isUntouched(
  manifest: Manifest,
  record: TableRecord | undefined,
  table: SourceTable | undefined,
): boolean {
  if (!record?.updateTime || table?.updateTime !== record.updateTime) return false;
  return Date.parse(`${record.updateTime.replace(' ', 'T')}Z`) + margin < Date.parse(manifest.source.at);
}

/** @returns those whose checksum is another, or was not recorded */
async function compareChecksums(
  threads: CopyThreads,
  manifest: Manifest,
  names: readonly string[],
): Promise<Set<string>> {
  const different = new Set(names.filter(name => !manifest.tables[name]?.checksum));
  const waiting = names.filter(name => !different.has(name));
  const run = async (thread: CopyThreads['threads'][number]) => {
    for (let name = waiting.pop(); name !== undefined; name = waiting.pop())
      if ((await thread.ask({ do: 'checksum', table: name })) !== manifest.tables[name]?.checksum)
        different.add(name);
  };
  await Promise.all(threads.threads.map(run));
  return different;
}
