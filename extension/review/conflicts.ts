import type { FolderModel } from '../model/folder.ts';
import { nodesOfKind } from '../ui/nodes.ts';

/** Records for the conflicts among a command's arguments whose version is taken. */
export async function resolveConflicts(
  folder: FolderModel,
  args: readonly unknown[],
  resolution: 'mine' | 'theirs',
): Promise<void> {
  const ids = nodesOfKind(args, 'conflict').map(({ conflict }) => conflict.id);
  if (ids.length > 0) await folder.choose({ resolve: Object.fromEntries(ids.map(id => [id, resolution])) });
}
