import * as vscode from 'vscode';
import { diffSides } from '../../review/diffs.ts';
import { ddlUri } from '../../review/uris.ts';
import { command } from '../define.ts';

/** The whole promotion in one multi-file diff editor: files first, then each DDL statement as a document. */
export const reviewCommand = command(
  'plan.review',
  'environment',
  async ({ folder, reviews, environment }) => {
    if (folder.lastPlan === undefined) await folder.refreshPlan();
    const plan = folder.lastPlan;
    if (plan === undefined) return;
    if (plan.files.length + plan.schema.length === 0) {
      await vscode.window.showInformationMessage(vscode.l10n.t('Nothing differs from production.'));
      return;
    }
    const locations = reviews.locations(folder);
    const files = await Promise.all(
      plan.files
        .filter(({ type, excluded }) => type === 'file' && !excluded)
        .map(file => diffSides(folder, locations, file)),
    );
    const ddl = plan.schema.map(change => {
      const uri = ddlUri(folder.path, change.object, change.kind);
      return [uri, undefined, uri] as const;
    });
    await vscode.commands.executeCommand(
      'vscode.changes',
      vscode.l10n.t('{0}: staging → production', environment.branch),
      [...files.map(({ label, original, modified }) => [label, original, modified]), ...ddl],
    );
  },
);
