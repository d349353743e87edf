import * as vscode from 'vscode';
import { createEnvironment } from '../../../server/protocol/environment.ts';
import { withProgress } from '../../ui/progress.ts';
import { command } from '../define.ts';

export const createEnvironmentCommand = command(
  'environment.create',
  'project',
  async ({ backend, folder }) => {
    const answer = await withProgress(vscode.l10n.t('Creating the environment'), (progress, token) =>
      backend.request(createEnvironment, { folder: folder.path }, { progress, token }),
    );
    if (answer.warnings.length > 0)
      void vscode.window.showWarningMessage(
        vscode.l10n.t(
          'The environment of {0} is ready, with warnings: {1}',
          answer.branch,
          answer.warnings.join(' '),
        ),
      );
    return answer.id;
  },
);
