import * as vscode from 'vscode';
import { showMarkdown } from '../../review/documents.ts';
import { promotionUri } from '../../review/uris.ts';
import { pickPromotion } from '../../ui/ask.ts';
import { command } from '../define.ts';

export const showPromotionCommand = command(
  'promotion.show',
  'project',
  async ({ folder, status }, argument) => {
    const entry = await pickPromotion(argument, status.promotions, vscode.l10n.t('Show which promotion?'));
    const promotion = entry?.promotion ?? (typeof argument === 'string' ? argument : undefined);
    if (promotion === undefined) return;
    await showMarkdown(promotionUri(folder.path, promotion, entry?.message.split('\n')[0]));
  },
);
