import path from 'node:path';
import { IdleWatch } from '../database/activity.ts';
import { cloneState, stopClone } from '../database/clone.ts';
import { type Doorkeeper, keepDoor } from '../database/doorkeeper.ts';
import { cloneUser } from '../database/privateServer.ts';
import { type EnvironmentRecord, environmentRecordSchema } from '../environments/record.ts';
import { readJson } from '../platform/atomicFile.ts';
import { hasReason, messageOf } from '../platform/errors.ts';
import type { Host } from '../platform/host.ts';
import { type RunningInbox, startInbox } from '../reroute/inbox/inbox.ts';

/** One environment in the keeper's care: its inbox, its clone's sleep, its door. */
export class KeptEnvironment {
  readonly directory: string;
  readonly #host: Host;
  readonly #clone: string;
  #inbox: RunningInbox | undefined;
  #idle: IdleWatch | undefined;
  #door: Doorkeeper | undefined;

  constructor(host: Host, directory: string) {
    this.#host = host;
    this.directory = directory;
    this.#clone = path.join(directory, 'clone');
  }

  /** Opens the inbox's ports, once. */
  async open(): Promise<void> {
    if (this.#inbox) return;
    const record = await this.#record();
    if (!isThere(record)) throw new Error(`no environment at ${this.directory}`);
    const { smtpPort, httpPort } = record.inbox;
    this.#inbox = await startInbox(this.#host, {
      directory: path.join(this.directory, 'inbox'),
      smtpPort,
      httpPort,
      database: { port: record.port, user: cloneUser, name: record.database },
    });
  }

  async close(): Promise<void> {
    await this.#inbox?.close();
    this.#inbox = undefined;
    await this.#door?.close();
    this.#door = undefined;
  }

  /** Holds the port of the sleeping clone; its first client wakes it. Does nothing when it is awake or guarded. */
  async guard(): Promise<void> {
    if (this.#door || (await cloneState(this.#host, this.#clone)) !== 'stopped') return;
    let door: Doorkeeper;
    try {
      door = await keepDoor(this.#host, this.#clone);
    } catch (error) {
      // It woke meanwhile, or its port is taken for now: the next look tries again.
      if (!hasReason(error, 'environment-busy', 'environment-missing')) throw error;
      this.#host.log.debug('not guarded', { directory: this.directory, problem: messageOf(error) });
      return;
    }
    this.#door = door;
    void door.ended.then(() => {
      if (this.#door === door) this.#door = undefined;
      this.#idle = undefined;
    });
  }

  /** One look: is it still there, has its clone been idle for long enough to sleep, is a stopped one guarded. */
  async look(): Promise<'kept' | 'gone'> {
    const record = await this.#record();
    if (!isThere(record)) {
      await this.close();
      return 'gone';
    }
    if (record.life.state !== 'ready') return 'kept';
    this.#idle ??= new IdleWatch(this.#host, this.#clone);
    const idle = await this.#idle.look();
    if (idle !== undefined && idle >= record.sleepAfter) {
      this.#host.log.info('to sleep', { branch: record.branch, idle: Math.round(idle) });
      await stopClone(this.#host, this.#clone);
    }
    await this.guard();
    return 'kept';
  }

  #record(): Promise<EnvironmentRecord | undefined> {
    return readJson(path.join(this.directory, 'environment.json'), environmentRecordSchema);
  }
}

function isThere(record: EnvironmentRecord | undefined): record is EnvironmentRecord {
  return record !== undefined && record.life.state !== 'expired' && record.life.state !== 'destroying';
}
