import * as vscode from 'vscode';
import { command } from '../define.ts';

export const restartBackendCommand = command('backend.restart', 'window', async ({ backend }) => {
  if (vscode.workspace.isTrusted) await backend.restart();
});
