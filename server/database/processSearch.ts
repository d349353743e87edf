import { readdir, readFile, realpath } from 'node:fs/promises';
import { errorCode } from '../platform/errors.ts';
import type { Host } from '../platform/host.ts';
import type { ProcessIdentity } from '../platform/processes.ts';

type Processes = Pick<Host, 'processes' | 'platform'>;

/** True if this very process runs and was started over this data directory: the proof that a server is ours. */
export async function servesDirectory(host: Host, process: ProcessIdentity, data: string): Promise<boolean> {
  if (!(await host.processes.isAlive(process))) return false;
  return serves(await commandLine(host, process.pid), data);
}

/** Finds the server over a data directory among all processes: for one whose starter died before noting its pid. */
export async function findProcessServing(
  host: Processes,
  data: string,
): Promise<ProcessIdentity | undefined> {
  for (const pid of await allPids(host))
    if (await serves(await commandLine(host, pid), data)) {
      const identity = await host.processes.identify(pid);
      if (identity) return identity;
    }
  return undefined;
}

/**
 * Waits until a process has let go of all its files. Its first thread may be gone (a zombie) while the others still end.
 *
 * @returns false when it still runs after `timeoutMs`
 */
export async function awaitEnd(host: Host, process: ProcessIdentity, timeoutMs: number): Promise<boolean> {
  const deadline = host.clock.elapsed() + timeoutMs;
  while ((await host.processes.isAlive(process)) || (await hasThreads(host, process.pid))) {
    if (host.clock.elapsed() > deadline) return false;
    await host.clock.sleep(5);
  }
  return true;
}

/** Only asked of a process whose first thread is gone: the pid cannot have been given to another one yet. */
async function hasThreads(host: Host, pid: number): Promise<boolean> {
  if (host.platform !== 'linux') return false;
  try {
    const threads = await readdir(`/proc/${pid}/task`);
    return threads.length > 1 && /^State:\s+Z/m.test(await readFile(`/proc/${pid}/status`, 'utf8'));
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ESRCH' || code === 'EINVAL') return false;
    throw error;
  }
}

async function serves(words: readonly string[], data: string): Promise<boolean> {
  const option = '--datadir=';
  const named = words.find(word => word.startsWith(option))?.slice(option.length);
  if (named === undefined) return false;
  // The store may have been reached by another name (a link) when the server was started.
  return named === data || (await realName(named)) === (await realName(data));
}

async function realName(directory: string): Promise<string> {
  try {
    return await realpath(directory);
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'EACCES' || code === 'ENOTDIR') return directory;
    throw error;
  }
}

async function commandLine(host: Processes, pid: number): Promise<string[]> {
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

async function allPids(host: Processes): Promise<number[]> {
  if (host.platform === 'linux') return (await readdir('/proc')).map(Number).filter(pid => pid > 0);
  const { stdout } = await host.processes.run('ps', ['-axo', 'pid=']);
  return stdout.trim().split(/\s+/).map(Number);
}
