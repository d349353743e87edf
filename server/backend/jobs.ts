import { randomUUID } from 'node:crypto';
import { GreenroomError } from '../platform/errors.ts';
import type { Operation, ProgressReport } from '../platform/progress.ts';

export interface Job {
  id: string;
  project: string;
  title: string;
  branch?: string;
  progress: ProgressReport;
}

/** The operations that run in this backend, so that every window's status can show them and cancel them. */
export class Jobs {
  readonly #running = new Map<string, { job: Job; abort: AbortController }>();
  readonly #changed: (project: string) => void;

  constructor(changed: (project: string) => void) {
    this.#changed = changed;
  }

  list(project: string): Job[] {
    return [...this.#running.values()].map(({ job }) => job).filter(job => job.project === project);
  }

  cancel(id: string): void {
    this.#running.get(id)?.abort.abort(new GreenroomError('cancelled'));
  }

  /** Runs `action` as a job: it has a title, progress, and a second way to be cancelled. */
  async run<T>(
    about: { project: string; title: string; branch?: string },
    operation: Operation,
    action: (operation: Operation) => Promise<T>,
  ): Promise<T> {
    const abort = new AbortController();
    const job: Job = { ...about, id: randomUUID(), progress: { step: about.title } };
    this.#running.set(job.id, { job, abort });
    this.#changed(about.project);
    const progress = (report: ProgressReport) => {
      job.progress = report;
      operation.progress(report);
      this.#changed(about.project);
    };
    try {
      return await action({ progress, signal: AbortSignal.any([operation.signal, abort.signal]) });
    } finally {
      this.#running.delete(job.id);
      this.#changed(about.project);
    }
  }
}
