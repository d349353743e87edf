import * as vscode from 'vscode';
import { revertFile } from '../../../server/protocol/plan.ts';
import { confirm } from '../../ui/ask.ts';
import { nodesOfKind } from '../../ui/nodes.ts';
import { command } from '../define.ts';

/** Production's version of whole files (rows) or of one hunk (CodeLens: path and number) comes back into the branch. */
export const takeProductionCommand = command(
  'plan.takeProduction',
  'environment',
  async ({ backend, folder }, ...args) => {
    const [path, hunk] = args;
    if (typeof path === 'string' && typeof hunk === 'number') {
      await saveOpen();
      await backend.request(revertFile, { folder: folder.path, path, hunk });
      folder.planSoon(0);
      return;
    }
    const paths = nodesOfKind(args, 'change').map(({ file }) => file.path);
    if (paths.length === 0) return;
    const sure = await confirm(
      paths.length === 1
        ? vscode.l10n.t('Take production’s version of {0} back into the branch?', paths[0] ?? '')
        : vscode.l10n.t('Take production’s version of {0} files back into the branch?', paths.length),
      vscode.l10n.t('Take It Back'),
      vscode.l10n.t('The branch’s working copy is changed; its commits are not.'),
    );
    if (!sure) return;
    await saveOpen();
    for (const one of paths) await backend.request(revertFile, { folder: folder.path, path: one });
    folder.planSoon(0);
  },
);

/** The backend works on what is saved. */
async function saveOpen(): Promise<void> {
  await vscode.workspace.saveAll(false);
}
