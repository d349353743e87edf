import * as vscode from 'vscode';
import { closeFolder, openFolder, statusChanged } from '../../server/protocol/project.ts';
import { planChanged } from '../../server/protocol/review.ts';
import type { Backend } from '../backend/backend.ts';
import { BackendDown, RequestFailure } from '../backend/failure.ts';
import type { Secrets } from '../backend/secrets.ts';
import { setContext } from '../ui/contextKeys.ts';
import { Disposable } from '../ui/disposable.ts';
import { affects, setting } from '../ui/settings.ts';
import { FolderModel } from './folder.ts';

/** All folders of this window. Opens them in the backend, again after each of its starts, and hears what changed. */
export class WorkspaceModel extends Disposable {
  readonly #backend: Backend;
  readonly #secrets: Secrets;
  readonly #log: vscode.LogOutputChannel;
  readonly #folders = new Map<string, FolderModel>();
  #active: FolderModel | undefined;
  readonly #statusChanged = this.register(new vscode.EventEmitter<FolderModel | undefined>());
  readonly #planChanged = this.register(new vscode.EventEmitter<FolderModel>());
  /** A folder's status, the set of folders, which one is active, or the backend's state. */
  readonly onDidChange = this.#statusChanged.event;
  readonly onDidChangePlan = this.#planChanged.event;

  constructor(backend: Backend, secrets: Secrets, log: vscode.LogOutputChannel) {
    super();
    this.#backend = backend;
    this.#secrets = secrets;
    this.#log = log;
    this.#syncFolders();
    this.register(backend.onDidChangeState(({ state }) => this.#onBackend(state)));
    this.register(
      backend.onNotification(statusChanged, ({ folder, status }) =>
        this.#folders.get(folder)?.setStatus(status),
      ),
    );
    this.register(
      backend.onNotification(planChanged, ({ folder, environment, what }) => {
        const model = this.#folders.get(folder);
        if (model?.environment?.id === environment) model.moved(what);
      }),
    );
    this.register(vscode.workspace.onDidChangeWorkspaceFolders(() => this.#syncFolders()));
    this.register(vscode.workspace.onDidGrantWorkspaceTrust(() => this.#update(undefined)));
    this.register(vscode.window.onDidChangeActiveTextEditor(() => this.#chooseActive()));
    this.register(
      vscode.workspace.onDidChangeConfiguration(event => {
        if (affects(event, 'autoCreate', 'excludedBranches')) void this.reopen();
      }),
    );
    this.register(secrets.onDidChange(() => void this.reopen()));
  }

  get folders(): FolderModel[] {
    return [...this.#folders.values()];
  }

  /** The folder that status bar and palette are about: the active editor's, else the first with a repository. */
  get active(): FolderModel | undefined {
    return this.#active;
  }

  forUri(uri: vscode.Uri): FolderModel | undefined {
    const folder = vscode.workspace.getWorkspaceFolder(uri);
    return folder === undefined ? undefined : this.#folders.get(folder.uri.fsPath);
  }

  /** Tells the backend again which folders are open and how checkouts are answered. */
  async reopen(): Promise<void> {
    await Promise.all(this.folders.map(folder => this.#open(folder)));
  }

  #onBackend(state: string): void {
    if (state === 'running') void this.reopen();
    else for (const folder of this.folders) folder.setStatus(undefined);
    this.#update(undefined);
  }

  async #open(model: FolderModel): Promise<void> {
    if (!vscode.workspace.isTrusted || this.#backend.state.state !== 'running') return;
    try {
      const status = await this.#backend.request(openFolder, {
        folder: model.path,
        autoCreate: setting('autoCreate', model.folder.uri),
        excludedBranches: setting('excludedBranches', model.folder.uri),
        secrets: await this.#secrets.all(model.path),
      });
      model.setStatus(status);
    } catch (error) {
      if (error instanceof BackendDown) return;
      this.#log.error(`${model.path} could not be opened: ${String(error)}`);
      if (error instanceof RequestFailure)
        model.setStatus({ state: 'blocked', root: model.path, failure: error.failure });
    }
  }

  #syncFolders(): void {
    const wanted = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
    for (const [path, model] of this.#folders) {
      if (wanted.some(({ uri }) => uri.fsPath === path)) continue;
      this.#folders.delete(path);
      model.dispose();
      void this.#backend
        .request(closeFolder, { folder: path })
        .catch(() => this.#log.debug(`${path} was closed`));
    }
    for (const folder of wanted) {
      if (this.#folders.has(folder.uri.fsPath)) continue;
      const model = new FolderModel(folder, this.#backend);
      this.#folders.set(folder.uri.fsPath, model);
      model.onDidChangeStatus(() => this.#update(model));
      model.onDidChangePlan(() => this.#planChanged.fire(model));
      void this.#open(model);
    }
    this.#update(undefined);
  }

  #chooseActive(): void {
    const editor = vscode.window.activeTextEditor;
    const chosen = (editor && this.forUri(editor.document.uri)) ?? this.#active;
    const kept = chosen !== undefined && this.folders.includes(chosen) ? chosen : undefined;
    const withRepository = this.folders.find(folder => folder.ready !== undefined);
    const next = kept?.ready !== undefined ? kept : (withRepository ?? kept ?? this.folders[0]);
    if (next === this.#active) return;
    this.#active = next;
    this.#update(next);
  }

  #update(folder: FolderModel | undefined): void {
    this.#chooseActive();
    setContext('state', this.#contextState());
    setContext('environment', this.#active?.environment !== undefined);
    setContext('base', (this.#active?.ready?.generations.length ?? 0) > 0);
    setContext('busy', (this.#active?.ready?.jobs.length ?? 0) > 0);
    this.#statusChanged.fire(folder);
  }

  #contextState(): Parameters<typeof setContext<'state'>>[1] {
    if (!vscode.workspace.isTrusted) return 'untrusted';
    if (this.#active === undefined) return 'no-folder';
    if (this.#backend.state.state === 'down') return 'down';
    const { status } = this.#active;
    if (status?.state === 'blocked' && status.failure.reason === 'secret-missing') return 'secret-missing';
    return status?.state ?? 'starting';
  }

  override dispose(): void {
    for (const folder of this.folders) folder.dispose();
    super.dispose();
  }
}
