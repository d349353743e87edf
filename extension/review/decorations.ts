import * as vscode from 'vscode';
import type { FileChange } from '../../server/protocol/plan.ts';
import type { WorkspaceModel } from '../model/workspace.ts';
import { setContext } from '../ui/contextKeys.ts';
import { Disposable } from '../ui/disposable.ts';
import { changeText } from './folderSourceControl.ts';
import type { SourceControls } from './sourceControls.ts';
import { documentScheme, parseDocumentUri } from './uris.ts';

const badges: Record<FileChange['change'], string> = { added: 'A', modified: 'M', deleted: 'D' };
const colors: Record<FileChange['change'], string> = {
  added: 'gitDecoration.addedResourceForeground',
  modified: 'gitDecoration.modifiedResourceForeground',
  deleted: 'gitDecoration.deletedResourceForeground',
};

/**
 * Marks rows of the tree (scheme `greenroom-change`) and documents of statements, and tells `when` clauses which files
 * differ. Files of the explorer keep git's marks: two badges on one file would say different things.
 */
export class Decorations extends Disposable implements vscode.FileDecorationProvider {
  readonly #workspace: WorkspaceModel;
  readonly #changed = this.register(new vscode.EventEmitter<undefined>());
  readonly onDidChangeFileDecorations = this.#changed.event;

  constructor(workspace: WorkspaceModel, reviews: SourceControls) {
    super();
    this.#workspace = workspace;
    this.register(vscode.window.registerFileDecorationProvider(this));
    this.register(
      workspace.onDidChangePlan(folder => {
        if (folder.plan.state === 'loading') return;
        this.#changed.fire(undefined);
        void this.#tellChangedFiles(reviews);
      }),
    );
  }

  provideFileDecoration(uri: vscode.Uri): vscode.FileDecoration | undefined {
    if (uri.scheme === changeScheme) {
      const { change, excluded } = JSON.parse(uri.query) as Pick<FileChange, 'change' | 'excluded'>;
      return excluded
        ? new vscode.FileDecoration(
            '–',
            vscode.l10n.t('left out'),
            new vscode.ThemeColor('disabledForeground'),
          )
        : new vscode.FileDecoration(
            badges[change],
            changeText(change),
            new vscode.ThemeColor(colors[change]),
          );
    }
    if (uri.scheme !== documentScheme) return undefined;
    const document = parseDocumentUri(uri);
    if (document.of !== 'ddl') return undefined;
    const plan = this.#workspace.folders.find(({ path }) => path === document.folder)?.lastPlan;
    const destructive = plan?.schema.some(
      ({ object, destructive }) => object === document.object && destructive,
    );
    return destructive
      ? new vscode.FileDecoration(
          '!',
          vscode.l10n.t('destructive'),
          new vscode.ThemeColor('list.warningForeground'),
        )
      : undefined;
  }

  async #tellChangedFiles(reviews: SourceControls): Promise<void> {
    const changed: Record<string, boolean> = {};
    for (const folder of this.#workspace.folders) {
      const paths = (folder.lastPlan?.files ?? []).map(({ path }) => path);
      const locations = reviews.locations(folder);
      if (paths.length > 0) await locations.learn(paths);
      for (const path of paths) {
        const file = locations.known(path);
        if (file !== undefined) changed[file] = true;
      }
    }
    setContext('changedFiles', changed);
  }
}

export const changeScheme = 'greenroom-change';

/** The name under which the tree shows a changed file, so that it gets its icon and its mark. */
export function changeUri(file: FileChange): vscode.Uri {
  return vscode.Uri.from({
    scheme: changeScheme,
    path: `/${file.path}`,
    query: JSON.stringify({ change: file.change, excluded: file.excluded === true }),
  });
}
