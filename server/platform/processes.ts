import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { errorCode, GreenroomError, messageOf } from './errors.ts';

/** A process that may outlive us: its pid alone can be reused, so its start time is part of its name. */
export interface ProcessIdentity {
  pid: number;
  /** Linux: boot id and clock ticks since boot; elsewhere: what `ps -o lstart` prints. */
  startedAt: string;
}

export interface RunOptions {
  cwd?: string;
  /** Replaces the environment; default: this process's own. Secrets go here or to `input`, never into arguments. */
  env?: Readonly<Record<string, string | undefined>>;
  input?: string | Uint8Array;
  signal?: AbortSignal;
  timeout?: number;
  /** How output is decoded. Default `utf8`; `latin1` keeps every byte (`Buffer.from(text, 'latin1')` gives them back). */
  encoding?: 'utf8' | 'latin1';
  /** Exit codes that are answers, not failures. Default: only 0. */
  accept?: readonly number[];
}

export interface RunResult {
  code: number;
  stdout: string;
  stderr: string;
}

export interface DetachOptions {
  cwd?: string;
  env?: Readonly<Record<string, string | undefined>>;
  /** Output is appended here, mode 0600. */
  log: string;
}

export interface ProcessRunner {
  /** Runs to the end. Throws `binary-missing`, `process-failed` (with the end of its error output), `timeout`, `cancelled`. */
  run(command: string, args: readonly string[], options?: RunOptions): Promise<RunResult>;
  /** Starts a process that outlives this one, in its own session. */
  detach(
    command: string,
    args: readonly string[],
    options: DetachOptions,
  ): Promise<{ child: ChildProcess; identity: ProcessIdentity }>;
  identify(pid: number): Promise<ProcessIdentity | undefined>;
  /** True only if the very process (pid and start time) still runs and is no zombie. */
  isAlive(identity: ProcessIdentity): Promise<boolean>;
  /** Signals the very process; a reused pid is never touched. */
  kill(identity: ProcessIdentity, signal?: NodeJS.Signals): Promise<void>;
}

export const systemProcesses: ProcessRunner = {
  run,
  async detach(command, args, options) {
    const log = openSync(options.log, 'a', 0o600);
    let child: ChildProcess;
    try {
      child = spawn(command, args, {
        cwd: options.cwd,
        env: { ...(options.env ?? process.env) },
        detached: true,
        stdio: ['ignore', log, log],
      });
    } finally {
      // The child has its own copy; ours would keep the log's file system busy.
      closeSync(log);
    }
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', error => reject(spawnError(command, error)));
    });
    child.unref();
    const identity = child.pid === undefined ? undefined : await identify(child.pid);
    if (identity === undefined)
      throw new GreenroomError('process-failed', { subject: command, detail: 'it ended at once' });
    return { child, identity };
  },
  identify,
  async isAlive(identity) {
    const now = await identify(identity.pid);
    return now !== undefined && now.startedAt === identity.startedAt;
  },
  async kill(identity, signal = 'SIGTERM') {
    if (!(await systemProcesses.isAlive(identity))) return;
    try {
      process.kill(identity.pid, signal);
    } catch (error) {
      if (errorCode(error) !== 'ESRCH') throw error;
    }
  },
};

async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  if (options.signal?.aborted) throw new GreenroomError('cancelled', { subject: command });
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...(options.env ?? process.env) },
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(options.signal && { signal: options.signal }),
    ...(options.timeout !== undefined && { timeout: options.timeout, killSignal: 'SIGKILL' as const }),
  });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', chunk => stdout.push(chunk));
  child.stderr.on('data', chunk => stderr.push(chunk));
  // A process that ends without reading its input closes the pipe: its exit code says why.
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.input);
  const start = performance.now();
  const ended = await new Promise<{ code: number | null; killedBy: NodeJS.Signals | null }>(
    (resolve, reject) => {
      child.once('error', error =>
        reject(
          options.signal?.aborted
            ? new GreenroomError('cancelled', { subject: command })
            : spawnError(command, error),
        ),
      );
      child.once('close', (code, killedBy) => resolve({ code, killedBy }));
    },
  );
  const result = {
    code: ended.code ?? -1,
    stdout: Buffer.concat(stdout).toString(options.encoding),
    stderr: Buffer.concat(stderr).toString(),
  };
  if (ended.code === null && options.timeout !== undefined && performance.now() - start >= options.timeout)
    throw new GreenroomError('timeout', { subject: command, detail: `no end after ${options.timeout} ms` });
  if (!(options.accept ?? [0]).includes(result.code)) {
    const lastLines = result.stderr.trim().split('\n').slice(-3).join(' ');
    throw new GreenroomError('process-failed', {
      subject: command,
      detail: `${ended.killedBy ?? `exit code ${result.code}`}${lastLines ? `: ${lastLines}` : ''}`,
    });
  }
  return result;
}

function spawnError(command: string, error: Error): GreenroomError {
  return errorCode(error) === 'ENOENT'
    ? new GreenroomError('binary-missing', { subject: command, cause: error })
    : new GreenroomError('process-failed', { subject: command, detail: messageOf(error), cause: error });
}

async function identify(pid: number): Promise<ProcessIdentity | undefined> {
  if (process.platform !== 'linux') {
    const { code, stdout } = await run('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { accept: [0, 1] });
    const text = stdout.trim();
    return code !== 0 || text === '' || text.startsWith('Z')
      ? undefined
      : { pid, startedAt: text.replace(/^\S+\s+/, '') };
  }
  try {
    const [stat, boot] = await Promise.all([readFile(`/proc/${pid}/stat`, 'utf8'), bootId()]);
    // proc(5): the name in parentheses may hold spaces; state is field 3, start time field 22.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : { pid, startedAt: `${boot}:${fields[19]}` };
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ESRCH') return undefined;
    throw error;
  }
}

let boot: Promise<string> | undefined;
function bootId(): Promise<string> {
  boot ??= readFile('/proc/sys/kernel/random/boot_id', 'utf8').then(text => text.trim());
  return boot;
}
