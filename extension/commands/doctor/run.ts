import * as vscode from 'vscode';
import { doctor } from '../../../server/protocol/project.ts';
import { showText } from '../../ui/ask.ts';
import { withProgress } from '../../ui/progress.ts';
import { command } from '../define.ts';

export const doctorCommand = command('doctor.run', 'folder', async ({ backend, folder }) => {
  const { parts } = await withProgress(vscode.l10n.t('Checking this machine'), (progress, token) =>
    backend.request(doctor, { folder: folder.path }, { progress, token }),
  );
  const lines = parts.flatMap(({ part, ok, choice, advice }) => [
    `## ${ok ? '✓' : '✗'} ${part}`,
    '',
    choice,
    ...(advice === undefined ? [] : ['', `> ${advice}`]),
    '',
  ]);
  await showText(`# Greenroom doctor\n\n${lines.join('\n')}`, 'markdown');
});
