import * as vscode from 'vscode';
import { BackendDown, RequestFailure } from '../backend/failure.ts';
import type { FolderModel } from '../model/folder.ts';
import { nodeOf } from '../ui/nodes.ts';
import { report } from '../ui/report.ts';
import type { AnyCommand, Contexts, Need, WindowContext } from './define.ts';

/** Registers every command of the table. Each exists from the start; what it needs is looked at when it is run. */
export function registerCommands(context: WindowContext, commands: readonly AnyCommand[]): vscode.Disposable {
  return vscode.Disposable.from(
    ...commands.map(command =>
      vscode.commands.registerCommand(`greenroom.${command.id}`, async (...args: unknown[]) => {
        try {
          const ready = await prepare(context, command.need, args);
          return ready === undefined ? undefined : await command.run(ready as never, ...args);
        } catch (error) {
          // Not awaited: whoever ran the command need not wait until the person has closed the message.
          void report(error, context.log);
          return undefined;
        }
      }),
    ),
  );
}

/** The context that a command needs, or `undefined` after the person was told what is missing. */
async function prepare(
  context: WindowContext,
  need: Need,
  args: readonly unknown[],
): Promise<Contexts[Need] | undefined> {
  if (need === 'window') return context;
  if (!vscode.workspace.isTrusted) return untrusted();
  const folder = folderOf(context, args);
  if (folder === undefined) return noFolder();
  if (context.backend.state.state === 'down' || context.backend.state.state === 'off')
    throw new BackendDown();
  if (need === 'folder') return { ...context, folder };
  const status = folder.status ?? (await firstStatus(context, folder));
  if (status?.state === 'blocked') throw new RequestFailure(status.failure);
  if (status?.state !== 'ready') return notReady(status?.state);
  if (need === 'project') return { ...context, folder, status };
  const environment = folder.environment;
  if (environment === undefined) return noEnvironment(status.head.kind);
  return { ...context, folder, status, environment };
}

function folderOf(context: WindowContext, args: readonly unknown[]): FolderModel | undefined {
  const [first] = args;
  if (first instanceof vscode.Uri) return context.workspace.forUri(first) ?? context.workspace.active;
  return nodeOf(first)?.model ?? context.workspace.active;
}

/** A command may be run before the folder's first status has come; it waits for it, and for a backend that restarts. */
async function firstStatus(context: WindowContext, folder: FolderModel): Promise<FolderModel['status']> {
  return new Promise((resolve, reject) => {
    const listeners = [
      folder.onDidChangeStatus(() => folder.status !== undefined && settle(() => resolve(folder.status))),
      context.backend.onDidChangeState(
        ({ state }) => state === 'down' && settle(() => reject(new BackendDown())),
      ),
    ];
    const timer = setTimeout(() => settle(() => reject(new BackendDown())), 15_000);
    const settle = (finish: () => void) => {
      clearTimeout(timer);
      for (const listener of listeners) listener.dispose();
      finish();
    };
  });
}

async function untrusted(): Promise<undefined> {
  const manage = vscode.l10n.t('Manage Trust');
  const chosen = await vscode.window.showWarningMessage(
    vscode.l10n.t('Greenroom runs nothing and connects nowhere until you trust this folder.'),
    manage,
  );
  if (chosen === manage) await vscode.commands.executeCommand('workbench.trust.manage');
  return undefined;
}

async function noFolder(): Promise<undefined> {
  await vscode.window.showInformationMessage(vscode.l10n.t('Open the folder of a site’s repository first.'));
  return undefined;
}

async function notReady(state: string | undefined): Promise<undefined> {
  if (state === 'unconfigured') {
    const setUp = vscode.l10n.t('Set Up Greenroom');
    const chosen = await vscode.window.showInformationMessage(
      vscode.l10n.t('This repository has no greenroom.jsonc yet.'),
      setUp,
    );
    if (chosen === setUp) await vscode.commands.executeCommand('greenroom.setup.initialize');
  } else if (state === 'invalid') {
    const open = vscode.l10n.t('Open greenroom.jsonc');
    const chosen = await vscode.window.showWarningMessage(
      vscode.l10n.t('greenroom.jsonc has problems; put them right first.'),
      open,
    );
    if (chosen === open) await vscode.commands.executeCommand('greenroom.configuration.open');
  } else await vscode.window.showInformationMessage(vscode.l10n.t('This folder is not in a git repository.'));
  return undefined;
}

async function noEnvironment(head: string): Promise<undefined> {
  if (head !== 'branch') {
    await vscode.window.showInformationMessage(
      vscode.l10n.t('HEAD is detached: check out a branch to work with its environment.'),
    );
    return undefined;
  }
  const create = vscode.l10n.t('Create It');
  const chosen = await vscode.window.showInformationMessage(
    vscode.l10n.t('This branch has no environment.'),
    create,
  );
  if (chosen === create) await vscode.commands.executeCommand('greenroom.environment.create');
  return undefined;
}
