import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { writeFileAtomic } from '../../server/platform/atomicFile.ts';
import { systemClock } from '../../server/platform/clock.ts';
import { errorCode } from '../../server/platform/errors.ts';
import { type ProcessIdentity, systemProcesses } from '../../server/platform/processes.ts';

/** The command that a tour ran last: when the tour is killed it goes on, and the next tour must not overtake it. */
export class LastCommand {
  readonly #file: string;

  constructor(root: string) {
    this.#file = path.join(root, 'command.json');
  }

  /** Before the command begins its work. */
  async note(pid: number): Promise<void> {
    const identity = await systemProcesses.identify(pid);
    if (identity !== undefined) await writeFileAtomic(this.#file, JSON.stringify(identity));
  }

  /** Waits for the command that a killed tour left behind. */
  async ended(): Promise<void> {
    const left = await this.#read();
    while (left !== undefined && (await systemProcesses.isAlive(left))) await systemClock.sleep(100);
  }

  async #read(): Promise<ProcessIdentity | undefined> {
    try {
      return JSON.parse(await readFile(this.#file, 'utf8')) as ProcessIdentity;
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return undefined;
      throw error;
    }
  }
}
