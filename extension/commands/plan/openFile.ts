import * as vscode from 'vscode';
import { nodeOfKind } from '../../ui/nodes.ts';
import { command } from '../define.ts';

/** The branch's file, or the environment's where the site wrote it by itself. */
export const openFileCommand = command(
  'plan.openFile',
  'environment',
  async ({ folder, reviews }, argument) => {
    const node = nodeOfKind(argument, 'change');
    if (node === undefined) return;
    const uri = await reviews.locations(folder).fileOf(node.file.path);
    if (node.file.change === 'deleted') await vscode.commands.executeCommand('greenroom.plan.openDiff', node);
    else await vscode.commands.executeCommand('vscode.open', uri);
  },
);
