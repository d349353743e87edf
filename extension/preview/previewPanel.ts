import * as vscode from 'vscode';
import { makePlan, type PlanView, planFile } from '../../server/protocol/plan.ts';
import { type FromPage, fromPage, type PageActivity, type ToPage } from '../../server/protocol/preview.ts';
import { approve, promote, undo } from '../../server/protocol/promotion.ts';
import type { Backend, ProgressValue } from '../backend/backend.ts';
import { BackendDown, RequestFailure } from '../backend/failure.ts';
import type { FolderModel } from '../model/folder.ts';
import type { SourceControls } from '../review/sourceControls.ts';
import { Disposable } from '../ui/disposable.ts';
import { report } from '../ui/report.ts';
import { confirmUndo, undoing } from '../ui/undoing.ts';
import { previewHtml } from './html.ts';

type Work = Extract<PageActivity, { state: 'working' }>['what'];

/** The extension's side of the preview page: answers what the page asks, and keeps it true while the world moves. */
export class PreviewPanel extends Disposable {
  readonly #folder: FolderModel;
  readonly #backend: Backend;
  readonly #reviews: SourceControls;
  readonly #log: vscode.LogOutputChannel;
  readonly #panel: vscode.WebviewPanel;
  #running: vscode.CancellationTokenSource | undefined;
  /** The plan that came with the page; while the page loads there is no one to hear of another. */
  readonly #firstPlan: PlanView | undefined;
  #loaded = false;
  readonly onDidDispose: vscode.Event<void>;

  constructor(
    folder: FolderModel,
    extension: vscode.Uri,
    backend: Backend,
    reviews: SourceControls,
    log: vscode.LogOutputChannel,
  ) {
    super();
    this.#folder = folder;
    this.#backend = backend;
    this.#reviews = reviews;
    this.#log = log;
    const dist = vscode.Uri.joinPath(extension, 'dist');
    const branch = folder.environment?.branch ?? folder.folder.name;
    this.#panel = this.register(
      vscode.window.createWebviewPanel(
        'greenroom.preview',
        vscode.l10n.t('Promotion of {0}', branch),
        vscode.ViewColumn.Active,
        { enableScripts: true, localResourceRoots: [dist], retainContextWhenHidden: true },
      ),
    );
    this.onDidDispose = this.#panel.onDidDispose;
    this.#panel.iconPath = vscode.Uri.joinPath(extension, 'media', 'icon.png');
    this.register(this.#panel.onDidDispose(() => this.dispose()));
    this.register(this.#panel.webview.onDidReceiveMessage(message => this.#receive(message)));
    this.register(folder.onDidMove(what => this.#post({ type: 'moved', what })));
    this.register(
      folder.onDidChangePlan(() => {
        // Choices made in tree or SCM view show here at once; a plan that merely was made again does so on refresh.
        if (folder.plan.state === 'ready' && this.#running === undefined) this.#postPlan(true);
      }),
    );
    const first: ToPage[] = [{ type: 'strings', strings: stringTable(), locale: vscode.env.language }];
    const plan = this.#planMessage(true);
    if (plan !== undefined) first.push(plan);
    this.#firstPlan = folder.lastPlan;
    this.#panel.webview.html = previewHtml(this.#panel.webview, dist, first);
  }

  reveal(): void {
    this.#panel.reveal();
    void this.#plan();
  }

  #receive(raw: unknown): void {
    const parsed = fromPage.safeParse(raw);
    if (!parsed.success) {
      this.#log.warn(`The preview page sent something unknown: ${parsed.error.message}`);
      return;
    }
    void this.#handle(parsed.data).catch(error => report(error, this.#log));
  }

  async #handle(message: FromPage): Promise<void> {
    switch (message.type) {
      case 'ready':
        this.#loaded = true;
        if (this.#folder.lastPlan !== this.#firstPlan) this.#postPlan(true);
        return this.#plan();
      case 'refresh':
        return this.#plan();
      case 'file':
        return this.#file(message.call, message.path);
      case 'openDiff': {
        const file = this.#folder.lastPlan?.files.find(({ path }) => path === message.path);
        if (file !== undefined) await run('plan.openDiff', { kind: 'change', model: this.#folder, file });
        return;
      }
      case 'openAll':
        return run('plan.review', { kind: 'folder', model: this.#folder });
      case 'openDdl': {
        const change = this.#folder.lastPlan?.schema.find(({ object }) => object === message.object);
        if (change !== undefined) await run('plan.openDdl', { kind: 'ddl', model: this.#folder, change });
        return;
      }
      case 'choose':
        await this.#folder.choose(message.choices);
        return;
      case 'message':
        this.#reviews.setMessage(this.#folder, message.text);
        return;
      case 'approve':
        return this.#approve();
      case 'promote':
        return this.#promote(message);
      case 'undo':
        return this.#undo(message.promotion);
      case 'cancel':
        this.#running?.cancel();
    }
  }

  async #plan(): Promise<void> {
    const plan = await this.#work('plan', (progress, token) =>
      this.#backend.request(makePlan, { folder: this.#folder.path, rehearse: true }, { progress, token }),
    );
    if (plan === undefined) return;
    this.#folder.setPlan({ state: 'ready', plan });
    this.#postPlan(false);
    this.#activity({ state: 'idle' });
  }

  async #approve(): Promise<void> {
    const digest = this.#folder.lastPlan?.digest;
    if (digest === undefined) return;
    const done = await this.#work('approve', (progress, token) =>
      this.#backend.request(approve, { folder: this.#folder.path, digest }, { progress, token }),
    );
    if (done !== undefined) await this.#plan();
  }

  async #promote(message: Extract<FromPage, { type: 'promote' }>): Promise<void> {
    const { type: _, ...params } = message;
    const done = await this.#work('promote', (progress, token) =>
      this.#backend.request(promote, { folder: this.#folder.path, ...params }, { progress, token }),
    );
    if (done === undefined) return;
    this.#reviews.clearMessage(this.#folder);
    this.#activity({
      state: 'promoted',
      promotion: done.promotion,
      ledgerCommit: done.ledgerCommit,
      seconds: (done.timings['total'] ?? 0) / 1000,
      warnings: done.warnings,
    });
    this.#folder.planSoon(0);
  }

  async #undo(promotion: string): Promise<void> {
    if (!(await confirmUndo(this.#folder, promotion))) return;
    const folder = this.#folder.path;
    const done = await this.#work('undo', (progress, token) =>
      undoing(confirmed =>
        this.#backend.request(undo, { folder, promotion, confirmed }, { progress, token }),
      ),
    );
    if (done === undefined) return;
    this.#activity({ state: 'undone', undoes: done.undoes, seconds: (done.timings['total'] ?? 0) / 1000 });
    this.#folder.planSoon(0);
  }

  async #file(call: number, path: string): Promise<void> {
    try {
      const file = await this.#backend.request(planFile, { folder: this.#folder.path, path });
      // The page draws hunks; whole contents would only make the message large.
      const { production: _p, environment: _e, ...rest } = file;
      this.#post({ type: 'answer', call, file: rest });
    } catch (error) {
      this.#post({ type: 'answer', call, problem: error instanceof Error ? error.message : String(error) });
    }
  }

  /** Runs one thing at a time, shows its progress on the page, and shows there why it failed. */
  async #work<T>(
    what: Work,
    work: (progress: (value: ProgressValue) => void, token: vscode.CancellationToken) => Promise<T>,
  ): Promise<T | undefined> {
    if (this.#running !== undefined && what !== 'plan') return undefined;
    this.#running?.cancel();
    const source = new vscode.CancellationTokenSource();
    this.#running = source;
    this.#activity({ state: 'working', what, progress: { step: '' } });
    try {
      return await work(progress => {
        if (this.#running === source) this.#activity({ state: 'working', what, progress });
      }, source.token);
    } catch (error) {
      if (this.#running === source) this.#activity(activityOfError(error));
      return undefined;
    } finally {
      if (this.#running === source) this.#running = undefined;
      source.dispose();
    }
  }

  #activity(activity: PageActivity): void {
    this.#post({ type: 'activity', activity });
  }

  #postPlan(live: boolean): void {
    const message = this.#planMessage(live);
    if (message !== undefined) this.#post(message);
  }

  #planMessage(live: boolean): ToPage | undefined {
    const plan = this.#folder.lastPlan;
    return plan && { type: 'plan', plan, message: this.#reviews.message(this.#folder), live };
  }

  #post(message: ToPage): void {
    if (this.#loaded && !this.isDisposed) void this.#panel.webview.postMessage(message);
  }
}

function activityOfError(error: unknown): PageActivity {
  if (error instanceof vscode.CancellationError) return { state: 'idle' };
  if (error instanceof RequestFailure) return { state: 'failed', failure: error.failure };
  const message =
    error instanceof BackendDown
      ? vscode.l10n.t('Greenroom’s backend is not running.')
      : error instanceof Error
        ? error.message
        : String(error);
  return { state: 'failed', failure: { reason: 'internal', message, items: [], exitCode: 1 } };
}

async function run(command: string, argument: unknown): Promise<void> {
  await vscode.commands.executeCommand(`greenroom.${command}`, argument);
}

/** VS Code's own table of translations for the language it shows, plain strings only. */
function stringTable(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(vscode.l10n.bundle ?? {}).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    ),
  );
}
