import * as vscode from 'vscode';
import { inboxUri } from '../../review/uris.ts';
import { command } from '../define.ts';
import { pickMessage } from './pick.ts';

/** A caught message as a document; unread until then. */
export const openMessageCommand = command(
  'inbox.open',
  'environment',
  async ({ backend, folder, environment }, argument) => {
    const message = await pickMessage(backend, folder.path, argument);
    if (message === undefined) return;
    const uri = inboxUri(folder.path, environment.id, message.number, message.subject);
    await vscode.window.showTextDocument(uri, { preview: true });
  },
);
