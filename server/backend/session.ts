import { type FSWatcher, watch } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { isRefreshDue, newestGeneration } from '../base/generations.ts';
import { parseDuration } from '../config/schema.ts';
import { cloneState } from '../database/clone.ts';
import { openEnvironment } from '../environments/open.ts';
import { environmentPaths, findByBranch } from '../environments/records.ts';
import { sweep } from '../environments/sweep.ts';
import { syncOptions } from '../environments/sync.ts';
import { watchBranch } from '../files/watch.ts';
import { watchHead } from '../git/watchHead.ts';
import { GreenroomError, hasReason, messageOf } from '../platform/errors.ts';
import { type Operation, unattended } from '../platform/progress.ts';
import { productionMoved } from '../promotion/moved.ts';
import type { Failure } from '../protocol/common.ts';
import type { NotificationMessage, ParamsOf } from '../protocol/message.ts';
import * as messages from '../protocol/project.ts';
import { planChanged } from '../protocol/review.ts';
import type { Backend } from './backend.ts';
import { promotionContext } from './contexts.ts';
import { explain } from './explain.ts';
import { movedNotice, noticeOf } from './notices.ts';
import { projectStatus } from './status.ts';
import { useCase } from './useCases.ts';

export type Notify = <M extends NotificationMessage>(message: M, params: ParamsOf<M>) => void;

interface Closable {
  close(): void;
}

/** Reasons that the folder's status tells already. */
const toldByStatus = [
  'configuration-missing',
  'configuration-invalid',
  'no-repository',
  'secret-missing',
  'cancelled',
] as const;
const sweepEvery = 60_000;
const lookAtProductionEvery = 30_000;

/**
 * One open folder of an editor: follows its HEAD, makes the branch's environment on checkout, brings saved files into
 * it, looks after expiry and refreshes, and tells the window what changed. All state is on disk; closing loses none.
 */
export class FolderSession {
  readonly #backend: Backend;
  readonly #options: ParamsOf<typeof messages.openFolder>;
  readonly #notify: Notify;
  readonly #closing = new AbortController();
  #watchers: Closable[] = [];
  #branchWatcher: { branch: string; watcher: Closable } | undefined;
  #lastBranch: string | undefined;
  #productionMoved = false;
  #problem: Failure | undefined;
  #publishing: NodeJS.Timeout | undefined;
  #declined = new Set<string>();

  constructor(backend: Backend, options: ParamsOf<typeof messages.openFolder>, notify: Notify) {
    this.#backend = backend;
    this.#options = options;
    this.#notify = notify;
  }

  get folder(): string {
    return this.#options.folder;
  }

  get branch(): string | undefined {
    return this.#lastBranch;
  }

  /** Starts watching, and answers the status as it is. Slow work (creation, sweep) starts behind the answer. */
  async open(): Promise<messages.ProjectStatus> {
    const status = await this.status();
    if (status.state === 'no-repository') return status;
    const { host } = this.#backend;
    this.#backend.events.on('changed', this.#changed);
    this.#watchers.push({ close: () => this.#backend.events.off('changed', this.#changed) });
    const { openRepository } = await import('../git/repository.ts');
    const repository = await openRepository(host, this.folder);
    this.#watchers.push(watchHead(host, repository, () => this.#run('checkout', () => this.#onHead())));
    this.#watchers.push(this.#watchFile(repository.root, 'greenroom.jsonc'));
    if (status.state === 'ready') await this.#watchStore();
    this.#every(sweepEvery, 'sweep', () => this.#sweep());
    this.#every(lookAtProductionEvery, 'production', () => this.#lookAtProduction());
    this.#run('checkout', () => this.#onHead());
    return status;
  }

  close(): void {
    this.#closing.abort(new GreenroomError('cancelled'));
    clearTimeout(this.#publishing);
    this.#branchWatcher?.watcher.close();
    for (const watcher of this.#watchers) watcher.close();
    this.#watchers = [];
  }

  status(): Promise<messages.ProjectStatus> {
    return projectStatus(this.#backend, this.folder, {
      productionMoved: this.#productionMoved,
      excludedBranches: this.#options.excludedBranches,
      problem: this.#problem,
    });
  }

  /** The status after a look at production: whoever asks does not wait for the next round. */
  async refresh(): Promise<messages.ProjectStatus> {
    const status = await this.status();
    if (status.state !== 'ready') return status;
    this.#run('production', () => this.#lookAtProduction());
    await this.#underWay.get('production');
    return this.status();
  }

  readonly #changed = () => {
    // At most four times a second: a job reports its progress far more often.
    this.#publishing ??= setTimeout(() => {
      this.#publishing = undefined;
      this.#run('status', async () =>
        this.#notify(messages.statusChanged, { folder: this.folder, status: await this.status() }),
      );
    }, 250);
  };

  /** HEAD moved: another branch, a commit, a fetch. */
  async #onHead(): Promise<void> {
    const status = await this.status();
    this.#changed();
    if (status.state !== 'ready' || status.head.kind !== 'branch') return this.#follow(undefined);
    const branch = status.head.name;
    // A merge moves the default branch: whoever merged sees the environment expire now, not at the next round.
    if (status.head.isDefault) this.#run('sweep', () => this.#sweep());
    const arrived = branch !== this.#lastBranch;
    this.#lastBranch = branch;
    if (status.current && status.current.state.state !== 'creating') {
      if (arrived) await this.#create(branch);
      return this.#follow(branch);
    }
    await this.#follow(undefined);
    if (!arrived || status.excludedBranch || status.generations.length === 0) return;
    if (this.#options.autoCreate === 'always') await this.#create(branch);
    else if (this.#options.autoCreate === 'ask' && !this.#declined.has(branch)) {
      this.#declined.add(branch);
      this.#notify(messages.askCreate, { folder: this.folder, branch });
    }
  }

  /** Makes the environment, or wakes and updates the one that is there. */
  async #create(branch: string): Promise<void> {
    const { createEnvironment } = await import('../protocol/environment.ts');
    await useCase(this.#backend, createEnvironment, { folder: this.folder, branch }, this.#operation());
    this.#problem = undefined;
    await this.#follow(branch);
    this.#changed();
  }

  /** Watches the branch's files for its environment, and what its inbox catches; of one branch at a time, the one that is checked out. */
  async #follow(branch: string | undefined): Promise<void> {
    if (this.#branchWatcher?.branch === branch) return;
    this.#branchWatcher?.watcher.close();
    this.#branchWatcher = undefined;
    if (branch === undefined) return;
    const context = await this.#backend.environments(this.folder);
    const { email } = await context.repository.identity();
    const record = await findByBranch(context.paths, email, branch);
    if (record?.life.state !== 'ready') return;
    const { overlay } = await openEnvironment(context, record);
    const options = await syncOptions(context, record, overlay);
    const onChange = () => {
      this.#notify(planChanged, { folder: this.folder, environment: record.id, what: 'environment' });
      this.#changed();
    };
    const { inbox } = environmentPaths(context.paths, record.id);
    await mkdir(inbox, { recursive: true, mode: 0o700 });
    const files = await watchBranch(context.host, options, onChange);
    const caught = this.#watchDirectory(inbox);
    const watcher = {
      close: () => {
        files.close();
        caught.close();
      },
    };
    if (this.#closing.signal.aborted) return watcher.close();
    this.#branchWatcher = { branch, watcher };
  }

  async #sweep(): Promise<void> {
    const context = await this.#backend.environments(this.folder);
    const open = new Set(this.#lastBranch === undefined ? [] : [this.#lastBranch]);
    const report = await sweep(context, open, this.#operation());
    for (const { record, verdict } of report.told)
      this.#notify(messages.notice, noticeOf(this.folder, record, verdict));
    if (report.told.length > 0 || report.freed.length > 0) this.#changed();
    await this.#refreshWhenDue();
  }

  async #refreshWhenDue(): Promise<void> {
    const context = await this.#backend.environments(this.folder);
    const { refreshEvery } = context.config.base;
    const newest = await newestGeneration(context.host, context.paths);
    if (refreshEvery === undefined || newest === undefined) return;
    if (!isRefreshDue(newest, parseDuration(refreshEvery), context.host.clock.now())) return;
    const { refreshBase } = await import('../protocol/base.ts');
    await useCase(this.#backend, refreshBase, { folder: this.folder }, this.#operation());
  }

  async #lookAtProduction(): Promise<void> {
    const project = await this.#backend.project(this.folder);
    const { email } = await project.repository.identity();
    const record =
      this.#lastBranch === undefined ? undefined : await findByBranch(project.paths, email, this.#lastBranch);
    if (record?.life.state !== 'ready') return;
    // A sleeping clone is not woken to look.
    const { clone } = environmentPaths(project.paths, record.id);
    if ((await cloneState(project.host, clone)) !== 'running') return;
    const moved = await productionMoved(await promotionContext(this.#backend, project, record));
    if (moved === this.#productionMoved) return;
    this.#productionMoved = moved;
    if (moved) {
      this.#notify(planChanged, { folder: this.folder, environment: record.id, what: 'production' });
      this.#notify(messages.notice, movedNotice(this.folder, record));
    }
    this.#changed();
  }

  /** Other windows and command lines change the same store: its directories are watched. */
  async #watchStore(): Promise<void> {
    const { paths } = await this.#backend.project(this.folder);
    for (const directory of [paths.environments, paths.bases, paths.state]) {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      this.#watchers.push(this.#watchDirectory(directory));
    }
  }

  #watchDirectory(directory: string): FSWatcher {
    const watcher = watch(directory, { persistent: false }, this.#changed);
    watcher.on('error', error =>
      this.#backend.host.log.warn('stopped watching', { directory, problem: messageOf(error) }),
    );
    return watcher;
  }

  #watchFile(directory: string, name: string): FSWatcher {
    const watcher = watch(directory, { persistent: false }, (_, file) => {
      if (file !== name) return;
      this.#lastBranch = undefined;
      this.#run('configuration', () => this.#onHead());
    });
    watcher.on('error', error =>
      this.#backend.host.log.warn('stopped watching', { directory, problem: messageOf(error) }),
    );
    return watcher;
  }

  #operation(): Operation {
    return { ...unattended, signal: this.#closing.signal };
  }

  #every(milliseconds: number, what: string, action: () => Promise<void>): void {
    const timer = setInterval(() => this.#run(what, action), milliseconds);
    timer.unref();
    this.#watchers.push({ close: () => clearInterval(timer) });
  }

  readonly #underWay = new Map<string, Promise<void>>();

  /** Runs background work, one of a kind at a time, and keeps its failure for the status. */
  #run(what: string, action: () => Promise<void>): void {
    if (this.#closing.signal.aborted) return;
    const previous = this.#underWay.get(what) ?? Promise.resolve();
    const next = previous.then(async () => {
      if (this.#closing.signal.aborted) return;
      try {
        await action();
      } catch (error) {
        this.#fail(what, error);
      }
    });
    this.#underWay.set(what, next);
  }

  #fail(what: string, error: unknown): void {
    if (this.#closing.signal.aborted) return;
    const failure = explain(error, this.#backend.host.redact);
    if (hasReason(error, ...toldByStatus)) return;
    this.#backend.host.log.error(what, { problem: failure.message });
    if (what !== 'checkout') return;
    this.#problem = failure;
    this.#changed();
  }
}
