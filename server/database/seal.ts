import { GreenroomError } from '../platform/errors.ts';
import type { Host } from '../platform/host.ts';
import type { EngineBinaries } from './binaries.ts';
import { completedShutdown, lastLog } from './lastWord.ts';
import { type RunningServer, startServer, stopServer } from './privateServer.ts';

/** Purging and writing back after a load of many gigabytes takes minutes on a slow disk. */
const patience = 30 * 60_000;

/**
 * Turns a loading server into sealed data: a clean stop writes all of it back, one more start and stop in clone mode
 * shrinks the log, so that a copy is small and starts without recovery. Nothing writes to the directory afterwards.
 *
 * @throws GreenroomError `process-failed` or `timeout`: the data is not to be used then
 */
export async function sealServer(
  host: Host,
  binaries: EngineBinaries,
  server: RunningServer,
  signal?: AbortSignal,
): Promise<void> {
  await stopCleanly(host, server);
  const options = { mode: 'clone' as const, port: 0, ...(signal && { signal }), init: [] };
  const { user, password = '' } = server.address;
  const small = await startServer(host, binaries, server.directory, {
    ...options,
    account: { user, password },
  });
  await stopCleanly(host, small);
}

async function stopCleanly(host: Host, server: RunningServer): Promise<void> {
  if (!(await stopServer(host, server, { clean: true, timeoutMs: patience })))
    throw new GreenroomError('timeout', {
      subject: server.directory,
      detail: 'the server did not stop cleanly',
    });
  if (!(await completedShutdown(server.directory)))
    throw new GreenroomError('process-failed', {
      subject: server.directory,
      detail: 'the server ended without completing its shutdown',
      items: (await lastLog(server.directory)).trim().split('\n').slice(-5),
    });
}
