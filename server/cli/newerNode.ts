import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

/** The oldest Node that has all that the backend needs (`engines` of package.json). */
const oldest = [22, 15] as const;

/**
 * Runs this very command line with the Node that lies in `node_modules` beside the program, where the one that was
 * asked is too old. Returns its exit code; `undefined` when this Node is new enough.
 */
export async function runWithNewerNode(words: readonly string[]): Promise<number | undefined> {
  if (isNewEnough(process.versions.node)) return undefined;
  const newer = findNewer(path.dirname(words[1] ?? '.'));
  if (newer === undefined) {
    const wanted = oldest.join('.');
    process.stderr.write(
      `greenroom: This is Node ${process.versions.node}, and Greenroom needs ${wanted} or later. ` +
        'Install it, or run "npm ci" in the checkout, which brings one.\n',
    );
    return 1;
  }
  const child = spawn(newer, [...process.execArgv, ...words.slice(1)], { stdio: 'inherit' });
  // The terminal signals both; what is sent to this process alone is passed on.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => signal !== 'SIGINT' && child.kill(signal));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', code => resolve(code ?? 1));
  });
}

export function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > oldest[0] || (major === oldest[0] && minor >= oldest[1]);
}

function findNewer(directory: string): string | undefined {
  const candidate = path.join(directory, 'node_modules', 'node', 'bin', 'node');
  if (existsSync(candidate)) return candidate;
  const parent = path.dirname(directory);
  return parent === directory ? undefined : findNewer(parent);
}
