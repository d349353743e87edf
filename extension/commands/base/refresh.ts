import * as vscode from 'vscode';
import { refreshBase } from '../../../server/protocol/base.ts';
import { countText, durationText } from '../../ui/format.ts';
import { withProgress } from '../../ui/progress.ts';
import { command } from '../define.ts';

export const refreshBaseCommand = command('base.refresh', 'project', async ({ backend, folder }) => {
  const built = await withProgress(vscode.l10n.t('Refreshing the base'), (progress, token) =>
    backend.request(refreshBase, { folder: folder.path }, { progress, token }),
  );
  const summary = vscode.l10n.t(
    'Base generation {0} is ready: {1} rows in {2}.',
    built.generation,
    countText(built.rows),
    durationText(built.seconds * 1000),
  );
  if (built.warnings.length > 0)
    await vscode.window.showWarningMessage(`${summary} ${built.warnings.join(' ')}`);
  else void vscode.window.showInformationMessage(summary);
});
