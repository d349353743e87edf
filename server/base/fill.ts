import { type Connection, errnoOf } from '../database/connection.ts';
import { GreenroomError } from '../platform/errors.ts';
import type { Operation } from '../platform/progress.ts';
import { executeIn } from '../schema/applySession.ts';
import type { CreateStatement } from '../schema/createAll.ts';
import type { TablePlan } from '../scrub/plan.ts';
import type { CopyJob, TablePart } from './copyJob.ts';
import { collectGarbage } from './heap.ts';
import type { Meter } from './meter.ts';
import type { CopyThread, CopyThreads } from './workers.ts';

/** Tables. What their jobs and answers leave behind is collected in between. */
const collectEvery = 1_000;

export interface TableWork {
  table: string;
  bytes: number;
  /** Along what lines it is cut. None: its rows stay where they are. */
  parts: TablePart[];
  /** Shapes the job of a part when its turn comes: those of ten thousand tables would fill memory. */
  jobOf(part: TablePart): CopyJob;
  plan: TablePlan | undefined;
  versioned: boolean;
  /** Its indexes and foreign keys, once all rows are in. */
  after: CreateStatement | undefined;
}

export interface FilledTable {
  rows: number;
  bytes: number;
  altered: Set<string>;
  /** How often a column could not be scrubbed as its rule says, by what was wrong. */
  problems: Map<string, number>;
}

const emptySum = (): FilledTable => ({ rows: 0, bytes: 0, altered: new Set(), problems: new Map() });

/**
 * Copies tables on all threads at once: the longest first, so that no long one is left for the end, and the indexes of a
 * finished table before the next table is begun. Threads keep to different tables while they can: for each row with an
 * AUTO_INCREMENT MariaDB locks the root of the table's tree, and two that insert wait for each other.
 *
 * @param checked tables whose checksum is wanted
 * @param builders one session of the loading server per thread, for the indexes
 */
export async function fillTables(
  threads: CopyThreads,
  builders: readonly Connection[],
  work: readonly TableWork[],
  checked: ReadonlySet<string>,
  meter: Meter,
  operation: Operation,
): Promise<{ filled: Map<string, FilledTable>; checksums: Map<string, string> }> {
  const filled = new Map<string, FilledTable>();
  const checksums = new Map<string, string>();
  const queue = new Queue(work, checked);
  const perform = async (item: Item, thread: CopyThread, builder: Connection) => {
    const { table } = item.work;
    if (item.kind === 'index') return addIndexes(builder, item.work);
    if (item.kind === 'checksum') {
      checksums.set(table, await thread.ask({ do: 'checksum', table }));
      return;
    }
    const part = await thread.ask({ do: 'copy', job: item.work.jobOf(item.part) });
    const sum: FilledTable = filled.get(table) ?? emptySum();
    sum.rows += part.rows;
    sum.bytes += part.bytes;
    for (const column of part.altered) sum.altered.add(column);
    for (const { column, what, count } of part.problems) {
      const id = `${column}: ${what}`;
      sum.problems.set(id, (sum.problems.get(id) ?? 0) + count);
    }
    filled.set(table, sum);
  };
  const run = async (thread: CopyThread, builder: Connection) => {
    try {
      for (let item = await queue.take(); item !== undefined; item = await queue.take()) {
        await perform(item, thread, builder);
        if (queue.done(item)) {
          meter.finished(item.work.table);
          if (filled.size % collectEvery === 0) collectGarbage();
        }
        if (operation.signal.aborted) return queue.stop();
      }
    } catch (error) {
      queue.stop();
      throw error;
    }
  };
  const runs = threads.threads.map((thread, index) => run(thread, builders[index] as Connection));
  const outcomes = await Promise.allSettled(runs);
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  if (operation.signal.aborted) throw new GreenroomError('cancelled', { subject: 'base build' });
  return { filled, checksums };
}

type Item =
  | { kind: 'copy'; work: TableWork; part: TablePart }
  | { kind: 'index'; work: TableWork }
  | { kind: 'checksum'; work: TableWork };

/** What is to be done next. A thread that finds nothing waits while others may still bring indexes to build. */
class Queue {
  readonly #copies: Item[];
  readonly #indexes: Item[] = [];
  readonly #partsLeft = new Map<string, number>();
  /** Tables that are being copied, once per thread. */
  readonly #busy: string[] = [];
  #running = 0;
  #stopped = false;
  #waiting: (() => void)[] = [];

  constructor(work: readonly TableWork[], checked: ReadonlySet<string>) {
    const ordered = [...work].sort((a, b) => b.bytes - a.bytes);
    this.#copies = ordered.flatMap<Item>(table => [
      ...table.parts.map(part => ({ kind: 'copy' as const, work: table, part })),
      // Right after its rows, which production then still has in memory.
      ...(checked.has(table.table) && table.parts.length > 0
        ? [{ kind: 'checksum' as const, work: table }]
        : []),
    ]);
    for (const table of work) this.#partsLeft.set(table.table, table.parts.length);
    for (const table of work)
      if (table.parts.length === 0 && table.after !== undefined)
        this.#indexes.push({ kind: 'index', work: table });
  }

  async take(): Promise<Item | undefined> {
    for (;;) {
      if (this.#stopped) return undefined;
      const item = this.#indexes.shift() ?? this.#nextCopy();
      if (item !== undefined) {
        this.#running++;
        return item;
      }
      if (this.#running === 0) return undefined;
      await new Promise<void>(resolve => this.#waiting.push(resolve));
    }
  }

  /** Of a table that no other thread is at, if there is one. */
  #nextCopy(): Item | undefined {
    const free = this.#copies.findIndex(item => !this.#busy.includes(item.work.table));
    const [item] = this.#copies.splice(Math.max(free, 0), 1);
    if (item !== undefined) this.#busy.push(item.work.table);
    return item;
  }

  /** True when all rows of the item's table are in. */
  done(item: Item): boolean {
    this.#running--;
    if (item.kind !== 'index') this.#busy.splice(this.#busy.indexOf(item.work.table), 1);
    let complete = false;
    if (item.kind === 'copy') {
      const left = (this.#partsLeft.get(item.work.table) ?? 1) - 1;
      this.#partsLeft.set(item.work.table, left);
      complete = left === 0;
      if (complete && item.work.after !== undefined) this.#indexes.push({ kind: 'index', work: item.work });
    }
    this.#wake();
    return complete;
  }

  stop(): void {
    this.#stopped = true;
    this.#wake();
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resume of waiting) resume();
  }
}

async function addIndexes(builder: Connection, work: TableWork): Promise<void> {
  if (work.after === undefined) return;
  try {
    await executeIn(builder, work.after.session, work.after.sql);
  } catch (error) {
    // The message quotes the value, which a rule may have kept.
    if (errnoOf(error) !== 1062) throw error;
    throw new GreenroomError('scrub-failed', {
      subject: work.table,
      detail: 'two rows have the same value in a unique key after scrubbing',
      next: 'Choose a transformer that keeps values unique for the columns of its unique keys.',
    });
  }
}
