import * as vscode from 'vscode';
import { command } from '../define.ts';
import { pickSecret } from './pick.ts';

/** Puts a value for `${secret:NAME}` or `${env:NAME}` into VS Code's secret storage. */
export const setSecretCommand = command(
  'secret.set',
  'folder',
  async ({ backend, folder, secrets }, argument) => {
    const name = await pickSecret(backend, folder, argument, vscode.l10n.t('Set a Secret'));
    if (name === undefined) return;
    const value = await vscode.window.showInputBox({
      title: name,
      prompt: vscode.l10n.t('Kept in VS Code’s secret storage; never written into the repository.'),
      password: true,
      ignoreFocusOut: true,
    });
    if (value !== undefined) await secrets.set(folder.path, name, value);
  },
);
