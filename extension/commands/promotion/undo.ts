import * as vscode from 'vscode';
import { undo } from '../../../server/protocol/promotion.ts';
import { isReason } from '../../backend/failure.ts';
import { confirm, pickPromotion } from '../../ui/ask.ts';
import { dateText } from '../../ui/format.ts';
import { withProgress } from '../../ui/progress.ts';
import { command } from '../define.ts';

/** One click, one confirmation; asks a second time only when undo itself would lose something, and says what. */
export const undoCommand = command(
  'promotion.undo',
  'project',
  async ({ backend, folder, status }, argument) => {
    const possible = status.promotions.filter(({ undo: { state } }) => state === 'possible');
    // A promotion of a moment ago may not be in the status yet: its name is enough.
    const entry = await pickPromotion(argument, possible, vscode.l10n.t('Undo which promotion?'));
    const promotion = entry?.promotion ?? (typeof argument === 'string' ? argument : undefined);
    if (promotion === undefined) return;
    const sure = await confirm(
      vscode.l10n.t('Undo the promotion “{0}”?', entry?.message.split('\n')[0] ?? promotion),
      vscode.l10n.t('Undo'),
      entry === undefined
        ? undefined
        : vscode.l10n.t('Promoted by {0}, {1}. Rows written since are kept.', entry.by, dateText(entry.at)),
    );
    if (!sure) return;
    const run = (confirmed: boolean) =>
      withProgress(vscode.l10n.t('Undoing the promotion'), (progress, token) =>
        backend.request(undo, { folder: folder.path, promotion, confirmed }, { progress, token }),
      );
    const done = await run(false).catch(async error => {
      if (!isReason(error, 'finding')) throw error;
      const { message, items } = error.failure;
      return (await confirm(message, vscode.l10n.t('Undo Anyway'), items.join('\n'))) ? run(true) : undefined;
    });
    if (done === undefined) return;
    folder.planSoon(0);
    const text = vscode.l10n.t('Undone: production is as it was before {0}.', done.undoes);
    if (done.warnings.length > 0)
      await vscode.window.showWarningMessage(`${text} ${done.warnings.join(' ')}`);
    else void vscode.window.showInformationMessage(text);
  },
);
