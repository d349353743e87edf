import * as vscode from 'vscode';
import { listInbox } from '../../server/protocol/inbox.ts';
import type { ProjectStatus } from '../../server/protocol/project.ts';
import type { Backend } from '../backend/backend.ts';
import type { WorkspaceModel } from '../model/workspace.ts';
import { Disposable } from '../ui/disposable.ts';
import type { Node, NodeOf } from '../ui/nodes.ts';
import { report } from '../ui/report.ts';
import { childrenOfFolder, childrenOfPlan, stepsOutOf } from './children.ts';
import { itemOf } from './items.ts';

/** A problem that no welcome view can name stands above the rows that help with it. */
function messageOf(status: ProjectStatus | undefined): string {
  if (status?.state !== 'blocked' || status.failure.reason === 'secret-missing') return '';
  return [status.failure.message, ...status.failure.items].join('\n');
}

/** The tree "Staging". Children are made when a row is opened; welcome views stand in when there is nothing to show. */
export class StagingTree extends Disposable implements vscode.TreeDataProvider<Node> {
  readonly #backend: Backend;
  readonly #workspace: WorkspaceModel;
  readonly #view: vscode.TreeView<Node>;
  #shown = '';
  readonly #changed = this.register(new vscode.EventEmitter<undefined>());
  readonly onDidChangeTreeData = this.#changed.event;

  constructor(backend: Backend, workspace: WorkspaceModel, log: vscode.LogOutputChannel) {
    super();
    this.#backend = backend;
    this.#workspace = workspace;
    this.#view = this.register(
      vscode.window.createTreeView<Node>('greenroom.staging', {
        treeDataProvider: this,
        showCollapseAll: true,
        canSelectMany: true,
        manageCheckboxStateManually: true,
      }),
    );
    this.register(workspace.onDidChange(() => this.#refreshIfOther()));
    this.register(workspace.onDidChangePlan(() => this.#refreshIfOther()));
    this.register(
      this.#view.onDidChangeCheckboxState(({ items }) => {
        for (const [node, state] of items)
          if (node.kind === 'change')
            void node.model
              .exclude([node.file.path], state === vscode.TreeItemCheckboxState.Unchecked)
              .catch((error: unknown) => {
                this.#refresh();
                void report(error, log);
              });
      }),
    );
    this.register(
      this.#view.onDidChangeVisibility(({ visible }) => {
        if (visible) for (const folder of workspace.folders) if (!folder.lastPlan) folder.planSoon(0);
      }),
    );
  }

  getTreeItem(node: Node): vscode.TreeItem {
    return itemOf(node);
  }

  async getChildren(parent?: Node): Promise<Node[]> {
    if (parent === undefined) return this.#roots();
    switch (parent.kind) {
      case 'folder':
        return childrenOfFolder(parent.model);
      case 'inbox':
        return this.#messages(parent);
      default:
        return childrenOfPlan(parent);
    }
  }

  #roots(): Node[] {
    if (!vscode.workspace.isTrusted || this.#backend.state.state === 'down') return [];
    const ready = this.#workspace.folders.filter(folder => folder.ready !== undefined);
    const [only] = ready;
    if (only === undefined) return stepsOutOf(this.#workspace.active);
    return ready.length === 1 ? childrenOfFolder(only) : ready.map(model => ({ kind: 'folder', model }));
  }

  async #messages(parent: NodeOf<'inbox'>): Promise<Node[]> {
    const { model, environment } = parent;
    const { messages } = await this.#backend.request(listInbox, { folder: model.path, id: environment.id });
    if (messages.length === 0)
      return [{ kind: 'text', model, text: vscode.l10n.t('Nothing was caught yet'), icon: 'inbox' }];
    return messages.toReversed().map(message => ({ kind: 'message', model, message }));
  }

  /**
   * Draws the tree anew when what it shows is no longer the same. Not more often: a click on a row that is being drawn
   * anew is lost.
   */
  #refreshIfOther(): void {
    const shown = JSON.stringify([
      this.#backend.state.state,
      ...this.#workspace.folders.map(folder => [
        folder.path,
        folder.status,
        folder.siteUrl,
        folder.lastPlan?.digest,
        folder.plan.state === 'failed' ? folder.plan.failure : folder.lastPlan === undefined,
      ]),
    ]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#refresh();
  }

  #refresh(): void {
    this.#changed.fire(undefined);
    const unread = this.#workspace.folders.reduce(
      (sum, folder) => sum + (folder.environment?.inbox?.unread ?? 0),
      0,
    );
    this.#view.badge =
      unread === 0
        ? undefined
        : { value: unread, tooltip: vscode.l10n.t('{0} unread messages caught', unread) };
    this.#view.description = this.#workspace.active?.environment?.branch ?? '';
    this.#view.message = messageOf(this.#workspace.active?.status);
  }
}
