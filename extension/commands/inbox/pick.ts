import * as vscode from 'vscode';
import { type InboxMessage, listInbox } from '../../../server/protocol/inbox.ts';
import type { Backend } from '../../backend/backend.ts';
import { age } from '../../ui/format.ts';
import { nodeOfKind } from '../../ui/nodes.ts';

export async function pickMessage(
  backend: Backend,
  folder: string,
  argument: unknown,
  kind?: InboxMessage['kind'],
): Promise<InboxMessage | undefined> {
  const node = nodeOfKind(argument, 'message');
  if (node !== undefined) return node.message;
  const { messages } = await backend.request(listInbox, { folder });
  const fitting = messages.filter(message => kind === undefined || message.kind === kind);
  if (typeof argument === 'number') return fitting.find(({ number }) => number === argument);
  if (fitting.length === 0) {
    await vscode.window.showInformationMessage(vscode.l10n.t('The inbox is empty.'));
    return undefined;
  }
  const picked = await vscode.window.showQuickPick(
    fitting.map(message => ({
      label: `$(${message.kind === 'mail' ? 'mail' : 'globe'}) ${message.subject}`,
      description: `${message.from} → ${message.to.join(', ')}`,
      detail: age(message.at),
      message,
    })),
    { title: vscode.l10n.t('Inbox'), matchOnDescription: true },
  );
  return picked?.message;
}
