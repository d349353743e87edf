import * as vscode from 'vscode';
import { destroyEnvironment } from '../../../server/protocol/environment.ts';
import { isReason } from '../../backend/failure.ts';
import { confirm, pickEnvironment } from '../../ui/ask.ts';
import { dateText } from '../../ui/format.ts';
import { withProgress } from '../../ui/progress.ts';
import { command } from '../define.ts';

/** One confirmation; a second one, naming the loss, only when it holds changes that were never promoted. */
export const destroyCommand = command(
  'environment.destroy',
  'project',
  async ({ backend, folder, status }, argument) => {
    const environment = await pickEnvironment(argument, status.environments, {
      fits: ({ state }) => state.state !== 'creating' && state.state !== 'destroying',
      title: vscode.l10n.t('Remove which environment?'),
    });
    if (environment === undefined) return;
    const { branch, id } = environment;
    const now = environment.state.state === 'expired';
    const sure = await confirm(
      vscode.l10n.t('Remove the environment of {0}?', branch),
      vscode.l10n.t('Remove'),
      now
        ? vscode.l10n.t('Its space is freed at once; it cannot be restored after that.')
        : vscode.l10n.t('Branch and production are not touched. It can be restored for 24 hours.'),
    );
    if (!sure) return;
    const remove = (evenIfChanged: boolean) =>
      withProgress(vscode.l10n.t('Removing the environment'), (progress, token) =>
        backend.request(
          destroyEnvironment,
          { folder: folder.path, id, now, evenIfChanged },
          { progress, token },
        ),
      );
    const answer = await remove(false).catch(async error => {
      if (!isReason(error, 'environment-busy')) throw error;
      const anyway = await confirm(
        error.failure.message,
        vscode.l10n.t('Remove Anyway'),
        error.failure.items.join('\n'),
      );
      return anyway ? remove(true) : undefined;
    });
    if (answer?.restorableUntil === undefined) return;
    const restore = vscode.l10n.t('Restore');
    const chosen = await vscode.window.showInformationMessage(
      vscode.l10n.t('Removed; restorable until {0}.', dateText(answer.restorableUntil)),
      restore,
    );
    if (chosen === restore) await vscode.commands.executeCommand('greenroom.environment.restore', id);
  },
);
