import { once } from 'node:events';
import { type FSWatcher, watch } from 'node:fs';
import { rm } from 'node:fs/promises';
import { connect as connectSocket, createServer, type Server, type Socket } from 'node:net';
import { GreenroomError, messageOf } from '../platform/errors.ts';
import type { Host } from '../platform/host.ts';
import { isPortFree } from '../platform/ports.ts';
import { cloneAddress, cloneState, wakeBehindDoor, withCloneLock } from './clone.ts';
import { removeDoor, writeDoor } from './doorRecord.ts';
import type { RunningServer } from './privateServer.ts';
import { socketPathFor } from './serverFiles.ts';

export interface Doorkeeper {
  /** Settles once: with the server when the clone was woken through this door, `undefined` when the door was closed. */
  readonly ended: Promise<RunningServer | undefined>;
  /** Gives port and socket free; connections that were let through are cut. */
  close(): Promise<void>;
}

/**
 * Holds the port and the socket of a sleeping clone. The first client is kept waiting while the server starts in its
 * place, and then talks to it through this process; later clients reach the server directly. When waking fails, those
 * who wait are cut off and the next client is another attempt.
 *
 * @throws GreenroomError `environment-missing`, or `environment-busy` when the clone is awake or its port taken
 */
export async function keepDoor(host: Host, directory: string): Promise<Doorkeeper> {
  const door = new Door(host, directory);
  await withCloneLock(host, directory, 'guarding a sleeping clone', undefined, () => door.open());
  return door;
}

/** Milliseconds in which further clients are let in before the port is handed to the server. */
const grace = 10;

class Door implements Doorkeeper {
  readonly ended: Promise<RunningServer | undefined>;
  readonly #host: Host;
  readonly #directory: string;
  readonly #held = new Set<Socket>();
  readonly #connections = new Set<Socket>();
  #listeners: Server[] = [];
  #watcher: FSWatcher | undefined;
  #state: 'closed' | 'waiting' | 'waking' | 'awake' = 'closed';
  #end: (server: RunningServer | undefined) => void = () => undefined;

  constructor(host: Host, directory: string) {
    this.#host = host;
    this.#directory = directory;
    this.ended = new Promise(resolve => {
      this.#end = resolve;
    });
  }

  /** Under the clone's lock: nobody starts or removes the clone meanwhile. */
  async open(): Promise<void> {
    const { port } = await cloneAddress(this.#host, this.#directory);
    if ((await cloneState(this.#host, this.#directory)) === 'running')
      throw new GreenroomError('environment-busy', { subject: this.#directory, detail: 'it is awake' });
    const socketPath = await socketPathFor(this.#host, this.#directory);
    const keeper = await this.#host.processes.identify(process.pid);
    if (keeper === undefined)
      throw new GreenroomError('internal', { detail: 'this process cannot see itself' });
    await rm(socketPath, { force: true });
    this.#state = 'waiting';
    try {
      await this.#listen({ path: socketPath });
      if (port !== 0) await this.#listen({ host: '127.0.0.1', port, exclusive: true });
      await writeDoor(this.#directory, { keeper, socketPath });
    } catch (cause) {
      await this.close();
      throw new GreenroomError('environment-busy', {
        subject: this.#directory,
        detail: `port ${port} is used by another program`,
        cause,
      });
    }
    // Removing the clone, in whichever process, begins by changing its files.
    this.#watcher ??= watch(this.#directory, () => void this.#closeIfGone());
    this.#watcher.on('error', () => void this.close());
  }

  async close(): Promise<void> {
    if (this.#state === 'waiting') await removeDoor(this.#directory);
    this.#state = 'closed';
    this.#watcher?.close();
    this.#stopListening();
    for (const socket of this.#connections) socket.destroy();
    this.#end(undefined);
  }

  async #listen(where: { path: string } | { host: string; port: number; exclusive: boolean }): Promise<void> {
    const listener = createServer({ pauseOnConnect: true }, socket => this.#admit(socket));
    this.#listeners.push(listener);
    listener.listen(where);
    await once(listener, 'listening');
  }

  #stopListening(): void {
    // A listener lets go of its port at once; its `close` event waits for the clients it let in.
    for (const listener of this.#listeners) listener.close();
    this.#listeners = [];
  }

  #admit(socket: Socket): void {
    this.#connections.add(socket);
    this.#held.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => {
      this.#connections.delete(socket);
      this.#held.delete(socket);
    });
    if (this.#state === 'waiting') void this.#wake();
  }

  async #wake(): Promise<void> {
    this.#state = 'waking';
    try {
      // A pool opens many connections at once: those already under way would be refused.
      await this.#host.clock.sleep(grace);
      this.#stopListening();
      await removeDoor(this.#directory);
      await this.#portIsFree();
      const server = await wakeBehindDoor(this.#host, this.#directory);
      if (this.#isClosed()) return;
      this.#state = 'awake';
      this.#watcher?.close();
      for (const socket of this.#held) this.#letThrough(socket, server);
      this.#held.clear();
      this.#end(server);
    } catch (error) {
      this.#host.log.error('a client could not wake its database', {
        directory: this.#directory,
        problem: messageOf(error),
      });
      for (const socket of this.#held) socket.destroy();
      if (!this.#isClosed()) await this.#reopen();
    }
  }

  #isClosed(): boolean {
    return this.#state === 'closed';
  }

  async #reopen(): Promise<void> {
    try {
      await withCloneLock(this.#host, this.#directory, 'guarding a sleeping clone', undefined, () =>
        this.open(),
      );
    } catch (error) {
      this.#host.log.error('a sleeping clone stays without a guard', {
        directory: this.#directory,
        problem: messageOf(error),
      });
      await this.close();
    }
  }

  async #portIsFree(): Promise<void> {
    const { port } = await cloneAddress(this.#host, this.#directory);
    const deadline = this.#host.clock.elapsed() + 2000;
    while (port !== 0 && !(await isPortFree(port)) && this.#host.clock.elapsed() < deadline)
      await this.#host.clock.sleep(2);
  }

  #letThrough(client: Socket, server: RunningServer): void {
    const upstream = connectSocket({ path: server.socketPath });
    this.#connections.add(upstream);
    upstream.once('close', () => {
      this.#connections.delete(upstream);
      client.destroy();
    });
    upstream.on('error', () => upstream.destroy());
    client.once('close', () => upstream.destroy());
    client.pipe(upstream).pipe(client);
    client.resume();
  }

  async #closeIfGone(): Promise<void> {
    if (this.#state !== 'waiting') return;
    try {
      if ((await cloneState(this.#host, this.#directory)) === 'missing') await this.close();
    } catch (error) {
      this.#host.log.warn('a sleeping clone cannot be read', {
        directory: this.#directory,
        problem: messageOf(error),
      });
      await this.close();
    }
  }
}
