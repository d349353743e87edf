import * as vscode from 'vscode';
import { showEnvironment } from '../../../server/protocol/environment.ts';
import { pickEnvironment } from '../../ui/ask.ts';
import { command } from '../define.ts';

/** Puts the clone's connection details onto the clipboard, in the form the person picks. */
export const copyConnectionCommand = command(
  'environment.copyConnection',
  'project',
  async ({ backend, folder, status }, argument) => {
    const environment = await pickEnvironment(argument, status.environments, {
      current: folder.environment,
      fits: ({ state }) => state.state === 'ready' || state.state === 'asleep',
      title: vscode.l10n.t('Copy the connection of which environment?'),
    });
    if (environment === undefined) return;
    const { database } = await backend.request(showEnvironment, { folder: folder.path, id: environment.id });
    const password = encodeURIComponent(database.password);
    const forms = [
      {
        label: 'URL',
        description: `mysql://${database.user}:…@${database.host}:${database.port}/${database.name}`,
        text: `mysql://${database.user}:${password}@${database.host}:${database.port}/${database.name}`,
      },
      {
        label: vscode.l10n.t('Command line'),
        description: `mysql --socket=${database.socket} …`,
        text: `MYSQL_PWD=${quote(database.password)} mysql --socket=${quote(database.socket)} --user=${quote(database.user)} ${quote(database.name)}`,
      },
      { label: vscode.l10n.t('Password'), description: '…', text: database.password },
      { label: vscode.l10n.t('Socket'), description: database.socket, text: database.socket },
      { label: 'Port', description: String(database.port), text: String(database.port) },
    ];
    const picked = await vscode.window.showQuickPick(forms, {
      title: vscode.l10n.t('Database of {0}', environment.branch),
    });
    if (picked !== undefined) await vscode.env.clipboard.writeText(picked.text);
  },
);

function quote(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
