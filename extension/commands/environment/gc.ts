import * as vscode from 'vscode';
import { collectGarbage } from '../../../server/protocol/environment.ts';
import { bytesText } from '../../ui/format.ts';
import { withProgress } from '../../ui/progress.ts';
import { command } from '../define.ts';

export const gcCommand = command('environment.gc', 'project', async ({ backend, folder }) => {
  const { removed, bytes } = await withProgress(vscode.l10n.t('Freeing space'), (progress, token) =>
    backend.request(collectGarbage, { folder: folder.path }, { progress, token }),
  );
  await vscode.window.showInformationMessage(
    removed.length === 0
      ? vscode.l10n.t('There was nothing to free.')
      : vscode.l10n.t('{0} freed: {1}', bytesText(bytes), removed.join(', ')),
  );
});
