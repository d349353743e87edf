import * as vscode from 'vscode';
import { restoreEnvironment } from '../../../server/protocol/environment.ts';
import { pickEnvironment } from '../../ui/ask.ts';
import { withProgress } from '../../ui/progress.ts';
import { command } from '../define.ts';

export const restoreCommand = command(
  'environment.restore',
  'project',
  async ({ backend, folder, status }, argument) => {
    const environment = await pickEnvironment(argument, status.environments, {
      current: status.current,
      fits: ({ state }) => state.state === 'expired',
      title: vscode.l10n.t('Restore which environment?'),
    });
    if (environment === undefined) return;
    await withProgress(vscode.l10n.t('Restoring the environment'), (progress, token) =>
      backend.request(restoreEnvironment, { folder: folder.path, id: environment.id }, { progress, token }),
    );
  },
);
