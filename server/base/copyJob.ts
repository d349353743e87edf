import { qualify, quoteName } from '../database/quote.ts';
import type { ServerInfo } from '../database/serverInfo.ts';
import type { ColumnPlan, TablePlan } from '../scrub/plan.ts';
import { transformerNamed } from '../scrub/registry.ts';
import { loadDataFormat } from './wire/loadDataSink.ts';

/** One SELECT of production and the LOAD DATA that takes its rows: plain data, for a worker. */
export interface CopyJob {
  table: string;
  select: string;
  load: string;
  /** The INSERT that takes the rows in bulk instead; absent where values may be too long for it. */
  insert?: string;
  /** Its parameters. */
  parameters: number;
  /** Columns of the result. */
  columns: number;
  /** The first so many are read as values, to be scrubbed; of these the first `written` are loaded, the rest only looked at. */
  held: number;
  written: number;
  /** Places of the held columns in `plan.columns`. */
  heldAt: number[];
  plan: TablePlan;
}

/** The part of a table that one job copies. */
export interface TablePart {
  partition?: string;
  /** A condition on the primary key. */
  where?: string;
}

export interface TableShape {
  /** MariaDB system versioning: the names of the period's columns, which are copied with the history. */
  history?: { start: string; end: string };
  /** Columns of the primary key, in order; none: the order of rows is the engine's. */
  primaryKey: readonly string[];
}

interface Selected {
  select: string;
  column: string;
  /** Target in the LOAD DATA's list, and its assignment if the value has to be converted on the way in. */
  target: string;
  set?: string;
}

/** These need only a look at the beginning of a value, or none at all. */
const prefixEnough: ReadonlyMap<string, number> = new Map([
  ['blob', 65_536],
  ['null', 1],
  ['constant', 1],
]);
const utf8Charsets = new Set(['utf8mb4', 'utf8mb3', 'utf8', 'ascii']);

/**
 * Shapes one job. Kept columns travel as the bytes that production stores, in their own character set, and are neither
 * decoded nor looked at; scrubbed ones as UTF-8, which the scrubber reads. Scrubbed columns come first, so that the rest of
 * a row can pass without being held.
 */
export function copyJob(
  server: Pick<ServerInfo, 'flavour'>,
  source: string,
  target: string,
  plan: TablePlan,
  shape: TableShape,
  part: TablePart,
): CopyJob {
  const scrubbed = indexes(plan, column => column.use !== 'keep');
  const looks = scrubbed.some(index => transformerNamed(columnAt(plan, index).use).readsRow === true);
  const context = looks ? indexes(plan, column => column.use === 'keep' && isContext(plan, column)) : [];
  const kept = indexes(plan, column => column.use === 'keep');
  const writes = [
    ...scrubbed.map((index, order) => scrubbedColumn(columnAt(plan, index), order, server)),
    ...kept.map((index, order) => keptColumn(columnAt(plan, index), scrubbed.length + order, server)),
    ...(shape.history ? [shape.history.start, shape.history.end].map(plainColumn) : []),
  ];
  const looked = context.map(index => utf8Expression(columnAt(plan, index)));
  const selects = writes.map(write => write.select);
  selects.splice(scrubbed.length, 0, ...looked);
  // A table of generated columns alone has rows all the same.
  if (selects.length === 0) return emptyRows(source, target, plan, shape, part);
  const sets = writes.flatMap(write => (write.set === undefined ? [] : [write.set]));
  return {
    table: plan.table,
    select: `SELECT ${selects.join(', ')} ${from(source, plan, shape, part)}`,
    load:
      `LOAD DATA LOCAL INFILE 'rows' INTO TABLE ${qualify(target, plan.table)} CHARACTER SET binary ` +
      `${loadDataFormat} (${writes.map(write => write.target).join(', ')})` +
      (sets.length === 0 ? '' : ` SET ${sets.join(', ')}`),
    ...(server.flavour === 'mariadb' &&
      isShort(plan) && {
        insert:
          `INSERT INTO ${qualify(target, plan.table)} (${writes.map(write => write.column).join(', ')}) ` +
          `VALUES (${writes.map(write => (write.set === undefined ? '?' : 'CONVERT(? USING utf8mb4)')).join(', ')})`,
      }),
    parameters: writes.length,
    columns: selects.length,
    held: scrubbed.length + context.length,
    written: scrubbed.length,
    heldAt: [...scrubbed, ...context],
    plan,
  };
}

function emptyRows(
  source: string,
  target: string,
  plan: TablePlan,
  shape: TableShape,
  part: TablePart,
): CopyJob {
  return {
    table: plan.table,
    select: `SELECT NULL ${from(source, plan, shape, part)}`,
    load: `LOAD DATA LOCAL INFILE 'rows' INTO TABLE ${qualify(target, plan.table)} CHARACTER SET binary ${loadDataFormat} (@ignored)`,
    parameters: 0,
    columns: 1,
    held: 0,
    written: 0,
    heldAt: [],
    plan,
  };
}

function from(source: string, plan: TablePlan, shape: TableShape, part: TablePart): string {
  const partition = part.partition === undefined ? '' : ` PARTITION (${quoteName(part.partition)})`;
  const history = shape.history === undefined ? '' : ' FOR SYSTEM_TIME ALL';
  const table = `FROM ${qualify(source, plan.table)}${partition}${history}`;
  const where = part.where === undefined ? '' : ` WHERE ${part.where}`;
  // Rows that arrive in the order of the key fill pages one after the other. A partitioned table would have to be merged.
  if (shape.primaryKey.length === 0 || part.partition !== undefined || shape.history !== undefined)
    return `${table}${where}`;
  return `${table} FORCE INDEX (PRIMARY)${where} ORDER BY ${shape.primaryKey.map(quoteName).join(', ')}`;
}

function scrubbedColumn(column: ColumnPlan, order: number, server: Pick<ServerInfo, 'flavour'>): Selected {
  const select = utf8Expression(column);
  if (needsText(column, server) || (column.charset !== null && !utf8Charsets.has(column.charset)))
    return viaVariable(column, order, select);
  return { select, column: quoteName(column.name), target: quoteName(column.name) };
}

function keptColumn(column: ColumnPlan, order: number, server: Pick<ServerInfo, 'flavour'>): Selected {
  // FLOAT prints six digits; as a DOUBLE it prints all that it has.
  if (column.dataType === 'float')
    return { ...plainColumn(column.name), select: `CAST(${quoteName(column.name)} AS DOUBLE)` };
  if (needsText(column, server)) return viaVariable(column, order, quoteName(column.name));
  return plainColumn(column.name);
}

function plainColumn(name: string): Selected {
  return { select: quoteName(name), column: quoteName(name), target: quoteName(name) };
}

function viaVariable(column: ColumnPlan, order: number, select: string): Selected {
  const variable = `@v${order}`;
  return {
    select,
    column: quoteName(column.name),
    target: variable,
    set: `${quoteName(column.name)} = CONVERT(${variable} USING utf8mb4)`,
  };
}

/** True if no row can be longer than a bulk command of some megabytes. */
function isShort(plan: TablePlan): boolean {
  if (
    plan.columns.some(({ dataType }) =>
      /^(medium|long)(text|blob)$|^json$|geometry|polygon|linestring|point|vector/.test(dataType),
    )
  )
    return false;
  return plan.columns.filter(({ dataType }) => /^(tiny)?(text|blob)$|^var/.test(dataType)).length <= 64;
}

/** These take bytes that do not say what text they are for their inner form, or refuse them. */
function needsText(column: ColumnPlan, server: Pick<ServerInfo, 'flavour'>): boolean {
  return (
    /^(inet4|inet6|uuid)$/.test(column.dataType) || (server.flavour === 'mysql' && column.dataType === 'json')
  );
}

function utf8Expression(column: ColumnPlan): string {
  const name = quoteName(column.name);
  const prefix = prefixEnough.get(column.use);
  const isLong = /text|blob|json/.test(column.dataType);
  const text =
    column.charset === null || utf8Charsets.has(column.charset) ? name : `CONVERT(${name} USING utf8mb4)`;
  return prefix === undefined || !isLong || column.dataType === 'json' ? text : `LEFT(${text}, ${prefix})`;
}

/** Kept columns that another column's rule names: `{ "use": "date", "subject": "user_id" }`. */
function isContext(plan: TablePlan, column: ColumnPlan): boolean {
  return plan.columns.some(other => JSON.stringify(other.options).includes(JSON.stringify(column.name)));
}

function indexes(plan: TablePlan, wanted: (column: ColumnPlan) => boolean): number[] {
  return plan.columns.flatMap((column, index) => (wanted(column) ? [index] : []));
}

function columnAt(plan: TablePlan, index: number): ColumnPlan {
  const column = plan.columns[index];
  if (column === undefined) throw new RangeError(`no column ${index} in ${plan.table}`);
  return column;
}
