import * as vscode from 'vscode';
import { queryClone } from '../../../server/protocol/project.ts';
import { markdownTable } from '../../ui/markdown.ts';
import { withProgress } from '../../ui/progress.ts';
import { command } from '../define.ts';

export const queryCommand = command(
  'environment.query',
  'environment',
  async ({ backend, documents, environment, folder }) => {
    const sql = await vscode.window.showInputBox({
      title: vscode.l10n.t('Query the Clone'),
      prompt: vscode.l10n.t('One SELECT, SHOW, DESCRIBE or EXPLAIN; it is run read-only.'),
      placeHolder: 'SELECT * FROM users',
    });
    if (!sql) return;
    const { columns, rows } = await withProgress(vscode.l10n.t('Querying the clone'), (progress, token) =>
      backend.request(queryClone, { folder: folder.path, sql, limit: 1000 }, { progress, token }),
    );
    await documents.showAnswer(
      vscode.l10n.t('Query of {0}', environment.branch),
      `\`\`\`sql\n${sql}\n\`\`\`\n\n${markdownTable(columns, rows)}\n`,
    );
  },
);
