import * as vscode from 'vscode';
import type { Backend } from '../backend/backend.ts';
import type { FolderModel } from '../model/folder.ts';
import type { SourceControls } from '../review/sourceControls.ts';
import { Disposable } from '../ui/disposable.ts';
import { PreviewPanel } from './previewPanel.ts';

/** One preview page per folder. */
export class Previews extends Disposable {
  readonly #extension: vscode.Uri;
  readonly #backend: Backend;
  readonly #reviews: SourceControls;
  readonly #log: vscode.LogOutputChannel;
  readonly #shown = this.register(new vscode.EventEmitter<void>());
  readonly onDidShow = this.#shown.event;
  /** A preview was opened in this window. */
  shown = false;
  readonly #panels = new Map<FolderModel, PreviewPanel>();

  constructor(
    extension: vscode.Uri,
    backend: Backend,
    reviews: SourceControls,
    log: vscode.LogOutputChannel,
  ) {
    super();
    this.#extension = extension;
    this.#backend = backend;
    this.#reviews = reviews;
    this.#log = log;
  }

  async show(folder: FolderModel): Promise<void> {
    const open = this.#panels.get(folder);
    if (open !== undefined) open.reveal();
    else {
      const panel = new PreviewPanel(folder, this.#extension, this.#backend, this.#reviews, this.#log);
      this.#panels.set(folder, panel);
      panel.onDidDispose(() => this.#panels.delete(folder));
    }
    this.shown = true;
    this.#shown.fire();
  }

  override dispose(): void {
    for (const panel of [...this.#panels.values()]) panel.dispose();
    super.dispose();
  }
}
