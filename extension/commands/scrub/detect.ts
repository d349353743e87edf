import * as vscode from 'vscode';
import { detectScrub } from '../../../server/protocol/base.ts';
import { markdownTable } from '../../ui/markdown.ts';
import { withProgress } from '../../ui/progress.ts';
import { command } from '../define.ts';

/** Proposals for columns that no rule covers, ready to paste. Never a value. */
export const detectCommand = command('scrub.detect', 'project', async ({ backend, documents, folder }) => {
  const { proposals, covered, uncovered } = await withProgress(
    vscode.l10n.t('Looking for personal data'),
    (progress, token) => backend.request(detectScrub, { folder: folder.path }, { progress, token }),
  );
  const summary = vscode.l10n.t('{0} columns have a rule, {1} have none.', covered, uncovered);
  const rules = proposals.map(({ rule }) => `      ${rule}`).join(',\n');
  const table = markdownTable(
    [vscode.l10n.t('Column'), vscode.l10n.t('Rule'), vscode.l10n.t('Confidence'), vscode.l10n.t('Why')],
    proposals.map(item => [
      `${item.table}.${item.column}`,
      item.use,
      `${Math.round(item.confidence * 100)} %`,
      item.reason,
    ]),
  );
  const title = vscode.l10n.t('Personal data');
  await documents.showAnswer(
    title,
    `# ${title}\n\n${summary}\n\n${table}\n\n\`\`\`jsonc\n"rules": {\n${rules}\n}\n\`\`\`\n`,
  );
});
