import * as vscode from 'vscode';
import { postponeEnvironment } from '../../../server/protocol/environment.ts';
import { pickEnvironment } from '../../ui/ask.ts';
import { dateText } from '../../ui/format.ts';
import { command } from '../define.ts';

export const postponeCommand = command(
  'environment.postpone',
  'project',
  async ({ backend, folder, status }, argument) => {
    const environment = await pickEnvironment(argument, status.environments, {
      current: folder.environment,
      fits: ({ state }) => state.state === 'ready' || state.state === 'asleep',
      title: vscode.l10n.t('Postpone the expiry of which environment?'),
    });
    if (environment === undefined) return;
    const answer = await backend.request(postponeEnvironment, { folder: folder.path, id: environment.id });
    vscode.window.setStatusBarMessage(
      vscode.l10n.t('{0} now expires {1}', answer.branch, dateText(answer.expiresAt)),
      5000,
    );
  },
);
