import { Worker } from 'node:worker_threads';
import { GreenroomError, messageOf } from '../platform/errors.ts';
import type { Host } from '../platform/host.ts';
import { workerUrl } from '../platform/workerUrl.ts';
import { fromPortable } from './portableError.ts';
import type { FromWorker, ToWorker, WorkerAnswers, WorkerRequest, WorkerStart } from './workerMessages.ts';

export type ReadListener = (table: string, bytes: number) => void;

/** One worker thread, asked one thing at a time. */
export class CopyThread {
  readonly #worker: Worker;
  readonly #waiting = new Map<
    number,
    { resolve: (value: never) => void; reject: (error: unknown) => void }
  >();
  #next = 0;
  #gone: unknown;

  constructor(host: Host, start: WorkerStart, onRead: ReadListener) {
    this.#worker = new Worker(workerUrl('base/worker.ts', 'baseWorker.js'), {
      workerData: start,
      // Little garbage is made, but Buffers outside the heap go only when it is collected: so collect often.
      resourceLimits: { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 96 },
    });
    this.#worker.on('message', (message: FromWorker) => {
      switch (message.kind) {
        case 'answer':
          this.#take(message.id)?.resolve(message.value as never);
          break;
        case 'error':
          this.#take(message.id)?.reject(fromPortable(message.error));
          break;
        case 'read':
          onRead(message.table, message.bytes);
          break;
        case 'log':
          host.log[message.level](message.line);
      }
    });
    this.#worker.on('error', error =>
      this.#end(
        new GreenroomError('internal', {
          detail: `a worker thread failed: ${messageOf(error)}`,
          cause: error,
        }),
      ),
    );
    this.#worker.on('exit', code =>
      this.#end(new GreenroomError('internal', { detail: `a worker thread ended with code ${code}` })),
    );
  }

  ask<K extends WorkerRequest['do']>(request: Extract<WorkerRequest, { do: K }>): Promise<WorkerAnswers[K]> {
    if (this.#gone !== undefined) return Promise.reject(this.#gone);
    const id = this.#next++;
    return new Promise<WorkerAnswers[K]>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, request } satisfies ToWorker);
    });
  }

  /** Ends the thread with its connections, in the middle of whatever it does. */
  async stop(): Promise<void> {
    this.#end(new GreenroomError('cancelled', { subject: 'base build' }));
    await this.#worker.terminate();
  }

  #take(id: number) {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }

  #end(reason: unknown): void {
    this.#gone ??= reason;
    for (const { reject } of this.#waiting.values()) reject(this.#gone);
    this.#waiting.clear();
  }
}

/** The threads of one build. */
export class CopyThreads {
  threads: readonly CopyThread[];

  constructor(host: Host, count: number, start: WorkerStart, onRead: ReadListener) {
    const share = start.maxReadRate === undefined ? {} : { maxReadRate: start.maxReadRate / count };
    this.threads = Array.from({ length: count }, () => new CopyThread(host, { ...start, ...share }, onRead));
  }

  /** Asks all of them the same, at the same time. */
  all<K extends WorkerRequest['do']>(
    request: Extract<WorkerRequest, { do: K }>,
  ): Promise<WorkerAnswers[K][]> {
    return Promise.all(this.threads.map(thread => thread.ask(request)));
  }

  /** Keeps only the first so many: when readers cannot share a snapshot, one has to do. */
  async keep(count: number): Promise<void> {
    const others = this.threads.slice(count);
    this.threads = this.threads.slice(0, count);
    await Promise.all(others.map(thread => thread.stop()));
  }

  async stop(): Promise<void> {
    await Promise.all(this.threads.map(thread => thread.stop()));
  }
}
