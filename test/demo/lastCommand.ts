import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { systemClock } from '../../server/platform/clock.ts';
import { errorCode } from '../../server/platform/errors.ts';
import { type ProcessIdentity, systemProcesses } from '../../server/platform/processes.ts';

/** The command that a tour ran last: when the tour is killed it goes on, and the next tour must not overtake it. */
export class LastCommand {
  readonly #file: string;

  constructor(root: string) {
    this.#file = path.join(root, 'command.json');
  }

  note(pid: number): void {
    void this.#note(pid).catch(error => console.error(`The running command was not noted: ${error}`));
  }

  /** Waits for the command that a killed tour left behind. */
  async ended(): Promise<void> {
    const left = await this.#read();
    while (left !== undefined && (await systemProcesses.isAlive(left))) await systemClock.sleep(100);
  }

  async #note(pid: number): Promise<void> {
    const identity = await systemProcesses.identify(pid);
    if (identity !== undefined) await writeFile(this.#file, JSON.stringify(identity));
  }

  async #read(): Promise<ProcessIdentity | undefined> {
    try {
      return JSON.parse(await readFile(this.#file, 'utf8')) as ProcessIdentity;
    } catch (error) {
      // None yet, or a kill in the middle of the note.
      if (errorCode(error) === 'ENOENT' || error instanceof SyntaxError) return undefined;
      throw error;
    }
  }
}
