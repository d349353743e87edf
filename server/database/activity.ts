import { appendFile, stat } from 'node:fs/promises';
import type { Host } from '../platform/host.ts';
import { connect } from './connection.ts';
import { findServer } from './privateServer.ts';
import { looksFile } from './serverFiles.ts';

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
  /** Connections since the server started that were not looks, of whichever process: tells of visits between two looks. */
  visits: number;
  /** Changes when the server is started anew. */
  server: string;
}

/** `undefined` when the clone sleeps. */
export async function sampleActivity(host: Host, directory: string): Promise<ActivitySample | undefined> {
  const server = await findServer(host, directory);
  if (server === undefined) return undefined;
  const looks = looksFile(directory);
  // One byte a look, noted before it is made. The server's start removes the file.
  await appendFile(looks, '.', { mode: 0o600 });
  const connection = await connect(host, server.address);
  try {
    const rows = await connection.rows(
      "SHOW GLOBAL STATUS WHERE Variable_name IN ('Threads_connected', 'Connections')",
    );
    const status = new Map(rows.map(([name, value]) => [name, Number(value)]));
    return {
      open: (status.get('Threads_connected') ?? 1) - 1,
      visits: (status.get('Connections') ?? 0) - (await stat(looks)).size,
      server: `${server.process.pid} ${server.process.startedAt}`,
    };
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
  #last: ActivitySample | undefined;
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
    const last = this.#last;
    this.#last = sample;
    if (sample === undefined) {
      this.#idleSince = now;
      return undefined;
    }
    // Another process may be noting a look this moment: a count that is too low for once is no visit, nor is its return.
    if (last?.server === sample.server)
      this.#last = { ...sample, visits: Math.max(sample.visits, last.visits) };
    if (sample.open > 0 || last?.server !== sample.server || sample.visits > last.visits)
      this.#idleSince = now;
    return now - this.#idleSince;
  }
}
