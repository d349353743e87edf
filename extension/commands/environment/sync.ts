import * as vscode from 'vscode';
import { syncEnvironment } from '../../../server/protocol/environment.ts';
import { withProgress } from '../../ui/progress.ts';
import { command } from '../define.ts';

export const syncCommand = command('environment.sync', 'environment', async ({ backend, folder }) => {
  const { written, deleted } = await withProgress(vscode.l10n.t('Bringing files over'), (progress, token) =>
    backend.request(syncEnvironment, { folder: folder.path }, { progress, token }),
  );
  vscode.window.setStatusBarMessage(
    vscode.l10n.t('{0} files written, {1} deleted in the environment', written, deleted),
    5000,
  );
});
