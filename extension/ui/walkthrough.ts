import * as vscode from 'vscode';
import type { WorkspaceModel } from '../model/workspace.ts';
import type { Previews } from '../preview/previews.ts';
import { type Step, setContext, steps } from './contextKeys.ts';
import { Disposable } from './disposable.ts';

const pulseEvery = 1500;
/** A minute: whoever looks at the page sees it within the first. */
const pulsesAtMost = 40;

/**
 * Completes the walkthrough's steps. VS Code counts a step as done when a context key of it becomes true, and for the
 * whole session never when the key already was true as the walkthrough was registered, which is when any of its pages is
 * first looked at. So each step has two keys: one becomes true as the step is done; the other is false but for an
 * instant, again and again, while a page that may be the walkthrough's is in front, from wherever it was opened.
 */
export class Walkthrough extends Disposable {
  readonly #workspace: WorkspaceModel;
  readonly #previews: Previews;
  readonly #done = new Set<Step>();
  #pulsing: NodeJS.Timeout | undefined;

  constructor(workspace: WorkspaceModel, previews: Previews) {
    super();
    this.#workspace = workspace;
    this.#previews = previews;
    this.register(workspace.onDidChange(() => this.#update()));
    this.register(previews.onDidShow(() => this.#update()));
    const { tabGroups } = vscode.window;
    this.register(tabGroups.onDidChangeTabs(() => this.#look()));
    this.register(tabGroups.onDidChangeTabGroups(() => this.#look()));
    this.register(new vscode.Disposable(() => clearInterval(this.#pulsing)));
    this.#look();
  }

  /** VS Code's own pages, the walkthrough among them, are tabs whose input has no type. */
  #look(): void {
    const { activeTab } = vscode.window.tabGroups.activeTabGroup;
    const may = activeTab !== undefined && activeTab.input === undefined;
    if (may === (this.#pulsing !== undefined)) return;
    clearInterval(this.#pulsing);
    this.#pulsing = undefined;
    if (!may) return;
    let left = pulsesAtMost;
    this.#pulsing = setInterval(() => {
      if (left-- > 0) this.#pulse();
      else clearInterval(this.#pulsing);
    }, pulseEvery);
  }

  #pulse(): void {
    for (const step of this.#done) {
      setContext(`stepBefore.${step}`, true);
      setContext(`stepBefore.${step}`, false);
    }
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
