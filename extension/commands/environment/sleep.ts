import * as vscode from 'vscode';
import { sleepEnvironment } from '../../../server/protocol/environment.ts';
import { pickEnvironment } from '../../ui/ask.ts';
import { withProgress } from '../../ui/progress.ts';
import { command } from '../define.ts';

export const sleepCommand = command(
  'environment.sleep',
  'project',
  async ({ backend, folder, status }, argument) => {
    const environment = await pickEnvironment(argument, status.environments, {
      current: status.current,
      fits: ({ state }) => state.state === 'ready',
      title: vscode.l10n.t('Put which environment to sleep?'),
    });
    if (environment === undefined) return;
    await withProgress(vscode.l10n.t('Putting the environment to sleep'), (progress, token) =>
      backend.request(sleepEnvironment, { folder: folder.path, id: environment.id }, { progress, token }),
    );
  },
);
