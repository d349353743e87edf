import * as vscode from 'vscode';
import type * as z from 'zod';
import type { Failure } from '../../server/protocol/common.ts';
import type { EnvironmentView } from '../../server/protocol/environment.ts';
import { choosePlan, makePlan, type PlanView, type planChoices } from '../../server/protocol/plan.ts';
import type { ProjectStatus } from '../../server/protocol/project.ts';
import type { Backend } from '../backend/backend.ts';
import { BackendDown, RequestFailure } from '../backend/failure.ts';
import { Disposable } from '../ui/disposable.ts';

export type ReadyStatus = Extract<ProjectStatus, { state: 'ready' }>;

/** What is known of the difference between the branch's environment and production. */
export type PlanState =
  | { state: 'none' }
  | { state: 'loading'; previous?: PlanView }
  | { state: 'ready'; plan: PlanView }
  | { state: 'failed'; failure: Failure };

/** One workspace folder as the backend sees it. Holds what was last heard; asks for plans one at a time. */
export class FolderModel extends Disposable {
  readonly folder: vscode.WorkspaceFolder;
  #status: ProjectStatus | undefined;
  #plan: PlanState = { state: 'none' };
  #siteUrl: string | undefined;
  #planWanted = false;
  #planRunning = false;
  /** Counts the choices made: a plan that was asked for before the last one knows nothing of it. */
  #choices = 0;
  #planTimer: NodeJS.Timeout | undefined;
  readonly #backend: Backend;
  readonly #statusChanged = this.register(new vscode.EventEmitter<FolderModel>());
  readonly #planChanged = this.register(new vscode.EventEmitter<FolderModel>());
  readonly #moved = this.register(new vscode.EventEmitter<'environment' | 'production'>());
  readonly onDidChangeStatus = this.#statusChanged.event;
  readonly onDidChangePlan = this.#planChanged.event;
  /** Files or schema of one side are no longer what the last plan saw. */
  readonly onDidMove = this.#moved.event;

  constructor(folder: vscode.WorkspaceFolder, backend: Backend) {
    super();
    this.folder = folder;
    this.#backend = backend;
    this.register(new vscode.Disposable(() => clearTimeout(this.#planTimer)));
  }

  get path(): string {
    return this.folder.uri.fsPath;
  }

  get status(): ProjectStatus | undefined {
    return this.#status;
  }

  get ready(): ReadyStatus | undefined {
    return this.#status?.state === 'ready' ? this.#status : undefined;
  }

  /** The checked-out branch's environment while it can be worked with: ready or asleep. */
  get environment(): EnvironmentView | undefined {
    const current = this.ready?.current;
    return current?.state.state === 'ready' || current?.state.state === 'asleep' ? current : undefined;
  }

  get plan(): PlanState {
    return this.#plan;
  }

  /** The newest plan known, also while the next one is being made. */
  get lastPlan(): PlanView | undefined {
    if (this.#plan.state === 'ready') return this.#plan.plan;
    return this.#plan.state === 'loading' ? this.#plan.previous : undefined;
  }

  setStatus(status: ProjectStatus | undefined): void {
    const before = this.environment;
    const promotionsBefore = this.ready?.promotions.length;
    this.#status = status;
    const now = this.environment;
    if (now === undefined) this.setPlan({ state: 'none' });
    else if (
      before?.id !== now.id ||
      (before.state.state === 'asleep' && now.state.state === 'ready') ||
      promotionsBefore !== this.ready?.promotions.length
    )
      this.planSoon();
    this.#statusChanged.fire(this);
  }

  /** Where the site is served, while its task runs in this window. */
  get siteUrl(): string | undefined {
    return this.#siteUrl;
  }

  setSiteUrl(url: string | undefined): void {
    this.#siteUrl = url;
    this.#statusChanged.fire(this);
  }

  setPlan(plan: PlanState): void {
    if (this.#plan.state === 'none' && plan.state === 'none') return;
    this.#plan = plan;
    this.#planChanged.fire(this);
  }

  moved(what: 'environment' | 'production'): void {
    this.#moved.fire(what);
    this.planSoon();
  }

  /** Makes the plan again shortly; calls in between count as one. A sleeping environment is left asleep. */
  planSoon(milliseconds = 250): void {
    clearTimeout(this.#planTimer);
    this.#planTimer = setTimeout(() => void this.refreshPlan(), milliseconds);
  }

  /** Makes the plan now, without the rehearsal. Never two at a time: a call while one runs makes it run once more. */
  async refreshPlan(): Promise<void> {
    if (this.#planRunning) {
      this.#planWanted = true;
      return;
    }
    const environment = this.environment;
    if (environment === undefined || environment.state.state !== 'ready' || this.isDisposed) return;
    this.#planRunning = true;
    const previous = this.lastPlan;
    const choices = this.#choices;
    this.setPlan({ state: 'loading', ...(previous !== undefined && { previous }) });
    try {
      const plan = await this.#backend.request(makePlan, { folder: this.path, rehearse: false });
      if (choices !== this.#choices) this.#planWanted = true;
      else if (this.environment?.id === environment.id) this.setPlan({ state: 'ready', plan });
    } catch (error) {
      this.setPlan(planFailure(error));
    } finally {
      this.#planRunning = false;
    }
    if (!this.#planWanted) return;
    this.#planWanted = false;
    this.planSoon();
  }

  /** Records a choice; the answer is the plan with it. */
  async choose(choices: z.input<typeof planChoices>): Promise<PlanView> {
    this.#choices++;
    const plan = await this.#backend.request(choosePlan, { folder: this.path, choices });
    this.setPlan({ state: 'ready', plan });
    return plan;
  }

  /** Leaves files out of the promotion, or takes them back in. */
  async exclude(paths: readonly string[], excluded: boolean): Promise<void> {
    const now = new Set((this.lastPlan?.files ?? []).filter(file => file.excluded).map(file => file.path));
    for (const path of paths)
      if (excluded) now.add(path);
      else now.delete(path);
    await this.choose({ excludeFiles: [...now].sort() });
  }
}

function planFailure(error: unknown): PlanState {
  if (error instanceof RequestFailure) return { state: 'failed', failure: error.failure };
  if (error instanceof BackendDown) return { state: 'none' };
  const message = error instanceof Error ? error.message : String(error);
  return { state: 'failed', failure: { reason: 'internal', message, items: [], exitCode: 1 } };
}
