import * as vscode from 'vscode';
import { initialize } from '../../../server/protocol/project.ts';
import { isReason } from '../../backend/failure.ts';
import { command } from '../define.ts';

/** Writes a first greenroom.jsonc from what is found, opens it, and says what is left to answer. */
export const initializeCommand = command('setup.initialize', 'folder', async ({ backend, folder, log }) => {
  const answer = await backend.request(initialize, { folder: folder.path }).catch(async error => {
    // Someone else was first, or the file was there and broken: showing it is what the person wants.
    if (!isReason(error, 'usage', 'configuration-invalid')) throw error;
    await vscode.commands.executeCommand('greenroom.configuration.open');
    throw error;
  });
  for (const found of answer.found) log.info(`Found: ${found}`);
  await vscode.window.showTextDocument(vscode.Uri.file(answer.file));
  const set = vscode.l10n.t('Set a Secret');
  const build = vscode.l10n.t('Build the Base');
  const summary =
    answer.questions.length === 0
      ? vscode.l10n.t('greenroom.jsonc is written. Found: {0}.', answer.found.join(', '))
      : vscode.l10n.t('greenroom.jsonc is written. Still to answer: {0}', answer.questions.join(' '));
  const chosen = await vscode.window.showInformationMessage(summary, set, build);
  if (chosen === set) await vscode.commands.executeCommand('greenroom.secret.set');
  if (chosen === build) await vscode.commands.executeCommand('greenroom.base.build');
});
