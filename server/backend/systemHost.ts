import { mkdir } from 'node:fs/promises';
import { systemClock } from '../platform/clock.ts';
import type { Host } from '../platform/host.ts';
import { createLogger, type LogSink, Redactor } from '../platform/log.ts';
import { storePaths, storeRoot } from '../platform/paths.ts';
import { systemProcesses } from '../platform/processes.ts';
import { storeVolume } from '../platform/storeVolume.ts';

/** The host of a real process: this machine, this user's store. Makes the store's directory, mode 0700. */
export async function systemHost(sink: LogSink): Promise<Host> {
  const root = storeRoot(process.env, process.platform);
  await mkdir(root, { recursive: true, mode: 0o700 });
  const redact = new Redactor();
  return {
    clock: systemClock,
    log: createLogger(sink, redact),
    redact,
    processes: systemProcesses,
    paths: storePaths(root, await storeVolume(root)),
    platform: process.platform,
    environment: process.env,
  };
}
