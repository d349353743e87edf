import * as vscode from 'vscode';
import { showEnvironment } from '../../../server/protocol/environment.ts';
import { pickEnvironment } from '../../ui/ask.ts';
import { command } from '../define.ts';

export const terminalCommand = command(
  'environment.terminal',
  'project',
  async ({ backend, folder, status }, argument) => {
    const environment = await pickEnvironment(argument, status.environments, {
      current: folder.environment,
      fits: ({ state }) => state.state === 'ready' || state.state === 'asleep',
      title: vscode.l10n.t('Open a terminal in which environment?'),
    });
    if (environment === undefined) return;
    const { site, variables } = await backend.request(showEnvironment, {
      folder: folder.path,
      id: environment.id,
    });
    vscode.window
      .createTerminal({
        name: `${environment.branch} (staging)`,
        cwd: site,
        env: variables,
        iconPath: new vscode.ThemeIcon('beaker'),
      })
      .show();
  },
);
