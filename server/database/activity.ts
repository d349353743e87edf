import type { Host } from '../platform/host.ts';
import { connect } from './connection.ts';
import { findServer } from './privateServer.ts';

/**
 * Client connections that are open on a clone, our own probe not counted; 0 when it sleeps. Does not wake it.
 *
 * @throws GreenroomError `database-unreachable` when it is just going down
 */
export async function activeConnections(host: Host, directory: string): Promise<number> {
  return (await sampleActivity(host, directory))?.open ?? 0;
}

/** What one look at a clone saw. */
export interface ActivitySample {
  /** Connections open now, without the look's own. */
  open: number;
  /** Connection attempts since the server started, the look's own included: tells of visits between two looks. */
  attempts: number;
}

/** `undefined` when the clone sleeps. */
export async function sampleActivity(host: Host, directory: string): Promise<ActivitySample | undefined> {
  const server = await findServer(host, directory);
  if (server === undefined) return undefined;
  const connection = await connect(host, server.address);
  try {
    const rows = await connection.rows(
      "SHOW GLOBAL STATUS WHERE Variable_name IN ('Threads_connected', 'Connections')",
    );
    const status = new Map(rows.map(([name, value]) => [name, Number(value)]));
    return { open: (status.get('Threads_connected') ?? 1) - 1, attempts: status.get('Connections') ?? 0 };
  } finally {
    await connection.close();
  }
}

/**
 * Watches one clone across looks: knows since when nobody has been connected. Durations are measured by the clock
 * that cannot jump.
 */
export class IdleWatch {
  readonly #host: Host;
  readonly #directory: string;
  #lastAttempts: number | undefined;
  #idleSince: number;

  constructor(host: Host, directory: string) {
    this.#host = host;
    this.#directory = directory;
    this.#idleSince = host.clock.elapsed();
  }

  /** Milliseconds without a client, as of this look; `undefined` when the clone sleeps. */
  async look(): Promise<number | undefined> {
    const sample = await sampleActivity(this.#host, this.#directory);
    const now = this.#host.clock.elapsed();
    if (sample === undefined) {
      this.#lastAttempts = undefined;
      this.#idleSince = now;
      return undefined;
    }
    const visited = this.#lastAttempts === undefined || sample.attempts !== this.#lastAttempts + 1;
    if (sample.open > 0 || visited) this.#idleSince = now;
    this.#lastAttempts = sample.attempts;
    return now - this.#idleSince;
  }
}
