import { qualify, quoteName } from '../database/quote.ts';
import { isSearched } from '../scrub/leaks.ts';
import type { TablePlan } from '../scrub/plan.ts';
import type { TablePart } from './copyJob.ts';

/** One SELECT over the base that the proof reads: plain data, for a worker. */
export interface SearchJob {
  table: string;
  select: string;
  columns: number;
  /** Places of the selected columns in `plan.columns`. */
  searchedAt: number[];
  plan: TablePlan;
}

/** Values are read in pieces of this many characters, which overlap by what can be found across their border. */
const piece = 1_000_000;
const overlap = 1_000;
const canBeLong = /^(medium|long)(text|blob)$|^json$/;

/**
 * The searches that cover one part of a table. Long values are searched piece by piece in further passes, which find no row in
 * most tables.
 *
 * @param longest longest value per long column, in bytes
 */
export function searchJobs(
  database: string,
  plan: TablePlan,
  part: TablePart,
  versioned: boolean,
  longest: ReadonlyMap<string, number>,
): SearchJob[] {
  const searched = plan.columns.flatMap((column, index) => (isSearched(column) ? [{ column, index }] : []));
  if (searched.length === 0) return [];
  const partition = part.partition === undefined ? '' : ` PARTITION (${quoteName(part.partition)})`;
  const from = `FROM ${qualify(database, plan.table)}${partition}${versioned ? ' FOR SYSTEM_TIME ALL' : ''}`;
  const condition = part.where === undefined ? '' : ` WHERE ${part.where}`;
  const jobs: SearchJob[] = [
    {
      table: plan.table,
      select: `SELECT ${searched.map(({ column }) => firstPiece(column.name, longest)).join(', ')} ${from}${condition}`,
      columns: searched.length,
      searchedAt: searched.map(({ index }) => index),
      plan,
    },
  ];
  for (const { column, index } of searched) {
    const length = longest.get(column.name) ?? 0;
    const name = quoteName(column.name);
    for (let at = piece; at < length; at += piece)
      jobs.push({
        table: plan.table,
        select:
          `SELECT SUBSTRING(${name}, ${at - overlap + 1}, ${piece + overlap}) ${from} ` +
          `WHERE CHAR_LENGTH(${name}) > ${at}${part.where === undefined ? '' : ` AND (${part.where})`}`,
        columns: 1,
        searchedAt: [index],
        plan,
      });
  }
  return jobs;
}

/** Names of columns whose values may be longer than one piece. */
export function longColumns(plan: TablePlan): string[] {
  return plan.columns
    .filter(column => canBeLong.test(column.dataType) && isSearched(column))
    .map(({ name }) => name);
}

function firstPiece(name: string, longest: ReadonlyMap<string, number>): string {
  return (longest.get(name) ?? 0) > piece ? `LEFT(${quoteName(name)}, ${piece})` : quoteName(name);
}
