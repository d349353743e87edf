import * as vscode from 'vscode';
import type { ResultOf } from '../../server/protocol/message.ts';
import { serveSite } from '../../server/protocol/review.ts';
import type { Backend } from '../backend/backend.ts';
import type { WorkspaceModel } from '../model/workspace.ts';
import { Disposable } from './disposable.ts';

/** The task that runs the site's server in the environment: `serve` of greenroom.jsonc, with the environment's variables. */
export function serveTask(folder: vscode.WorkspaceFolder, serving: ResultOf<typeof serveSite>): vscode.Task {
  const [program = '', ...args] = serving.command;
  const execution = new vscode.ProcessExecution(program, args, {
    cwd: serving.directory,
    env: serving.variables,
  });
  const task = new vscode.Task(
    { type: 'greenroom', task: 'serve' },
    folder,
    vscode.l10n.t('serve the site'),
    'greenroom',
    execution,
    [],
  );
  task.isBackground = true;
  task.presentationOptions = { reveal: vscode.TaskRevealKind.Silent, panel: vscode.TaskPanelKind.Dedicated };
  task.detail = serving.url;
  return task;
}

export class ServeTasks extends Disposable implements vscode.TaskProvider {
  readonly #backend: Backend;
  readonly #workspace: WorkspaceModel;

  constructor(backend: Backend, workspace: WorkspaceModel) {
    super();
    this.#backend = backend;
    this.#workspace = workspace;
    this.register(vscode.tasks.registerTaskProvider('greenroom', this));
    this.register(vscode.tasks.onDidStartTask(({ execution }) => this.#serving(execution.task, true)));
    this.register(vscode.tasks.onDidEndTask(({ execution }) => this.#serving(execution.task, false)));
  }

  #serving({ definition, scope, detail }: vscode.Task, runs: boolean): void {
    if (definition.type !== 'greenroom' || typeof scope !== 'object') return;
    this.#workspace.forUri(scope.uri)?.setSiteUrl(runs ? detail : undefined);
  }

  async provideTasks(token: vscode.CancellationToken): Promise<vscode.Task[]> {
    const folders = this.#workspace.folders.filter(folder => folder.environment !== undefined);
    const tasks = await Promise.all(
      folders.map(async folder => {
        try {
          return serveTask(
            folder.folder,
            await this.#backend.request(serveSite, { folder: folder.path }, { token }),
          );
        } catch {
          // No `serve` in greenroom.jsonc: there is no task to offer, and asking for tasks is no time to complain.
          return undefined;
        }
      }),
    );
    return tasks.filter(task => task !== undefined);
  }

  async resolveTask(task: vscode.Task, token: vscode.CancellationToken): Promise<vscode.Task | undefined> {
    const folder =
      typeof task.scope === 'object' ? this.#workspace.forUri(task.scope.uri) : this.#workspace.active;
    if (folder?.environment === undefined) return undefined;
    return serveTask(
      folder.folder,
      await this.#backend.request(serveSite, { folder: folder.path }, { token }),
    );
  }
}
