import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock } from '../../server/platform/clock.ts';
import type { Host } from '../../server/platform/host.ts';
import { createLogger, Redactor } from '../../server/platform/log.ts';
import { storePaths } from '../../server/platform/paths.ts';
import { systemProcesses } from '../../server/platform/processes.ts';
import { removeTree } from '../../server/platform/removeTree.ts';

/** A directory of this test's own; short, because sockets live below it. */
export async function temporaryDirectory(): Promise<{ path: string; remove(): Promise<void> }> {
  const directory = await mkdtemp(path.join(tmpdir(), 'gr-'));
  return { path: directory, remove: () => removeTree(directory) };
}

/** A host with a store of its own; what it logs is kept in `lines`. */
export function testHost(root: string, overrides: Partial<Host> = {}): Host & { lines: string[] } {
  const lines: string[] = [];
  const redact = new Redactor();
  return {
    clock: systemClock,
    log: createLogger((level, line) => lines.push(`${level} ${line}`), redact),
    redact,
    processes: systemProcesses,
    paths: storePaths(root),
    platform: process.platform,
    environment: process.env,
    ...overrides,
    lines,
  };
}
