import * as vscode from 'vscode';
import type { EnvironmentView } from '../../server/protocol/environment.ts';
import type { LedgerEntry } from '../../server/protocol/promotion.ts';
import { age, dateText } from './format.ts';
import { nodeOfKind } from './nodes.ts';

/** The environment a command was called on, else the current one, else the one the person picks; `undefined`: called off. */
export async function pickEnvironment(
  argument: unknown,
  environments: readonly EnvironmentView[],
  options: {
    current?: EnvironmentView | undefined;
    fits(environment: EnvironmentView): boolean;
    title: string;
  },
): Promise<EnvironmentView | undefined> {
  const node =
    nodeOfKind(argument, 'environment') ?? nodeOfKind(argument, 'database') ?? nodeOfKind(argument, 'site');
  if (node !== undefined) return node.environment;
  if (typeof argument === 'string')
    return environments.find(({ id, branch }) => id === argument || branch === argument);
  if (options.current !== undefined && options.fits(options.current)) return options.current;
  const fitting = environments.filter(options.fits);
  if (fitting.length === 0) {
    await vscode.window.showInformationMessage(vscode.l10n.t('There is no environment this applies to.'));
    return undefined;
  }
  const picked = await vscode.window.showQuickPick(
    fitting.map(environment => ({
      label: `$(git-branch) ${environment.branch}`,
      description: age(environment.createdAt),
      environment,
    })),
    { title: options.title },
  );
  return picked?.environment;
}

export async function pickPromotion(
  argument: unknown,
  entries: readonly LedgerEntry[],
  title: string,
): Promise<LedgerEntry | undefined> {
  const node = nodeOfKind(argument, 'promotion');
  if (node !== undefined) return node.entry;
  if (typeof argument === 'string') return entries.find(({ promotion }) => promotion === argument);
  if (entries.length === 0) {
    await vscode.window.showInformationMessage(vscode.l10n.t('There is no promotion this applies to.'));
    return undefined;
  }
  const picked = await vscode.window.showQuickPick(
    entries.map(entry => ({
      label: entry.message.split('\n')[0] || entry.promotion,
      description: `${entry.by} · ${dateText(entry.at)}`,
      entry,
    })),
    { title },
  );
  return picked?.entry;
}

/** A modal question with one named button; true when that was pressed. */
export async function confirm(message: string, button: string, detail?: string): Promise<boolean> {
  const chosen = await vscode.window.showWarningMessage(
    message,
    { modal: true, ...(detail !== undefined && { detail }) },
    button,
  );
  return chosen === button;
}
