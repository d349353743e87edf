import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { GreenroomError } from '../platform/errors.ts';
import type { Host } from '../platform/host.ts';
import { isMissing } from './git.ts';
import { type Repository, readHead } from './repository.ts';

/** How often an operation of git that is under way is looked at again. */
const busyPause = 25;
/** A lock that nobody touched for so long was left by a crash. */
const staleLockMs = 120_000;
/**
 * A checkout writes files, lets go of the index, and moves HEAD: in between HEAD still names the branch that is left.
 * An index that rests for so long is no longer in between.
 */
const restMs = 50;

/** A moment in which git was not at work in a worktree. */
export interface SettledCheckout {
  /**
   * Whether git has not been at work since: what was read from the worktree meanwhile belongs together, and to the
   * branch that HEAD named. Also false after mere bookkeeping of git's in its index: whoever asks looks once more.
   */
  isUntouched(): Promise<boolean>;
}

/** Waits until no checkout, commit, merge or rebase is under way. Throws `cancelled` when the signal says so. */
export async function settledCheckout(
  host: Host,
  repository: Repository,
  signal: AbortSignal,
): Promise<SettledCheckout> {
  for (;;) {
    const before = await fingerprint(host, repository);
    if (before.busy) await pause(host, busyPause, signal);
    else if (before.rested >= restMs)
      return {
        async isUntouched() {
          const now = await fingerprint(host, repository);
          return !now.busy && now.state === before.state;
        },
      };
    else await pause(host, restMs - before.rested, signal);
  }
}

/**
 * Whether the worktree holds this branch's files: it is checked out, or its very commit is (as continuous integration
 * does), and no rebase or bisection is under way.
 */
export async function isCheckedOut(host: Host, repository: Repository, branch: string): Promise<boolean> {
  const head = await readHead(host, repository);
  if (head.kind !== 'detached') return head.name === branch;
  if (head.during !== 'none') return false;
  const names = [`refs/heads/${branch}`, `refs/remotes/origin/${branch}`];
  for (const name of names) if ((await repository.resolve(name)) === head.commit) return true;
  return false;
}

async function pause(host: Host, milliseconds: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) throw new GreenroomError('cancelled', { subject: 'git' });
  await host.clock.sleep(milliseconds, signal);
}

async function fingerprint(
  host: Host,
  { gitDir, commonDir }: Repository,
): Promise<{ busy: boolean; rested: number; state: string }> {
  const now = host.clock.now();
  const times = async (file: string) => {
    try {
      return await stat(file);
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  };
  const [index, head, tables, ...locks] = await Promise.all([
    times(path.join(gitDir, 'index')),
    readFile(path.join(gitDir, 'HEAD'), 'utf8'),
    // Where refs are kept as tables, HEAD is a stub.
    times(path.join(commonDir, 'reftable', 'tables.list')),
    times(path.join(gitDir, 'index.lock')),
    times(path.join(gitDir, 'HEAD.lock')),
  ]);
  const age = index === undefined ? restMs : now - index.mtimeMs;
  return {
    busy: locks.some(lock => lock !== undefined && now - lock.mtimeMs < staleLockMs),
    // A clock that was set back must not make us wait for ever.
    rested: age < 0 ? restMs : age,
    state: [index?.ino, index?.mtimeMs, index?.size, head, tables?.ino, tables?.mtimeMs].join(' '),
  };
}
