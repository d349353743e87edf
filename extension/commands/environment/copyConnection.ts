import * as vscode from 'vscode';
import type * as z from 'zod';
import { type databaseAccess, showEnvironment } from '../../../server/protocol/environment.ts';
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
    const forms = [
      { label: 'URL', description: connectionUrl(database, '…'), text: connectionUrl(database) },
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

type Access = z.infer<typeof databaseAccess>;

function connectionUrl({ host, port, user, password, name }: Access, shown?: string): string {
  const url = new URL(`mysql://${host}:${port}`);
  url.username = user;
  url.password = password;
  url.pathname = `/${name}`;
  return shown === undefined ? url.href : url.href.replace(`:${url.password}@`, `:${shown}@`);
}

function quote(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
