import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import type { GreenroomApi } from '../../../extension/main.ts';
import type { ReadyStatus } from '../../../extension/model/folder.ts';
import { eventually } from '../support/eventually.ts';

export const folder = (): vscode.Uri => {
  const [first] = vscode.workspace.workspaceFolders ?? [];
  if (first === undefined) throw new Error('no folder is open');
  return first.uri;
};

export async function api(): Promise<GreenroomApi> {
  const extension = vscode.extensions.getExtension<GreenroomApi>('greenroom.greenroom');
  if (extension === undefined) throw new Error('the extension is not installed');
  return extension.activate();
}

/** The folder's status once it is ready and this is true of it. */
export async function statusWhen(what: string, fits: (status: ReadyStatus) => boolean): Promise<ReadyStatus> {
  const greenroom = await api();
  return eventually(() => {
    const status = greenroom.status(folder());
    if (status?.state !== 'ready' || !fits(status)) throw new Error(JSON.stringify(status));
    return status;
  }, what);
}

export async function git(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('git', args, { cwd: folder().fsPath });
  return stdout.trim();
}
