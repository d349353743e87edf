import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { settledCheckout } from '../git/checkout.ts';
import { openRepository, type Repository, readHead } from '../git/repository.ts';
import { watchHead } from '../git/watchHead.ts';
import { errorCode, messageOf } from '../platform/errors.ts';
import type { Host } from '../platform/host.ts';
import { unattended } from '../platform/progress.ts';
import type { SyncReport } from './applyBranch.ts';
import { isAbsent } from './compare.ts';
import { type SyncOptions, syncBranch } from './sync.ts';
import { syncPaths } from './syncPaths.ts';
import { TreeWatcher } from './watchTree.ts';

/** Events of one save come in twos and threes; more are gathered while a sync runs. */
const gatherMs = 20;
/** Beyond this a whole sync is cheaper, and sure even when the machine lost events. */
const manyPaths = 200;
/** Where directories cannot be watched, the branch is looked at this often. */
const pollMs = 2000;

/**
 * Makes the environment follow the worktree: saves, deletes, renames, by whatever program. It follows the branch of
 * the environment, and no other: while another branch is checked out, a rebase runs or HEAD is detached, it
 * stands still, and catches up when the branch is back. Waits while git itself is at work.
 *
 * @param onChange told after every change that reached the environment, with what failed in `warnings`
 */
export async function watchBranch(
  host: Host,
  options: SyncOptions,
  onChange: (report: SyncReport) => void,
): Promise<{ close(): void }> {
  const repository = await openRepository(host, options.worktree);
  const follower = new BranchFollower(host, { ...options, repository }, repository, onChange);
  await follower.start();
  return { close: () => follower.close() };
}

class BranchFollower {
  readonly #host: Host;
  readonly #repository: Repository;
  readonly #onChange: (report: SyncReport) => void;
  readonly #closing = new AbortController();
  readonly #closers: { close(): void }[] = [];
  readonly #dirty = new Set<string>();
  #options: SyncOptions;
  #head: string | undefined;
  #wholeSync = false;
  #rescan = false;
  #polling = false;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #tree: TreeWatcher | undefined;

  constructor(
    host: Host,
    options: SyncOptions,
    repository: Repository,
    onChange: (report: SyncReport) => void,
  ) {
    this.#host = host;
    this.#options = options;
    this.#repository = repository;
    this.#onChange = onChange;
  }

  async start(): Promise<void> {
    this.#head = await this.#position();
    this.#tree = new TreeWatcher(this.#host, this.#repository.root, {
      touched: relative => this.#touched(relative),
      incomplete: why => this.#poll(why),
    });
    this.#closers.push(
      this.#tree,
      watchHead(this.#host, this.#repository, () => this.#schedule()),
    );
    await this.#tree.start();
    // What was saved while the watches were being set up.
    this.#wholeSync = true;
    this.#schedule();
  }

  close(): void {
    this.#closing.abort();
    clearTimeout(this.#timer);
    for (const closer of this.#closers) closer.close();
  }

  #touched(relative: string): void {
    this.#dirty.add(relative);
    if (path.posix.basename(relative) === '.gitignore') {
      this.#wholeSync = true;
      this.#rescan = true;
    }
    this.#schedule();
  }

  #schedule(): void {
    if (this.#closing.signal.aborted) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      if (this.#running !== undefined) return;
      this.#running = this.#drain().finally(() => {
        this.#running = undefined;
        if (this.#dirty.size > 0 || this.#wholeSync) this.#schedule();
      });
    }, gatherMs);
  }

  /** Watches ran out: from now on the branch is looked at regularly. Said once. */
  #poll(why: string): void {
    this.#wholeSync = true;
    this.#schedule();
    if (this.#polling || this.#closing.signal.aborted) return;
    this.#polling = true;
    this.#host.log.warn('not every directory can be watched: looking regularly', { why });
    const timer = setInterval(() => {
      this.#wholeSync = true;
      this.#schedule();
    }, pollMs);
    timer.unref();
    this.#closers.push({ close: () => clearInterval(timer) });
  }

  async #drain(): Promise<void> {
    try {
      await settledCheckout(this.#host, this.#repository, this.#closing.signal);
      if (this.#closing.signal.aborted || !(await this.#isOnBranch())) return;
      const paths = [...this.#dirty];
      this.#dirty.clear();
      const whole = this.#wholeSync || paths.length > manyPaths;
      this.#wholeSync = false;
      if (this.#rescan || whole) await this.#tree?.rescan();
      this.#rescan = false;
      const op = { ...unattended, signal: this.#closing.signal };
      const report =
        (whole ? undefined : await syncPaths(this.#host, this.#options, paths, op)) ??
        (await syncBranch(this.#host, this.#options, op));
      if (report.written.length > 0 || report.deleted.length > 0) this.#onChange(report);
    } catch (error) {
      if (this.#closing.signal.aborted) return;
      // The next event tries again, and a plan syncs anew in any case: the environment is late, not wrong.
      this.#wholeSync = true;
      this.#host.log.error('could not bring the branch’s files over', { problem: messageOf(error) });
      this.#onChange({ written: [], deleted: [], warnings: [messageOf(error)] });
      await this.#host.clock.sleep(pollMs, this.#closing.signal).catch(() => undefined);
    }
  }

  /** Whether the branch that is followed is checked out; notes a moved HEAD, which moves the merge base. */
  async #isOnBranch(): Promise<boolean> {
    const position = await this.#position();
    if (position === undefined) {
      this.#dirty.clear();
      this.#wholeSync = false;
      this.#head = undefined;
      return false;
    }
    if (position !== this.#head) {
      this.#head = position;
      this.#wholeSync = true;
      const name = await this.#repository.defaultBranch();
      const base = name === undefined ? undefined : await this.#repository.mergeBase('HEAD', name);
      const { mergeBase: _, ...rest } = this.#options;
      this.#options = { ...rest, ...(base !== undefined && { mergeBase: base }) };
    }
    return this.#dirty.size > 0 || this.#wholeSync;
  }

  /** The commit that the followed branch is at, `unborn` before the first; `undefined` while HEAD is elsewhere. */
  async #position(): Promise<string | undefined> {
    const head = await readHead(this.#host, this.#repository);
    if (head.kind === 'detached' || head.name !== this.#options.branch) return undefined;
    if (head.kind === 'unborn') return 'unborn';
    // A branch that was committed to lately has a file of its own: a save must not wait for a process.
    return (
      (await readIfAny(path.join(this.#repository.commonDir, 'refs', 'heads', head.name))) ??
      this.#repository.resolve('HEAD')
    );
  }
}

async function readIfAny(file: string): Promise<string | undefined> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    if (isAbsent(error) || errorCode(error) === 'EISDIR') return undefined;
    throw error;
  }
}
