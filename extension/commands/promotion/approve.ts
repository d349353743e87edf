import * as vscode from 'vscode';
import { approve } from '../../../server/protocol/promotion.ts';
import { confirm } from '../../ui/ask.ts';
import { filesText, schemaChangesText } from '../../ui/format.ts';
import { withProgress } from '../../ui/progress.ts';
import { command } from '../define.ts';

/** Signs the digest of the plan that is shown; another engineer may promote exactly that. */
export const approveCommand = command('promotion.approve', 'environment', async ({ backend, folder }) => {
  const plan = folder.lastPlan;
  if (plan === undefined) {
    await vscode.commands.executeCommand('greenroom.plan.preview');
    return;
  }
  const sure = await confirm(
    vscode.l10n.t(
      'Approve {0} and {1}?',
      filesText(plan.files.length),
      schemaChangesText(plan.schema.length),
    ),
    vscode.l10n.t('Approve'),
    vscode.l10n.t('Your signature goes into the ledger. Digest: {0}', plan.digest),
  );
  if (!sure) return;
  const { digest } = plan;
  const answer = await withProgress(vscode.l10n.t('Signing the approval'), (progress, token) =>
    backend.request(approve, { folder: folder.path, digest }, { progress, token }),
  );
  folder.planSoon(0);
  void vscode.window.showInformationMessage(vscode.l10n.t('Approved as {0}.', answer.by));
});
