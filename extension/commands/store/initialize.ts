import * as vscode from 'vscode';
import { initializeStore } from '../../../server/protocol/project.ts';
import { bytesText } from '../../ui/format.ts';
import { withProgress } from '../../ui/progress.ts';
import { command } from '../define.ts';

/** A volume with reflinks, where the store's file system has none. */
export const initializeStoreCommand = command('store.initialize', 'folder', async ({ backend, folder }) => {
  const size = await vscode.window.showInputBox({
    title: vscode.l10n.t('Make a Fast Store on This Machine'),
    prompt: vscode.l10n.t('Most it may grow to; it takes only the space it uses.'),
    value: '100GB',
    validateInput: text =>
      /^\d+(\.\d+)?\s*(MB|GB|TB)$/.test(text) ? undefined : vscode.l10n.t('A size such as 100GB.'),
  });
  if (size === undefined) return;
  const { volume, bytes } = await withProgress(vscode.l10n.t('Making the store'), (progress, token) =>
    backend.request(initializeStore, { folder: folder.path, size }, { progress, token }),
  );
  await vscode.window.showInformationMessage(
    vscode.l10n.t('The store is at {0} and may grow to {1}.', volume, bytesText(bytes)),
  );
});
