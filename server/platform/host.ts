import type { Clock } from './clock.ts';
import type { Logger, Redactor } from './log.ts';
import type { StorePaths } from './paths.ts';
import type { ProcessRunner } from './processes.ts';

/** Everything of the outside world that domain code may touch besides files and sockets; passed, never imported. */
export interface Host {
  clock: Clock;
  log: Logger;
  redact: Redactor;
  processes: ProcessRunner;
  paths: StorePaths;
  platform: NodeJS.Platform;
  /** Environment variables as this process was started with. */
  environment: Readonly<Record<string, string | undefined>>;
}
