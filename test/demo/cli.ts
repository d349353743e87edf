import { execFile } from 'node:child_process';
import path from 'node:path';

/**
 * Runs the built command line in the demo's repository, as a user's shell would.
 *
 * @param options `started` is told the process's id; the command begins its work when that is over
 */
export function greenroom(
  options: { cwd: string; variables: Readonly<Record<string, string>>; started?(pid: number): Promise<void> },
  ...args: string[]
): Promise<unknown> {
  const program = path.resolve(import.meta.dirname, '../../dist/cli.js');
  const awaitWord = path.resolve(import.meta.dirname, 'awaitWord.mjs');
  return new Promise((resolve, reject) => {
    const child = execFile(
      process.execPath,
      [...(options.started ? ['--import', awaitWord] : []), program, ...args, '--json'],
      { cwd: options.cwd, env: { ...process.env, ...options.variables }, maxBuffer: 256 << 20 },
      (error, stdout, stderr) => {
        if (error)
          return reject(
            new Error(`greenroom ${args.join(' ')}: ${stderr.trim() || stdout.trim() || error.message}`, {
              cause: error,
            }),
          );
        try {
          resolve(JSON.parse(stdout));
        } catch (cause) {
          reject(
            new Error(`greenroom ${args.join(' ')} printed no JSON: ${stdout.slice(0, 200)}`, { cause }),
          );
        }
      },
    );
    // One that ends before it is given the word says why in its result.
    child.stdin?.on('error', () => undefined);
    const noted = child.pid === undefined ? undefined : options.started?.(child.pid);
    void Promise.resolve(noted).then(
      () => child.stdin?.end('\n'),
      (error: unknown) => {
        child.stdin?.end();
        reject(error);
      },
    );
  });
}
