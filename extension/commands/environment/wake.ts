import * as vscode from 'vscode';
import { wakeEnvironment } from '../../../server/protocol/environment.ts';
import { pickEnvironment } from '../../ui/ask.ts';
import { withProgress } from '../../ui/progress.ts';
import { command } from '../define.ts';

export const wakeCommand = command(
  'environment.wake',
  'project',
  async ({ backend, folder, status }, argument) => {
    const environment = await pickEnvironment(argument, status.environments, {
      current: status.current,
      fits: ({ state }) => state.state === 'asleep',
      title: vscode.l10n.t('Wake which environment?'),
    });
    if (environment === undefined) return;
    await withProgress(vscode.l10n.t('Waking the environment'), (progress, token) =>
      backend.request(wakeEnvironment, { folder: folder.path, id: environment.id }, { progress, token }),
    );
  },
);
