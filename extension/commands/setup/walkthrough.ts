import * as vscode from 'vscode';
import { command } from '../define.ts';

export const walkthroughCommand = command('setup.walkthrough', 'window', async ({ extension }) => {
  await vscode.commands.executeCommand(
    'workbench.action.openWalkthrough',
    `${extension.extension.id}#start`,
    false,
  );
});
