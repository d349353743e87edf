import type { Duplex } from 'node:stream';
import { parentPort, workerData } from 'node:worker_threads';
import type { DatabaseAddress } from '../database/address.ts';
import { type Connection, connect } from '../database/connection.ts';
import { quoteName } from '../database/quote.ts';
import { atLeast } from '../database/serverInfo.ts';
import { systemClock } from '../platform/clock.ts';
import { GreenroomError } from '../platform/errors.ts';
import type { Host } from '../platform/host.ts';
import { createLogger, Redactor } from '../platform/log.ts';
import { systemProcesses } from '../platform/processes.ts';
import { TableSearch } from '../scrub/leaks.ts';
import type { CollectedOriginals } from '../scrub/originals.ts';
import { OriginalsIndex } from '../scrub/proof/originalsIndex.ts';
import type { CopyJob } from './copyJob.ts';
import { type CopyContext, copyTable, explainReading } from './copyTable.ts';
import { collectGarbage } from './heap.ts';
import { OriginalsStore } from './originalsStore.ts';
import { toPortable } from './portableError.ts';
import type { SearchJob } from './searchJob.ts';
import { SearchSink } from './searchSink.ts';
import { Throttle } from './throttle.ts';
import { bulkLogin } from './wire/bulkLogin.ts';
import { BulkSink } from './wire/bulkSink.ts';
import { LoadDataSink } from './wire/loadDataSink.ts';
import { PacketStream } from './wire/packetStream.ts';
import { readValues } from './wire/readValues.ts';
import { readRows } from './wire/resultReader.ts';
import type { FromWorker, SnapshotPosition, ToWorker, WorkerRequest, WorkerStart } from './workerMessages.ts';

/** A thread of a build: two connections, and between them the scrubber. It does one request at a time. */
class CopyWorker {
  readonly #start: WorkerStart;
  readonly #host: Host;
  readonly #post: (message: FromWorker) => void;
  readonly #connections: Connection[] = [];
  #source: Connection | undefined;
  #context: CopyContext | undefined;
  #index: OriginalsIndex | undefined;
  #unreported = { table: '', bytes: 0, rows: 0, since: 0 };

  constructor(start: WorkerStart, post: (message: FromWorker) => void) {
    this.#start = start;
    this.#post = post;
    const redact = new Redactor();
    this.#host = {
      clock: systemClock,
      redact,
      log: createLogger((level, line) => post({ kind: 'log', level, line }), redact),
      processes: systemProcesses,
      paths: start.paths,
      platform: process.platform,
      environment: process.env,
    };
  }

  async handle(request: WorkerRequest): Promise<unknown> {
    switch (request.do) {
      case 'open':
        return this.#open(request.loader);
      case 'snapshot':
        return this.#snapshot();
      case 'copy':
        return this.#copy(request.job);
      case 'checksum':
        return this.#checksum(request.table);
      case 'release':
        this.#source?.destroy();
        collectGarbage();
        return undefined;
      case 'originals':
        return this.#takeOriginals();
      case 'index':
        this.#index = new OriginalsIndex(request.originals, this.#start.key);
        return undefined;
      case 'search':
        return this.#search(request.job);
      case 'close':
        for (const connection of this.#connections) connection.destroy();
        return undefined;
    }
  }

  async #open(loader: DatabaseAddress): Promise<void> {
    const { production, key, maxReadRate, proofSample } = this.#start;
    const source = await connect(this.#host, production, { readOnly: true, forDetaching: true });
    this.#connections.push(source);
    this.#source = source;
    // Bytes as they are stored, times without daylight saving, one snapshot for all statements.
    await source.execute('SET SESSION character_set_results = NULL');
    await source.execute('SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ');
    const { stream, canBulk } = await this.#openLoader(loader);
    const into = new PacketStream(stream, 'the private server');
    for (const statement of loaderSettings(this.#start.engine)) await into.command(statement);
    this.#context = {
      clock: this.#host.clock,
      key,
      reader: new PacketStream(source.detach(), 'production'),
      loader: into,
      file: new LoadDataSink(into),
      bulk: canBulk ? new BulkSink(into) : undefined,
      throttle: maxReadRate === undefined ? undefined : new Throttle(this.#host.clock, maxReadRate),
      originals: new OriginalsStore(key, proofSample),
      onRead: bytes => this.#report(bytes),
    };
  }

  async #openLoader(loader: DatabaseAddress): Promise<{ stream: Duplex; canBulk: boolean }> {
    if (this.#start.engine.flavour === 'mariadb') {
      const stream = await bulkLogin(loader);
      if (stream !== undefined) return { stream, canBulk: true };
    }
    const target = await connect(this.#host, loader, { forDetaching: true });
    this.#connections.push(target);
    return { stream: target.detach(), canBulk: false };
  }

  async #snapshot(): Promise<SnapshotPosition | undefined> {
    const { reader } = this.#opened();
    await reader.command('ROLLBACK');
    await reader.command('START TRANSACTION WITH CONSISTENT SNAPSHOT');
    const status = new Map(
      (await readValues(reader, "SHOW STATUS LIKE 'binlog_snapshot_%'", 2)).map(([name, value]) => [
        name?.toLowerCase(),
        value,
      ]),
    );
    await reader.command('SAVEPOINT greenroom');
    const file = status.get('binlog_snapshot_file');
    const position = status.get('binlog_snapshot_position');
    return file && position ? { file, position } : undefined;
  }

  async #copy(job: CopyJob) {
    const context = this.#opened();
    this.#unreported.table = job.table;
    try {
      const copied = await copyTable(context, job);
      // Gives back the lock on the table's definition, so that production's own DDL does not wait for the whole build.
      await context.reader.command('ROLLBACK TO SAVEPOINT greenroom');
      return copied;
    } catch (error) {
      throw explainReading(error, job.table);
    } finally {
      this.#flushReport();
    }
  }

  async #checksum(table: string): Promise<string> {
    const { reader } = this.#opened();
    const rows = await readValues(reader, `CHECKSUM TABLE ${quoteName(table)}`, 2);
    await reader.command('ROLLBACK TO SAVEPOINT greenroom');
    return rows[0]?.[1] ?? '';
  }

  async #search(job: SearchJob) {
    if (this.#index === undefined)
      throw new GreenroomError('internal', { detail: 'search without an index' });
    const search = new TableSearch(job.plan, this.#index);
    const sink = new SearchSink(search, job.searchedAt);
    const target = { sink, held: 0, written: 0, change: () => undefined };
    await readRows(this.#opened().loader, job.select, job.columns, target, { between: () => undefined });
    return { leaks: search.leaks(), rows: search.rows, bytes: search.bytes };
  }

  #takeOriginals(): CollectedOriginals {
    const originals = this.#opened().originals.take();
    collectGarbage();
    return originals;
  }

  #opened(): CopyContext {
    if (this.#context === undefined) throw new GreenroomError('internal', { detail: 'worker not opened' });
    return this.#context;
  }

  /** Ten reports a second are enough for a progress bar. */
  #report(bytes: number): void {
    this.#unreported.bytes += bytes;
    const now = this.#host.clock.elapsed();
    if (now - this.#unreported.since >= 100) {
      this.#unreported.since = now;
      this.#flushReport();
    }
  }

  #flushReport(): void {
    const { table, bytes, rows } = this.#unreported;
    if (bytes === 0) return;
    this.#unreported.bytes = 0;
    this.#post({ kind: 'read', table, bytes, rows });
  }
}

/** What a row is checked against is production's business; here it only has to arrive as it was. */
function loaderSettings({ flavour, version }: WorkerStart['engine']): string[] {
  return [
    "SET SESSION sql_mode = 'NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES', time_zone = '+00:00', foreign_key_checks = 0",
    'SET SESSION net_read_timeout = 86400, net_write_timeout = 86400, wait_timeout = 86400',
    ...(flavour === 'mariadb' ? ['SET SESSION check_constraint_checks = 0'] : []),
    ...(flavour === 'mariadb' && atLeast(version, [10, 11, 0])
      ? ['SET SESSION system_versioning_insert_history = 1']
      : []),
  ];
}

if (parentPort !== null) {
  const port = parentPort;
  const worker = new CopyWorker(workerData as WorkerStart, message => port.postMessage(message));
  port.on('message', ({ id, request }: ToWorker) => {
    worker.handle(request).then(
      value => port.postMessage({ kind: 'answer', id, value } satisfies FromWorker, movable(value)),
      error => port.postMessage({ kind: 'error', id, error: toPortable(error) } satisfies FromWorker),
    );
  });
}

/** Fingerprints are moved to the other thread, not copied: there may be tens of megabytes of them. */
function movable(value: unknown): ArrayBuffer[] {
  if (typeof value !== 'object' || value === null || !('sets' in value)) return [];
  const { sets } = value as CollectedOriginals;
  return Object.values(sets).flatMap(({ slots }) =>
    slots.buffer instanceof ArrayBuffer ? [slots.buffer] : [],
  );
}
