import * as vscode from 'vscode';
import { replayRequest } from '../../../server/protocol/inbox.ts';
import { command } from '../define.ts';
import { pickMessage } from './pick.ts';

export const replayCommand = command('inbox.replay', 'environment', async ({ backend, folder }, argument) => {
  const message = await pickMessage(backend, folder.path, argument, 'request');
  if (message === undefined) return;
  const url = await vscode.window.showInputBox({
    title: vscode.l10n.t('Replay {0}', message.subject),
    prompt: vscode.l10n.t('The local address that gets the request'),
    value: folder.siteUrl ?? 'http://127.0.0.1:',
    ignoreFocusOut: true,
  });
  if (!url) return;
  const { status } = await backend.request(replayRequest, {
    folder: folder.path,
    number: message.number,
    url,
  });
  void vscode.window.showInformationMessage(vscode.l10n.t('Answered with {0}.', status));
});
