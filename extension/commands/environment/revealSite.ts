import * as vscode from 'vscode';
import { pickEnvironment } from '../../ui/ask.ts';
import { command } from '../define.ts';

export const revealSiteCommand = command(
  'environment.revealSite',
  'project',
  async ({ folder, status }, argument) => {
    const environment = await pickEnvironment(argument, status.environments, {
      current: folder.environment,
      fits: ({ state }) => state.state === 'ready' || state.state === 'asleep',
      title: vscode.l10n.t('Open the site of which environment?'),
    });
    if (environment !== undefined)
      await vscode.commands.executeCommand('vscode.openFolder', vscode.Uri.file(environment.site), {
        forceNewWindow: true,
      });
  },
);
