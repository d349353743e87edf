import * as vscode from 'vscode';
import { cancelJob } from '../../../server/protocol/review.ts';
import { nodeOfKind } from '../../ui/nodes.ts';
import { command } from '../define.ts';

export const cancelJobCommand = command(
  'job.cancel',
  'project',
  async ({ backend, folder, status }, argument) => {
    const node = nodeOfKind(argument, 'job');
    const [only, ...more] = status.jobs;
    const picked =
      node?.job ??
      (more.length === 0
        ? only
        : (
            await vscode.window.showQuickPick(
              status.jobs.map(job => ({ label: job.title, description: job.progress.step, job })),
              { title: vscode.l10n.t('Cancel what?') },
            )
          )?.job);
    if (picked !== undefined) await backend.request(cancelJob, { folder: folder.path, id: picked.id });
  },
);
