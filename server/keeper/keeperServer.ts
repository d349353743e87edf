import { rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { type KeeperAnswer, keeperSocket } from '../environments/keeperClient.ts';
import { entryNames } from '../environments/records.ts';
import { messageOf } from '../platform/errors.ts';
import type { Host } from '../platform/host.ts';
import { projectPaths } from '../platform/paths.ts';
import { KeptEnvironment } from './keptEnvironment.ts';
import { keeperRequestSchema } from './request.ts';

/** How often each environment is looked at, and how long an empty keeper lives on. */
export interface KeeperTimes {
  lookEvery: number;
  emptyFor: number;
}

/** The store's keeper: answers on a socket that only its user can reach, until there is nothing left to keep. */
export class KeeperServer {
  readonly #host: Host;
  readonly #times: KeeperTimes;
  readonly #kept = new Map<string, KeptEnvironment>();
  /** Requests about one environment are answered one after the other. */
  readonly #queues = new Map<string, Promise<unknown>>();
  #end: () => void = () => undefined;

  constructor(host: Host, times: KeeperTimes) {
    this.#host = host;
    this.#times = times;
  }

  /** Runs until the keeper is told to quit, or has kept nothing for a while. */
  async run(): Promise<void> {
    let over = false;
    const ended = new Promise<void>(resolve => {
      this.#end = () => {
        over = true;
        resolve();
      };
    });
    // Before it takes over: whoever removes an environment meanwhile is heard.
    const server = await this.#listen();
    await this.#takeOver(() => over);
    let busyAt = this.#host.clock.elapsed();
    const timer = setInterval(() => {
      void this.#lookAtAll().then(() => {
        if (this.#kept.size > 0) busyAt = this.#host.clock.elapsed();
        else if (this.#host.clock.elapsed() - busyAt > this.#times.emptyFor) this.#end();
      });
    }, this.#times.lookEvery);
    await ended;
    clearInterval(timer);
    server.close();
    for (const kept of this.#kept.values()) await kept.close();
  }

  /** After a reboot or a crash: whatever the store holds is kept again. */
  async #takeOver(isOver: () => boolean): Promise<void> {
    for (const projectId of await entryNames(path.join(this.#host.paths.volume, 'projects'))) {
      const { environments } = projectPaths(this.#host.paths, projectId);
      for (const id of await entryNames(environments)) {
        if (isOver()) return;
        const directory = path.join(environments, id);
        await this.#inTurn(directory, () => this.#takeOne(directory));
      }
    }
  }

  async #takeOne(directory: string): Promise<void> {
    if (this.#kept.has(directory)) return;
    const kept = new KeptEnvironment(this.#host, directory);
    try {
      if ((await kept.look()) === 'gone') return;
      await kept.open();
      this.#kept.set(directory, kept);
    } catch (error) {
      await kept.close();
      this.#host.log.warn('not kept', { directory, problem: messageOf(error) });
    }
  }

  async #listen(): Promise<Server> {
    const socketPath = keeperSocket(this.#host);
    // The lock says that no other keeper lives: the file is a dead one's.
    await rm(socketPath, { force: true });
    const server = createServer(socket => this.#serve(socket));
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(socketPath, resolve));
    return server;
  }

  #serve(socket: Socket): void {
    const lines = createInterface({ input: socket });
    // Both tell of a client that was killed; where nobody listens, it would be the keeper's end.
    for (const each of [socket, lines])
      each.on('error', error => this.#host.log.debug('a client went away', { problem: messageOf(error) }));
    lines.on('line', line => {
      void this.#answer(line).then(answer => socket.writable && socket.write(`${JSON.stringify(answer)}\n`));
    });
  }

  async #answer(line: string): Promise<KeeperAnswer> {
    try {
      const { verb, directory } = keeperRequestSchema.parse(JSON.parse(line));
      if (verb === 'quit') setImmediate(this.#end);
      else await this.#inTurn(directory, () => this.#do(verb, directory));
      return { ok: true };
    } catch (error) {
      return { ok: false, problem: messageOf(error) };
    }
  }

  async #do(verb: 'open' | 'close' | 'guard', directory: string): Promise<void> {
    const kept = this.#kept.get(directory) ?? new KeptEnvironment(this.#host, directory);
    if (verb === 'close') {
      this.#kept.delete(directory);
      return kept.close();
    }
    if (verb === 'open') await kept.open();
    else await kept.guard();
    this.#kept.set(directory, kept);
  }

  async #lookAtAll(): Promise<void> {
    for (const kept of [...this.#kept.values()]) {
      await this.#inTurn(kept.directory, async () => {
        try {
          if ((await kept.look()) === 'gone') this.#kept.delete(kept.directory);
        } catch (error) {
          this.#host.log.warn('could not look', { directory: kept.directory, problem: messageOf(error) });
        }
      });
    }
  }

  async #inTurn(directory: string, action: () => Promise<void>): Promise<void> {
    const previous = this.#queues.get(directory) ?? Promise.resolve();
    const next = previous.then(action, action);
    this.#queues.set(directory, next);
    try {
      await next;
    } finally {
      if (this.#queues.get(directory) === next) this.#queues.delete(directory);
    }
  }
}
