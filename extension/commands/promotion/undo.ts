import * as vscode from 'vscode';
import { undo } from '../../../server/protocol/promotion.ts';
import { pickPromotion } from '../../ui/ask.ts';
import { withProgress } from '../../ui/progress.ts';
import { confirmUndo, undoing } from '../../ui/undoing.ts';
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
    if (!(await confirmUndo(folder, promotion))) return;
    const done = await undoing(confirmed =>
      withProgress(vscode.l10n.t('Undoing the promotion'), (progress, token) =>
        backend.request(undo, { folder: folder.path, promotion, confirmed }, { progress, token }),
      ),
    );
    if (done === undefined) return;
    folder.planSoon(0);
    const text = vscode.l10n.t('Undone: production is as it was before {0}.', done.undoes);
    if (done.warnings.length > 0)
      await vscode.window.showWarningMessage(`${text} ${done.warnings.join(' ')}`);
    else void vscode.window.showInformationMessage(text);
  },
);
