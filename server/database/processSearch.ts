import { readdir, readFile } from 'node:fs/promises';
import { errorCode } from '../platform/errors.ts';
import type { Host } from '../platform/host.ts';
import type { ProcessIdentity } from '../platform/processes.ts';

/** True if this very process runs and was started over this data directory: the proof that a server is ours. */
export async function servesDirectory(host: Host, process: ProcessIdentity, data: string): Promise<boolean> {
  if (!(await host.processes.isAlive(process))) return false;
  return mentions(await commandLine(host, process.pid), data);
}

/** Finds the server over a data directory among all processes: for one whose starter died before noting its pid. */
export async function findProcessServing(host: Host, data: string): Promise<ProcessIdentity | undefined> {
  for (const pid of await allPids(host))
    if (mentions(await commandLine(host, pid), data)) {
      const identity = await host.processes.identify(pid);
      if (identity) return identity;
    }
  return undefined;
}

function mentions(words: readonly string[], data: string): boolean {
  return words.includes(`--datadir=${data}`);
}

async function commandLine(host: Host, pid: number): Promise<string[]> {
  if (host.platform !== 'linux') {
    const { stdout } = await host.processes.run('ps', ['-ww', '-o', 'command=', '-p', String(pid)], {
      accept: [0, 1],
    });
    // ps joins the words by spaces: good enough to find one that has none.
    return stdout.trim().split(/ (?=--)/);
  }
  try {
    return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0');
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ESRCH' || code === 'EACCES') return [];
    throw error;
  }
}

async function allPids(host: Host): Promise<number[]> {
  if (host.platform === 'linux') return (await readdir('/proc')).map(Number).filter(pid => pid > 0);
  const { stdout } = await host.processes.run('ps', ['-axo', 'pid=']);
  return stdout.trim().split(/\s+/).map(Number);
}
