import * as vscode from 'vscode';
import { isReason } from '../backend/failure.ts';
import type { FolderModel } from '../model/folder.ts';
import { confirm } from './ask.ts';
import { dateText } from './format.ts';

/** The one confirmation that undo asks for, wherever it is clicked. */
export function confirmUndo(folder: FolderModel, promotion: string): Promise<boolean> {
  // A promotion of a moment ago may not be in the status yet: its name is enough.
  const entry = folder.ready?.promotions.find(one => one.promotion === promotion);
  return confirm(
    vscode.l10n.t('Undo the promotion “{0}”?', entry?.message.split('\n')[0] ?? promotion),
    vscode.l10n.t('Undo'),
    entry &&
      vscode.l10n.t('Promoted by {0}, {1}. Rows written since are kept.', entry.by, dateText(entry.at)),
  );
}

/** Undoes; asks once more, naming the loss, only where undo itself would lose something. `undefined`: called off. */
export async function undoing<T>(run: (confirmed: boolean) => Promise<T>): Promise<T | undefined> {
  try {
    return await run(false);
  } catch (error) {
    if (!isReason(error, 'finding')) throw error;
    const { message, items } = error.failure;
    return (await confirm(message, vscode.l10n.t('Undo Anyway'), items.join('\n'))) ? run(true) : undefined;
  }
}
