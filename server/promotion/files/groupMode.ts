import { stat } from 'node:fs/promises';
import { groupMayWrite } from '../sharing.ts';
import type { FileState } from './fileState.ts';
import { nearestDirectory } from './nearestDirectory.ts';

const groupBits = 0o2070;

/**
 * The state that a path shall have in production. Where a directory is a group's to write, so is a new one in it: else a colleague
 * could neither promote into it nor undo what came with it. Files stay as they are, since they are replaced and not written.
 * A group that this user is not in is left alone: no right is given that it could not take back.
 */
export async function withGroup(
  root: string,
  file: string,
  before: FileState | undefined,
  after: FileState | undefined,
): Promise<FileState | undefined> {
  if (after?.type !== 'directory') return after;
  if (before?.type === 'directory' && before.mode === after.mode) return after;
  const parent = await stat(await nearestDirectory(root, file));
  if ((parent.mode & groupMayWrite) === 0 || !isMember(parent.gid)) return after;
  const shared = { ...after, mode: after.mode | (parent.mode & groupBits) };
  return before?.type !== 'directory' || before.mode === shared.mode ? shared : after;
}

function isMember(gid: number): boolean {
  return (
    process.geteuid?.() === 0 || process.getegid?.() === gid || (process.getgroups?.() ?? []).includes(gid)
  );
}
