import { EventEmitter } from 'node:events';
import { removeLeftovers } from '../base/generations.ts';
import { openProject, type Project } from '../config/project.ts';
import { collectGarbage } from '../environments/collect.ts';
import type { EnvironmentContext, Keeper } from '../environments/context.ts';
import { keeperClient } from '../environments/keeperClient.ts';
import type { EnvironmentRecord } from '../environments/record.ts';
import { findByBranch, readRecord } from '../environments/records.ts';
import { GreenroomError, hasReason, messageOf } from '../platform/errors.ts';
import type { Host } from '../platform/host.ts';
import { unattended } from '../platform/progress.ts';
import { remountStore } from '../platform/storeVolume.ts';
import { recover } from '../promotion/recover.ts';
import { environmentContext, promotionContext } from './contexts.ts';
import { Jobs } from './jobs.ts';

/** Program files of the processes that the backend starts. */
export interface Entries {
  keeper: string;
  cli: string;
}

export interface BackendEvents {
  /** Anything that a project's status shows may have changed. */
  changed: [project: string];
}

/** Composes the use cases for the two faces; one per process. Holds no state that the disk does not hold, but secrets. */
export class Backend {
  readonly host: Host;
  readonly entries: Entries;
  readonly keeper: Keeper;
  readonly jobs: Jobs;
  /** A language server warms spares behind a creation; a command line ends instead and leaves it to the keeper. */
  readonly warmsSpares: boolean;
  readonly events = new EventEmitter<BackendEvents>();
  /** Secrets that the editor sent, by folder; in memory only. */
  readonly secrets = new Map<string, Readonly<Record<string, string>>>();
  readonly #recovered = new Map<string, Promise<void>>();

  constructor(host: Host, entries: Entries, options: { warmsSpares: boolean }) {
    this.warmsSpares = options.warmsSpares;
    this.host = host;
    this.entries = entries;
    this.keeper = keeperClient(host, entries.keeper);
    this.jobs = new Jobs(project => this.events.emit('changed', project));
  }

  /** Opens a folder's project, and sees once per process that nothing of a crash is left. */
  async project(folder: string): Promise<Project> {
    const project = await openProject(this.host, folder, this.secrets.get(folder));
    let recovered = this.#recovered.get(project.id);
    if (recovered === undefined) {
      recovered = this.#recover(project);
      this.#recovered.set(project.id, recovered);
      recovered.catch(() => this.#recovered.delete(project.id));
    }
    await recovered;
    return project;
  }

  async environments(folder: string): Promise<EnvironmentContext> {
    return environmentContext(this, await this.project(folder));
  }

  /** The environment that a request names by id or branch; the present branch's otherwise. Throws `environment-missing`. */
  async record(
    context: EnvironmentContext,
    params: { branch?: string | undefined; id?: string | undefined },
  ): Promise<EnvironmentRecord> {
    if (params.id !== undefined) {
      const record = await readRecord(context.paths, params.id);
      if (record) return record;
      throw new GreenroomError('environment-missing', { subject: params.id });
    }
    const branch = params.branch ?? (await this.currentBranch(context));
    const { email } = await context.repository.identity();
    const record = await findByBranch(context.paths, email, branch);
    if (!record) throw new GreenroomError('environment-missing', { subject: branch });
    return record;
  }

  /** Throws `detached-head` where there is no branch. */
  async currentBranch(project: Project): Promise<string> {
    const head = await project.repository.head();
    if (head.kind === 'branch' || head.kind === 'unborn') return head.name;
    const during =
      head.during === 'none' ? `at ${head.commit.slice(0, 10)}` : `a ${head.during} is under way`;
    throw new GreenroomError('detached-head', { subject: project.directory, detail: during });
  }

  /** What is left of a killed build takes room, and a server’s memory, but is in nobody’s way: no command fails for it. */
  async #removeLeftovers(project: Project): Promise<void> {
    try {
      const left = await removeLeftovers(this.host, project.paths, project.id);
      if (left.length > 0) this.host.log.info('removed what an interrupted build left', { left });
    } catch (error) {
      this.host.log.warn('could not remove what an interrupted build left', { problem: messageOf(error) });
    }
  }

  async #recover(project: Project): Promise<void> {
    await remountStore(this.host);
    // A promotion that a crash cut off is finished or reverted before anything else looks at production.
    const { problems, finished, takenBack } = await recover(
      await promotionContext(this, project),
      unattended,
    );
    for (const problem of problems) this.host.log.error('a promotion is not ended yet', { problem });
    if (finished.length + takenBack.length > 0)
      this.host.log.info('ended after a crash', { finished, takenBack });
    await this.#removeLeftovers(project);
    try {
      await collectGarbage(environmentContext(this, project));
    } catch (error) {
      if (!hasReason(error, 'locked')) throw error;
      this.host.log.debug('cleaning up is left to another backend', { problem: messageOf(error) });
    }
  }
}
