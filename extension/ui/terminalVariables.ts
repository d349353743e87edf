import * as vscode from 'vscode';
import { showEnvironment } from '../../server/protocol/environment.ts';
import type { Backend } from '../backend/backend.ts';
import type { FolderModel } from '../model/folder.ts';
import type { WorkspaceModel } from '../model/workspace.ts';
import { Disposable } from './disposable.ts';
import { setting } from './settings.ts';

/** New terminals of a folder know its environment: `GREENROOM_*` and the database's own variables. Not kept on disk. */
export class TerminalVariables extends Disposable {
  readonly #collection: vscode.GlobalEnvironmentVariableCollection;
  readonly #backend: Backend;
  readonly #log: vscode.LogOutputChannel;
  readonly #shown = new Map<FolderModel, string>();

  constructor(
    collection: vscode.GlobalEnvironmentVariableCollection,
    backend: Backend,
    workspace: WorkspaceModel,
    log: vscode.LogOutputChannel,
  ) {
    super();
    this.#collection = collection;
    this.#backend = backend;
    this.#log = log;
    // The clone's password is among them: VS Code must not write them into its own storage.
    collection.persistent = false;
    this.register(
      workspace.onDidChange(() => {
        for (const folder of workspace.folders) void this.#update(folder);
      }),
    );
    this.register(new vscode.Disposable(() => collection.clear()));
  }

  async #update(folder: FolderModel): Promise<void> {
    const environment = setting('terminalVariables', folder.folder.uri) ? folder.environment : undefined;
    const key = environment === undefined ? '' : `${environment.id} ${environment.state.state}`;
    if ((this.#shown.get(folder) ?? '') === key) return;
    this.#shown.set(folder, key);
    const scoped = this.#collection.getScoped({ workspaceFolder: folder.folder });
    if (environment === undefined) {
      scoped.clear();
      return;
    }
    try {
      const { variables } = await this.#backend.request(showEnvironment, {
        folder: folder.path,
        id: environment.id,
      });
      if (this.#shown.get(folder) !== key) return;
      scoped.clear();
      scoped.description = vscode.l10n.t('The staging environment of {0}', environment.branch);
      for (const [name, value] of Object.entries(variables)) scoped.replace(name, value);
    } catch (error) {
      this.#shown.delete(folder);
      this.#log.warn(`Terminals do not know ${environment.branch}: ${String(error)}`);
    }
  }
}
