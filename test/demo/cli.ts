import { execFile } from 'node:child_process';
import path from 'node:path';

/**
 * Runs the built command line in the demo's repository, as a user's shell would.
 *
 * @param options `started` is told the process's id
 */
export function greenroom(
  options: { cwd: string; variables: Readonly<Record<string, string>>; started?(pid: number): void },
  ...args: string[]
): Promise<unknown> {
  const program = path.resolve(import.meta.dirname, '../../dist/cli.js');
  return new Promise((resolve, reject) => {
    const child = execFile(
      process.execPath,
      [program, ...args, '--json'],
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
    if (child.pid !== undefined) options.started?.(child.pid);
  });
}
