import * as vscode from 'vscode';
import { doctor } from '../../../server/protocol/project.ts';
import { escapeMarkdown } from '../../ui/markdown.ts';
import { withProgress } from '../../ui/progress.ts';
import { command } from '../define.ts';

export const doctorCommand = command('doctor.run', 'folder', async ({ backend, documents, folder }) => {
  const { parts } = await withProgress(vscode.l10n.t('Checking this machine'), (progress, token) =>
    backend.request(doctor, { folder: folder.path }, { progress, token }),
  );
  const lines = parts.flatMap(({ part, ok, choice, advice }) => [
    `## ${ok ? '✓' : '✗'} ${part}`,
    '',
    escapeMarkdown(choice),
    ...(advice === undefined ? [] : ['', `> ${escapeMarkdown(advice)}`]),
    '',
  ]);
  const title = vscode.l10n.t('What Greenroom finds on this machine');
  await documents.showAnswer(title, `# ${title}\n\n${lines.join('\n')}`);
});
