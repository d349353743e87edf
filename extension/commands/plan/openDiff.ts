import * as vscode from 'vscode';
import { diffSides } from '../../review/diffs.ts';
import { productionUri } from '../../review/uris.ts';
import { nodeOfKind } from '../../ui/nodes.ts';
import { command } from '../define.ts';

/** Production's version beside the branch's: of a row, of the file in the explorer, or of the open editor. */
export const openDiffCommand = command(
  'plan.openDiff',
  'environment',
  async ({ folder, reviews }, argument) => {
    const locations = reviews.locations(folder);
    const node = nodeOfKind(argument, 'change');
    const uri = argument instanceof vscode.Uri ? argument : vscode.window.activeTextEditor?.document.uri;
    const path = node?.file.path ?? (uri && (await locations.pathOf(uri)));
    if (path === undefined) {
      await vscode.window.showInformationMessage(vscode.l10n.t('This file is not part of the site.'));
      return;
    }
    const change = node?.file ?? folder.lastPlan?.files.find(file => file.path === path);
    const name = path.slice(path.lastIndexOf('/') + 1);
    const title = vscode.l10n.t('{0} (production ↔ staging)', name);
    if (change !== undefined) {
      const { left, right } = await diffSides(folder, locations, change);
      await vscode.commands.executeCommand('vscode.diff', left, right, title, { preview: true });
    } else if (uri !== undefined)
      await vscode.commands.executeCommand('vscode.diff', productionUri(folder.path, path), uri, title);
  },
);
