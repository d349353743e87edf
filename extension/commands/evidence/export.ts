import * as vscode from 'vscode';
import { exportBundle } from '../../../server/protocol/promotion.ts';
import { withProgress } from '../../ui/progress.ts';
import { command } from '../define.ts';

export const exportEvidenceCommand = command('evidence.export', 'project', async ({ backend, folder }) => {
  const target = await vscode.window.showSaveDialog({
    defaultUri: vscode.Uri.joinPath(folder.folder.uri, '..', 'evidence.html'),
    filters: { HTML: ['html'] },
    title: vscode.l10n.t('Export Evidence'),
  });
  if (target === undefined) return;
  const { file, entries } = await withProgress(vscode.l10n.t('Exporting evidence'), (progress, token) =>
    backend.request(exportBundle, { folder: folder.path, to: target.fsPath }, { progress, token }),
  );
  const open = vscode.l10n.t('Open');
  const chosen = await vscode.window.showInformationMessage(
    vscode.l10n.t('{0} entries exported to {1}.', entries, file),
    open,
  );
  if (chosen === open) await vscode.env.openExternal(vscode.Uri.file(file));
});
