import type { Connection } from '../database/connection.ts';
import { qualify, quoteName } from '../database/quote.ts';
import { GreenroomError } from '../platform/errors.ts';
import { mapLimit } from '../platform/parallel.ts';
import type { Operation } from '../platform/progress.ts';
import { describeLeak, type Leak } from '../scrub/leaks.ts';
import { type CollectedOriginals, mergeOriginals } from '../scrub/originals.ts';
import type { ScrubKey } from '../scrub/plan.ts';
import { OriginalsIndex } from '../scrub/proof/originalsIndex.ts';
import type { TableWork } from './fill.ts';
import { collectGarbage } from './heap.ts';
import { addOriginals, shareOriginals, wholeLimit } from './originalsStore.ts';
import { longColumns, type SearchJob, searchJobs } from './searchJob.ts';
import type { CopyThreads } from './workers.ts';

/** What the proof looked for and where: goes into the signed statement. */
export interface ProofResult {
  tables: string[];
  rows: number;
  bytes: number;
  originals: ReturnType<OriginalsIndex['summary']>;
  columns: CollectedOriginals['columns'];
}

/**
 * Searches all that was copied for originals of scrubbed columns, and for what looks like a live address, card or key. The
 * threads read the private server side by side.
 *
 * @throws GreenroomError `proof-failed`, an item per column; never a value
 */
export async function prove(
  threads: CopyThreads,
  builder: Connection,
  database: string,
  work: readonly TableWork[],
  key: ScrubKey,
  operation: Operation,
): Promise<ProofResult> {
  const originals = await collectOriginals(threads);
  await threads.all({ do: 'index', originals });
  const jobs: SearchJob[] = [];
  for (const table of work) jobs.push(...(await jobsOf(builder, database, table)));
  const result: ProofResult = {
    tables: work.map(({ table }) => table),
    rows: 0,
    bytes: 0,
    originals: new OriginalsIndex(originals, key).summary(),
    columns: originals.columns,
  };
  const idle = [...threads.threads];
  const leaks: Leak[] = [];
  let done = 0;
  await mapLimit(jobs, idle.length, async job => {
    const thread = idle.pop();
    if (thread === undefined) throw new RangeError('more searches than threads');
    try {
      const found = await thread.ask({ do: 'search', job });
      leaks.push(...found.leaks);
      result.rows += found.rows;
      result.bytes += found.bytes;
    } finally {
      idle.push(thread);
    }
    operation.progress({ step: `proving ${job.table}`, done: ++done, total: jobs.length, unit: 'steps' });
  });
  if (operation.signal.aborted) throw new GreenroomError('cancelled', { subject: 'base build' });
  if (leaks.length > 0)
    throw new GreenroomError('proof-failed', {
      subject: database,
      next: 'Give these columns a rule that scrubs them, or say in their rule what may stay: { "use": "text", "reason": "…", "allow": […] }.',
      items: sumLeaks(leaks).map(describeLeak),
    });
  return result;
}

/** One thread's after the other, so that at most two sets of fingerprints and their sum are in memory. */
async function collectOriginals(threads: CopyThreads): Promise<CollectedOriginals> {
  collectGarbage();
  let merged: CollectedOriginals | undefined;
  for (const thread of threads.threads) {
    const part = await thread.ask({ do: 'originals' });
    if (merged === undefined) merged = part;
    else addOriginals(merged, part, 2 * wholeLimit);
    collectGarbage();
  }
  const shared = shareOriginals(merged ?? mergeOriginals([]));
  collectGarbage();
  return shared;
}

async function jobsOf(
  builder: Connection,
  database: string,
  { parts, plan, versioned }: TableWork,
): Promise<SearchJob[]> {
  if (plan === undefined) return [];
  const long = longColumns(plan);
  const longest = new Map<string, number>();
  if (long.length > 0) {
    const [row] = await builder.rows(
      `SELECT ${long.map(name => `MAX(LENGTH(${quoteName(name)}))`).join(', ')} FROM ${qualify(database, plan.table)}`,
    );
    for (const [index, name] of long.entries()) longest.set(name, Number(row?.[index] ?? 0));
  }
  return parts.flatMap(part => searchJobs(database, plan, part, versioned, longest));
}

function sumLeaks(leaks: readonly Leak[]): Leak[] {
  const sums = new Map<string, Leak>();
  for (const leak of leaks) {
    const name = JSON.stringify([leak.table, leak.column, leak.kind]);
    const known = sums.get(name);
    sums.set(name, { ...leak, count: leak.count + (known?.count ?? 0) });
  }
  return [...sums.values()];
}
