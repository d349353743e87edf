import type { Connection } from '../database/connection.ts';
import { quoteName } from '../database/quote.ts';
import { GreenroomError } from '../platform/errors.ts';
import type { Host } from '../platform/host.ts';
import { isBytes, isGeometry } from './columnType.ts';
import { compileScrub } from './compile.ts';
import type { ScrubSettings } from './detect.ts';
import { tableFacts } from './facts.ts';
import type { ColumnPlan, ScrubKey } from './plan.ts';
import { createTableScrubber } from './scrubber.ts';

export interface PreviewRequest {
  scrub: ScrubSettings;
  key: ScrubKey;
  table: string;
  rows: number;
}

export interface Preview {
  table: string;
  columns: { name: string; rule: string }[];
  rows: { before: (string | null)[]; after: (string | null)[] }[];
}

const longestShown = 200;

/**
 * Some rows of a table, before and after. Originals of scrubbed columns, and of columns without a decision, are masked: `Anna Müller` is shown as
 * `Xxxx Xxxxxx`. What is kept is shown.
 *
 * @throws `configuration-invalid` when there is no such table
 */
export async function previewRows(
  _host: Host,
  connection: Connection,
  request: PreviewRequest,
): Promise<Preview> {
  const tables = await tableFacts(connection, connection.address.database ?? '');
  const plan = compileScrub({ ...request.scrub, tables });
  const table = plan.tables[request.table];
  if (table === undefined)
    throw new GreenroomError('usage', { subject: request.table, detail: 'production has no such table' });
  const undecided = new Set(
    plan.unclassified.filter(entry => entry.table === request.table).map(({ column }) => column),
  );
  const scrubber = createTableScrubber(table, request.key);
  const names = table.columns.map(({ name }) => quoteName(name)).join(', ');
  const limit = Math.max(1, Math.min(100, Math.floor(request.rows)));
  const rows: Preview['rows'] = [];
  const stream: AsyncIterable<(Buffer | null)[]> = connection.raw(
    `SELECT ${names} FROM ${quoteName(table.table)} LIMIT ${limit}`,
  );
  for await (const row of stream) {
    const masks = table.columns.map(column => column.use !== 'keep' || undecided.has(column.name));
    const before = row.map((value, index) => show(value, table.columns[index], masks[index] === true));
    scrubber.scrub(row);
    const after = row.map((value, index) =>
      show(value, table.columns[index], undecided.has(table.columns[index]?.name ?? '')),
    );
    rows.push({ before, after });
  }
  return {
    table: table.table,
    columns: table.columns.map(column => ({
      name: column.name,
      rule: undecided.has(column.name) ? 'no rule' : describeRule(column),
    })),
    rows,
  };
}

/** `email`, `keep (catalogue)`, `text by preset`: what happens to a column and why. */
export function describeRule(column: Pick<ColumnPlan, 'use' | 'options' | 'source'>): string {
  const reason = column.use === 'keep' ? column.options['reason'] : undefined;
  const text = typeof reason === 'string' ? `keep (${reason})` : column.use;
  if (column.source === 'preset' && typeof reason !== 'string') return `${text} by preset`;
  if (column.source === 'foreign-key') return `${text} by foreign key`;
  if (column.source === 'implied') return `${text}, implied by its name`;
  return column.source === 'type' ? 'keep (no text)' : text;
}

function show(value: Buffer | null, column: ColumnPlan | undefined, masked: boolean): string | null {
  if (value === null) return null;
  if (
    column !== undefined &&
    (isBytes(column) || isGeometry(column)) &&
    /[^\x09\x0a\x0d\x20-\x7e]/.test(value.toString('latin1'))
  )
    return `(${value.length} bytes)`;
  const text = value.toString('utf8');
  const shown = text.length > longestShown ? `${text.slice(0, longestShown)}…` : text;
  return masked ? mask(shown) : shown;
}

/** Letters as `x` and `X`, digits as `9`, the rest as it is. */
export function mask(text: string): string {
  return text
    .replace(/\p{Lu}/gu, 'X')
    .replace(/[\p{L}\p{M}]/gu, letter => (letter === 'X' ? 'X' : 'x'))
    .replace(/\p{N}/gu, '9');
}
