import * as vscode from 'vscode';
import { planFile } from '../../server/protocol/plan.ts';
import type { Backend } from '../backend/backend.ts';
import type { WorkspaceModel } from '../model/workspace.ts';
import { Disposable } from '../ui/disposable.ts';
import type { SourceControls } from './sourceControls.ts';

/** Above each hunk that differs from production: take production's version of it back. */
export class HunkLenses extends Disposable implements vscode.CodeLensProvider {
  readonly #backend: Backend;
  readonly #workspace: WorkspaceModel;
  readonly #reviews: SourceControls;
  readonly #changed = this.register(new vscode.EventEmitter<void>());
  readonly onDidChangeCodeLenses = this.#changed.event;

  constructor(backend: Backend, workspace: WorkspaceModel, reviews: SourceControls) {
    super();
    this.#backend = backend;
    this.#workspace = workspace;
    this.#reviews = reviews;
    this.register(vscode.languages.registerCodeLensProvider({ scheme: 'file' }, this));
    this.register(
      workspace.onDidChangePlan(folder => folder.plan.state !== 'loading' && this.#changed.fire()),
    );
  }

  async provideCodeLenses(
    document: vscode.TextDocument,
    token: vscode.CancellationToken,
  ): Promise<vscode.CodeLens[]> {
    const folder = this.#workspace.forUri(document.uri);
    const plan = folder?.lastPlan;
    // Hunks are of the saved file: while it has unsaved edits their lines would be wrong.
    if (folder === undefined || plan === undefined || document.isDirty) return [];
    const path = await this.#reviews.locations(folder).pathOf(document.uri);
    const change = plan.files.find(file => file.path === path);
    if (path === undefined || change?.change !== 'modified' || change.binary) return [];
    const { hunks } = await this.#backend.request(planFile, { folder: folder.path, path }, { token });
    return hunks.map((hunk, index) => {
      const line = Math.min(Math.max(0, hunk.newStart - 1), Math.max(0, document.lineCount - 1));
      return new vscode.CodeLens(new vscode.Range(line, 0, line, 0), {
        command: 'greenroom.plan.takeProduction',
        title: vscode.l10n.t('$(discard) Take production’s version back'),
        tooltip: hunk.lines.slice(0, 20).join('\n'),
        arguments: [path, index],
      });
    });
  }
}
