import * as vscode from 'vscode';
import { command } from '../define.ts';

export const clearSecretCommand = command('secret.clear', 'folder', async ({ folder, secrets }) => {
  const names = Object.keys(await secrets.all(folder.path));
  if (names.length === 0) {
    await vscode.window.showInformationMessage(vscode.l10n.t('No secret is kept for this folder.'));
    return;
  }
  const name = await vscode.window.showQuickPick(names, { title: vscode.l10n.t('Forget a Secret') });
  if (name !== undefined) await secrets.clear(folder.path, name);
});
