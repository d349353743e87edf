import type * as vscode from 'vscode';
import type { FileChange } from '../../server/protocol/plan.ts';
import type { FolderModel } from '../model/folder.ts';
import type { Locations } from './locations.ts';
import { productionUri } from './uris.ts';

export interface DiffSides {
  label: vscode.Uri;
  /** Absent where that side has no such file: what `vscode.changes` expects. */
  original: vscode.Uri | undefined;
  modified: vscode.Uri | undefined;
  /** The same with an empty document in place of an absent side: what `vscode.diff` expects. */
  left: vscode.Uri;
  right: vscode.Uri;
}

export async function diffSides(
  folder: FolderModel,
  locations: Locations,
  change: FileChange,
): Promise<DiffSides> {
  const production = productionUri(folder.path, change.path);
  const file = await locations.fileOf(change.path);
  return {
    label: file,
    original: change.change === 'added' ? undefined : production,
    modified: change.change === 'deleted' ? undefined : file,
    left: change.change === 'added' ? productionUri(folder.path, change.path, true) : production,
    right: change.change === 'deleted' ? emptySide(folder, change) : file,
  };
}

/** A path that production never has, read as empty. */
function emptySide(folder: FolderModel, change: FileChange): vscode.Uri {
  return productionUri(folder.path, change.path, true).with({ fragment: 'deleted' });
}
