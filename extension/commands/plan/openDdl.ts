import * as vscode from 'vscode';
import { ddlUri } from '../../review/uris.ts';
import { nodeOfKind } from '../../ui/nodes.ts';
import { command } from '../define.ts';

export const openDdlCommand = command('plan.openDdl', 'environment', async ({ folder }, argument) => {
  const node = nodeOfKind(argument, 'ddl');
  const change =
    node?.change ??
    folder.lastPlan?.schema.find(({ object }) => object === argument) ??
    folder.lastPlan?.schema[0];
  if (change === undefined) return;
  await vscode.window.showTextDocument(ddlUri(folder.path, change.object, change.kind), { preview: true });
});
