import { errnoOf } from '../database/connection.ts';
import type { Clock } from '../platform/clock.ts';
import { GreenroomError } from '../platform/errors.ts';
import { type Place, placesFor } from '../scrub/place.ts';
import type { ScrubKey } from '../scrub/plan.ts';
import { createTableScrubber, type ScrubProblem, type TableScrubber } from '../scrub/scrubber.ts';
import type { CopyJob } from './copyJob.ts';
import type { OriginalsStore } from './originalsStore.ts';
import type { Throttle } from './throttle.ts';
import type { BulkSink } from './wire/bulkSink.ts';
import type { LoadDataSink } from './wire/loadDataSink.ts';
import type { PacketStream } from './wire/packetStream.ts';
import { readValues } from './wire/readValues.ts';
import { readRows } from './wire/resultReader.ts';
import type { RowSink } from './wire/rowSink.ts';
import type { CopiedPart } from './workerMessages.ts';

export interface CopyContext {
  clock: Clock;
  key: ScrubKey;
  reader: PacketStream;
  loader: PacketStream;
  /** Takes any row. */
  file: LoadDataSink;
  /** Takes rows without long values, with less work; where the server knows how. */
  bulk: BulkSink | undefined;
  throttle: Throttle | undefined;
  originals: OriginalsStore;
  /** Of the table that was copied last: its next part goes on with what caches know. */
  scrubber?: { table: string; scrubber: TableScrubber };
  onRead(bytes: number): void;
}

/** Runs one job: rows from production through the scrubber into the loading server. Memory does not grow with the rows. */
export async function copyTable(context: CopyContext, job: CopyJob): Promise<CopiedPart> {
  const { bulk, file, loader } = context;
  let result = { read: 0, bytes: 0, problems: [] as ScrubProblem[] };
  const copyInto = async (sink: RowSink) => {
    result = await readThrough(context, job, sink);
  };
  const { insert } = job;
  const taken =
    bulk === undefined || insert === undefined
      ? undefined
      : await bulk.load(insert, job.parameters, () => copyInto(bulk));
  const loaded = taken ?? (await file.load(job.load, () => copyInto(file)));
  const { read, bytes, problems } = result;
  if (loaded.rows !== read)
    throw new GreenroomError('scrub-failed', {
      subject: job.table,
      detail: `${read - loaded.rows} of ${read} rows did not fit: a unique key or a constraint refused them`,
    });
  const altered = loaded.warnings === 0 ? [] : await alteredColumns(loader, job);
  return { rows: read, bytes, altered, problems };
}

/** Reads the job's rows and writes them, scrubbed, into a sink, at the pace of the slower side. */
async function readThrough(context: CopyContext, job: CopyJob, sink: RowSink) {
  const { reader, loader, throttle, clock } = context;
  const { change, problems } = changeOf(context, job);
  let bytes = 0;
  const between = (count: number): Promise<void> | undefined => {
    if (loader.failure !== undefined) throw loader.failure;
    bytes += count;
    context.onRead(count);
    const wait = throttle?.wait(count) ?? 0;
    if (wait < 2 && !sink.isFull) return undefined;
    return Promise.all([wait < 2 ? undefined : clock.sleep(wait), sink.drained()]).then(() => undefined);
  };
  const target = { sink, held: job.held, written: job.written, change };
  const read = await readRows(reader, job.select, job.columns, target, { between });
  return { read, bytes, problems: problems() };
}

/**
 * Names the columns that the server's notes are about. An ENUM is left out: the one value that it notes is the empty one that
 * production stored where a value was invalid, and it is stored the same again.
 */
async function alteredColumns(loader: PacketStream, job: CopyJob): Promise<string[]> {
  const notes = await readValues(loader, 'SHOW WARNINGS', 3);
  const columns = new Set<string>();
  for (const [, , message] of notes) {
    const name = job.plan.columns.find(
      column => message?.includes(`'${column.name}'`) || message?.includes(`\`${column.name}\``),
    );
    if (name?.dataType !== 'enum' || name.use !== 'keep') columns.add(name?.name ?? '?');
  }
  return [...columns];
}

interface Change {
  change(values: readonly Place[]): void;
  problems(): ScrubProblem[];
}

function changeOf(context: CopyContext, job: CopyJob): Change {
  if (job.written === 0) return { change: () => undefined, problems: () => [] };
  const { table } = job.plan;
  if (context.scrubber?.table !== table)
    context.scrubber = { table, scrubber: createTableScrubber(job.plan, context.key) };
  const { scrubber } = context.scrubber;
  const collect = context.originals.collectorOf(job.plan);
  const row = placesFor(job.plan.columns.length);
  let known: readonly Place[] | undefined;
  const change = (values: readonly Place[]) => {
    // The reader has the same places for every row: put where the plan has their columns, they are read and replaced there.
    if (known !== values)
      for (const [index, value] of values.entries()) row[job.heldAt[index] as number] = value;
    known = values;
    collect(row);
    scrubber.scrubPlaces(row);
  };
  return { change, problems: () => scrubber.problems() };
}

/** Errors of reading that mean: somebody changed the table while the build ran. */
const changedMeanwhile = new Set([1412, 1146, 1054, 1051, 1735]);

export function explainReading(error: unknown, table: string): unknown {
  const number = errnoOf(error);
  if (number === undefined || !changedMeanwhile.has(number)) return error;
  return new GreenroomError('production-moved', {
    subject: table,
    detail: 'its definition changed while it was being read',
    next: 'Start the build again; nothing of this one is kept.',
    cause: error,
  });
}
