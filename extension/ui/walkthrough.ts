import * as vscode from 'vscode';
import type { WorkspaceModel } from '../model/workspace.ts';
import type { Previews } from '../preview/previews.ts';
import { type Step, setContext, steps } from './contextKeys.ts';
import { Disposable } from './disposable.ts';

/**
 * Completes the walkthrough's steps. VS Code counts a step as done when a context key of it becomes true, and never when
 * the key already was true as the walkthrough was registered, which is when it is first looked at. So each step has two
 * keys: one becomes true as the step is done, the other after the walkthrough was opened from here.
 */
export class Walkthrough extends Disposable {
  readonly #workspace: WorkspaceModel;
  readonly #previews: Previews;
  readonly #done = new Set<Step>();

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
      for (const step of this.#done) setContext(`stepBefore.${step}`, true);
    }, 1500);
  }

  #update(): void {
    const folder = this.#workspace.active;
    if (folder?.ready === undefined) return;
    const now: Record<Step, boolean> = {
      configured: true,
      base: folder.ready.generations.length > 0,
      environment: folder.environment !== undefined,
      previewed: this.#previews.shown,
    };
    for (const step of steps) {
      if (!now[step] || this.#done.has(step)) continue;
      this.#done.add(step);
      setContext(`step.${step}`, true);
    }
  }
}
