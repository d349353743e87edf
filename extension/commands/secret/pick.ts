import * as vscode from 'vscode';
import { listSecrets } from '../../../server/protocol/review.ts';
import type { Backend } from '../../backend/backend.ts';
import type { FolderModel } from '../../model/folder.ts';

/** A name that greenroom.jsonc mentions (those without a value first), or one the person types. */
export async function pickSecret(
  backend: Backend,
  folder: FolderModel,
  argument: unknown,
  title: string,
): Promise<string | undefined> {
  if (typeof argument === 'string') return argument;
  const { secrets } = await backend.request(listSecrets, { folder: folder.path });
  const missing = secrets.filter(({ known }) => !known);
  // Nothing works until it is there: there is nothing to choose.
  if (folder.status?.state === 'blocked' && missing.length === 1) return missing[0]?.name;
  const other = { label: `$(edit) ${vscode.l10n.t('Another name…')}`, name: undefined };
  const items = secrets
    .toSorted((a, b) => Number(a.known) - Number(b.known))
    .map(({ name, source, known }) => ({
      label: name,
      description: `\${${source}:${name}}`,
      detail: known ? vscode.l10n.t('Has a value') : vscode.l10n.t('Has no value yet'),
      name,
    }));
  const picked = await vscode.window.showQuickPick([...items, other], { title });
  if (picked === undefined || picked.name !== undefined) return picked?.name;
  return vscode.window.showInputBox({
    title,
    prompt: vscode.l10n.t('The name, as in ${secret:NAME}'),
    validateInput: text =>
      /^[A-Za-z_]\w*$/.test(text) ? undefined : vscode.l10n.t('Letters, digits and underscores only.'),
  });
}
