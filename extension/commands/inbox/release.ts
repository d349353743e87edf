import * as vscode from 'vscode';
import { releaseMail } from '../../../server/protocol/inbox.ts';
import { command } from '../define.ts';
import { pickMessage } from './pick.ts';

/** Sends a caught mail on; the backend allows only addresses of `reroute.releaseTo`. */
export const releaseCommand = command(
  'inbox.release',
  'environment',
  async ({ backend, folder }, argument) => {
    const message = await pickMessage(backend, folder.path, argument, 'mail');
    if (message === undefined) return;
    const to = await vscode.window.showInputBox({
      title: vscode.l10n.t('Release “{0}”', message.subject),
      prompt: vscode.l10n.t('An address that reroute.releaseTo allows'),
      ignoreFocusOut: true,
    });
    if (!to) return;
    const answer = await backend.request(releaseMail, { folder: folder.path, number: message.number, to });
    void vscode.window.showInformationMessage(vscode.l10n.t('Sent to {0}.', answer.to));
  },
);
