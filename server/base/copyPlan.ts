import type { Connection } from '../database/connection.ts';
import type { Table } from '../schema/model.ts';
import { copyJob, type TableShape } from './copyJob.ts';
import type { TableWork } from './fill.ts';
import { tableParts } from './parts.ts';
import type { Reading } from './reading.ts';
import type { SourceTable } from './source.ts';
import { isOutside, type Structure } from './structure.ts';

const smallest = 16_000_000;
const largest = 256_000_000;
/** Up to this size a table is made with its indexes. */
const smallTable = 1_000_000;

export function isSmall(table: SourceTable | undefined): boolean {
  return (table?.dataBytes ?? 0) < smallTable;
}

/**
 * What copies these tables. Tables that one thread would still be copying when the others have run out of work are cut
 * into parts.
 */
export async function planCopy(
  control: Connection,
  database: string,
  reading: Reading,
  names: readonly string[],
  structure: Structure,
  threads: number,
  warnings: string[],
): Promise<TableWork[]> {
  const total = names.reduce((sum, name) => sum + (reading.tables.get(name)?.dataBytes ?? 0), 0);
  const target =
    threads === 1 ? Number.MAX_SAFE_INTEGER : Math.min(largest, Math.max(smallest, total / (threads * 8)));
  const work: TableWork[] = [];
  for (const name of names) {
    const table = reading.tables.get(name);
    const plan = reading.scrub.tables[name];
    const definition = reading.schema.tables[name];
    if (table === undefined || plan === undefined || definition === undefined) continue;
    const primaryKey = reading.primaryKeys.get(name) ?? [];
    const shape: TableShape = { primaryKey, ...historyOf(definition, control, warnings) };
    const parts = isOutside(table.engine)
      ? []
      : await tableParts(control, database, table, plan, primaryKey, target);
    work.push({
      table: name,
      bytes: table.dataBytes,
      parts,
      jobOf: part => copyJob(control.server, database, database, plan, shape, part),
      plan,
      versioned: shape.history !== undefined,
      after: structure.after.get(name),
    });
  }
  return work;
}

/** MariaDB's row versions: from 10.11 on they can be written into a copy, before that only the present ones are copied. */
function historyOf(table: Table, control: Connection, warnings: string[]): Pick<TableShape, 'history'> {
  if (!isVersioned(table)) return {};
  const { version } = control.server;
  if (version[0] * 100 + version[1] < 1011) {
    warnings.push(`${table.name}: only the present rows are copied, not their history`);
    return {};
  }
  const period = table.periods
    .map(text => /SYSTEM_TIME\s*\((.+?),\s*(.+?)\)/i.exec(text))
    .find(match => match !== null);
  const bare = (text: string | undefined, otherwise: string) =>
    text === undefined ? otherwise : text.replace(/^`|`$/g, '').replaceAll('``', '`');
  return { history: { start: bare(period?.[1], 'row_start'), end: bare(period?.[2], 'row_end') } };
}

function isVersioned(table: Table): boolean {
  return (
    table.options.some(option => /SYSTEM VERSIONING/i.test(option.text)) ||
    table.periods.some(text => /SYSTEM_TIME/i.test(text))
  );
}
