import * as vscode from 'vscode';
import { command } from '../define.ts';

export const openConfigurationCommand = command('configuration.open', 'window', async ({ workspace }) => {
  const folder = workspace.active;
  const status = folder?.status;
  const root = status !== undefined && 'root' in status ? status.root : folder?.path;
  if (root === undefined) return;
  const file = vscode.Uri.joinPath(vscode.Uri.file(root), 'greenroom.jsonc');
  const problem = status?.state === 'invalid' ? status.problems[0] : undefined;
  const position = new vscode.Position(
    Math.max(0, (problem?.line ?? 1) - 1),
    Math.max(0, (problem?.column ?? 1) - 1),
  );
  try {
    await vscode.window.showTextDocument(problem === undefined ? file : vscode.Uri.file(problem.file), {
      selection: new vscode.Range(position, position),
    });
  } catch {
    await vscode.window.showInformationMessage(vscode.l10n.t('This repository has no greenroom.jsonc yet.'));
  }
});
