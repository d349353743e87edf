import type { ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { GreenroomError, hasReason } from '../platform/errors.ts';
import type { Host } from '../platform/host.ts';
import type { ProcessIdentity } from '../platform/processes.ts';
import type { DatabaseAddress } from './address.ts';
import { confinementAdvice } from './confinement.ts';
import { connect } from './connection.ts';

/**
 * Waits until the server answers a log-in as the account it will be used with. Ends at once when the process ends.
 *
 * @throws GreenroomError `process-failed` with the server's own last errors, `timeout`, `cancelled`
 */
export async function awaitReady(
  host: Host,
  server: { directory: string; address: DatabaseAddress },
  child: ChildProcess,
  log: string,
  options: { signal?: AbortSignal; timeoutMs?: number },
): Promise<void> {
  const timeout = options.timeoutMs ?? 120_000;
  const deadline = host.clock.elapsed() + timeout;
  const { database: _, ...address } = server.address;
  for (;;) {
    if (options.signal?.aborted) throw new GreenroomError('cancelled', { subject: server.directory });
    if (child.exitCode !== null || child.signalCode !== null)
      throw new GreenroomError('process-failed', {
        subject: child.spawnfile,
        detail: `${child.signalCode ?? `exit code ${child.exitCode}`} while starting`,
        items: await lastErrors(log),
        ...(await confinementAdvice(child.spawnfile)),
      });
    try {
      const connection = await connect(host, address, {
        timeoutMs: Math.max(1000, deadline - host.clock.elapsed()),
        ...(options.signal && { signal: options.signal }),
      });
      await connection.close();
      return;
    } catch (error) {
      // The socket is there before the server is ready to talk, and may not be there yet.
      if (!hasReason(error, 'database-unreachable')) throw error;
    }
    if (host.clock.elapsed() > deadline)
      throw new GreenroomError('timeout', {
        subject: child.spawnfile,
        detail: `no answer after ${timeout} ms`,
        items: await lastErrors(log),
      });
    await host.clock.sleep(5);
  }
}

/**
 * For a server that somebody else started, perhaps this very moment: waits until it answers.
 *
 * @returns false when its process ends instead
 */
export async function answers(
  host: Host,
  server: { process: ProcessIdentity; address: DatabaseAddress },
): Promise<boolean> {
  const { database: _, ...address } = server.address;
  for (;;) {
    try {
      const connection = await connect(host, address);
      await connection.close();
      return true;
    } catch (error) {
      if (!hasReason(error, 'database-unreachable')) throw error;
    }
    if (!(await host.processes.isAlive(server.process))) return false;
    await host.clock.sleep(5);
  }
}

/** The error lines at the end of a server's log, or its last lines if it named no error. */
async function lastErrors(log: string): Promise<string[]> {
  const lines = (await readFile(log, 'utf8')).trim().split('\n').slice(-40);
  const errors = lines.filter(line => /\[?ERROR\]?/.test(line));
  return (errors.length > 0 ? errors : lines).slice(-5);
}
