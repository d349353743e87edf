import * as vscode from 'vscode';
import { adoption } from '../../../server/protocol/promotion.ts';
import { markdownTable } from '../../ui/markdown.ts';
import { withProgress } from '../../ui/progress.ts';
import { command } from '../define.ts';

/** How many changes of production went through a promotion. */
export const adoptionCommand = command(
  'evidence.adoption',
  'project',
  async ({ backend, documents, folder }) => {
    const answer = await withProgress(vscode.l10n.t('Counting changes'), (progress, token) =>
      backend.request(adoption, { folder: folder.path }, { progress, token }),
    );
    const share = answer.share === undefined ? '–' : `${Math.round(answer.share * 100)} %`;
    const table = markdownTable(
      [vscode.l10n.t('Month'), vscode.l10n.t('Promotions'), vscode.l10n.t('Direct changes')],
      answer.months.map(({ month, promotions, direct }) => [month, String(promotions), String(direct)]),
    );
    const summary = vscode.l10n.t(
      '{0} of all changes to production went through a promotion ({1} promotions, {2} direct changes).',
      share,
      answer.promotions,
      answer.direct,
    );
    const title = vscode.l10n.t('Adoption');
    await documents.showAnswer(title, `# ${title}\n\n${summary}\n\n${table}\n`);
  },
);
