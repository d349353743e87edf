import * as vscode from 'vscode';
import type { WorkspaceModel } from '../model/workspace.ts';
import type { Previews } from '../preview/previews.ts';
import { type StepKey, setContext, stepKeys } from './contextKeys.ts';
import { Disposable } from './disposable.ts';

/**
 * Completes the walkthrough's steps. VS Code counts a step as done when its context key becomes true, and never when the
 * key already was true as the walkthrough was registered; so keys become true only by a change that is seen, or after the
 * walkthrough was opened from here.
 */
export class Walkthrough extends Disposable {
  readonly #workspace: WorkspaceModel;
  readonly #previews: Previews;
  readonly #done = new Set<StepKey>();
  #opened = false;
  #first = true;

  constructor(workspace: WorkspaceModel, previews: Previews) {
    super();
    this.#workspace = workspace;
    this.#previews = previews;
    this.register(workspace.onDidChange(() => this.#update()));
    this.register(previews.onDidShow(() => this.#update()));
  }

  async open(id: string): Promise<void> {
    await vscode.commands.executeCommand('workbench.action.openWalkthrough', id, false);
    // The page registers its steps while it is being drawn; nothing tells when that has happened.
    setTimeout(() => {
      this.#opened = true;
      for (const key of this.#done) setContext(key, true);
    }, 1500);
  }

  #update(): void {
    const folder = this.#workspace.active;
    if (folder?.ready === undefined) return;
    const now: Record<StepKey, boolean> = {
      stepConfigured: true,
      stepBase: folder.ready.generations.length > 0,
      stepEnvironment: folder.environment !== undefined,
      stepPreviewed: this.#previews.shown,
    };
    for (const key of stepKeys) {
      if (!now[key] || this.#done.has(key)) continue;
      this.#done.add(key);
      if (this.#opened || !this.#first) setContext(key, true);
    }
    this.#first = false;
  }
}
