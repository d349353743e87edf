// Loaded before a program (`node --import killAt.ts …`), kills it (SIGKILL) at one moment of its work: before or after it
// changes something in the file system, or starts a program or sees it end. The program itself knows nothing of this.
import childProcess, { type ChildProcess } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

export interface KillAt {
  /** A regular expression on a moment: `before rename /a/b /a/c`, `during spawn umount -- /a`. Default: any. */
  moment?: string;
  /** The how manieth such moment. Default 1. */
  nth?: number;
  /** Default `SIGKILL`; `SIGSTOP` holds it there. */
  signal?: 'SIGKILL' | 'SIGSTOP';
  /** Moments are appended to this file, one a line. */
  trace?: string;
}

/** Where the wish is handed to the program; without it nothing happens. */
export const killAtVariable = 'GREENROOM_TEST_KILL_AT';
/** What is to be loaded before the program. */
export const killAtProgram = import.meta.filename;

type Anything = (...parameters: unknown[]) => Promise<unknown>;

const wish = process.env[killAtVariable];
if (wish !== undefined) {
  // What the program starts in its turn lives on.
  delete process.env[killAtVariable];
  watch(JSON.parse(wish) as KillAt);
}

function watch({ moment, nth, signal, trace }: KillAt): void {
  const wanted = new RegExp(moment ?? '');
  let left = nth ?? 1;
  const pass = (name: string) => {
    if (trace !== undefined) appendFileSync(trace, `${name}\n`);
    if (wanted.test(name) && --left === 0) process.kill(process.pid, signal ?? 'SIGKILL');
  };

  const changing = ['mkdir', 'mkdtemp', 'writeFile', 'rename', 'link', 'symlink', 'copyFile', 'rm'] as const;
  const functions = fs as unknown as Record<(typeof changing)[number], Anything>;
  for (const name of changing) {
    const original = functions[name];
    functions[name] = async (...parameters) => {
      const paths = parameters.slice(0, 2).filter(one => typeof one === 'string');
      const what = [name, ...(name === 'writeFile' ? paths.slice(0, 1) : paths)].join(' ');
      pass(`before ${what}`);
      const result = await original(...parameters);
      pass(`after ${what}`);
      return result;
    };
  }

  for (const name of ['spawn', 'execFile'] as const) {
    const start = childProcess[name] as (...parameters: unknown[]) => ChildProcess;
    Object.assign(childProcess, {
      [name](...parameters: unknown[]) {
        const what = `spawn ${[parameters[0], ...(parameters[1] as string[])].join(' ')}`;
        pass(`before ${what}`);
        const child = start(...parameters);
        pass(`during ${what}`);
        child.once('exit', () => pass(`after ${what}`));
        return child;
      },
    });
  }
  syncBuiltinESMExports();
}
