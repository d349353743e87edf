import * as vscode from 'vscode';
import { verify } from '../../../server/protocol/promotion.ts';
import { escapeMarkdown } from '../../ui/markdown.ts';
import { withProgress } from '../../ui/progress.ts';
import { command } from '../define.ts';

export const verifyCommand = command('evidence.verify', 'project', async ({ backend, documents, folder }) => {
  const { ok, entries, problems } = await withProgress(
    vscode.l10n.t('Verifying the ledger'),
    (progress, token) => backend.request(verify, { folder: folder.path }, { progress, token }),
  );
  if (ok) {
    await vscode.window.showInformationMessage(
      vscode.l10n.t('The ledger is whole: {0} entries, every signature good.', entries),
    );
    return;
  }
  const show = vscode.l10n.t('Show');
  const chosen = await vscode.window.showErrorMessage(
    vscode.l10n.t('The ledger has {0} problems.', problems.length),
    show,
  );
  if (chosen === show)
    await documents.showAnswer(
      vscode.l10n.t('Problems of the ledger'),
      problems.map(problem => `- ${escapeMarkdown(problem)}\n`).join(''),
    );
});
