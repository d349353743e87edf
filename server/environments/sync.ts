import path from 'node:path';
import type { Overlay } from '../files/overlay.ts';
import { type SyncOptions, type SyncReport, syncBranch } from '../files/sync.ts';
import type { Operation } from '../platform/progress.ts';
import type { EnvironmentContext } from './context.ts';
import { openEnvironment } from './open.ts';
import type { EnvironmentRecord } from './record.ts';
import { environmentPaths } from './records.ts';

/** How the branch's files reach this environment: used at creation, before a plan, and by the watcher. */
export async function syncOptions(
  context: EnvironmentContext,
  record: EnvironmentRecord,
  overlay: Overlay,
): Promise<SyncOptions> {
  const { repository, config } = context;
  const { branch } = record;
  const [defaultBranch, worktree] = await Promise.all([
    repository.defaultBranch(),
    worktreeWith(context, branch),
  ]);
  // Not HEAD's: it may be another branch by now. A commit that is checked out alone has no branch here.
  const mergeBase =
    defaultBranch === undefined
      ? undefined
      : ((await repository.mergeBase(`refs/heads/${branch}`, defaultBranch)) ??
        (await repository.mergeBase('HEAD', defaultBranch)));
  return {
    worktree,
    ...(worktree === context.directory && { repository }),
    branch,
    overlay,
    rules: config.sync,
    ...(mergeBase !== undefined && { mergeBase }),
    stateFile: path.join(environmentPaths(context.paths, record.id).directory, 'sync.json'),
    exclude: [...filesAlone(record.forkedFiles), ...config.reroute.config, 'greenroom.jsonc'],
  };
}

/** The worktree that has the branch checked out: this one, if it does. */
export async function worktreeWith(
  { repository, directory }: EnvironmentContext,
  branch: string,
): Promise<string> {
  const head = await repository.head();
  if (head.kind !== 'detached' && head.name === branch) return directory;
  return (await repository.worktrees()).find(one => one.branch === branch)?.path ?? directory;
}

/** Without the directories that only the fork needed: the branch may have files of its own in them. */
function filesAlone(forked: readonly string[]): string[] {
  return forked.filter(one => !forked.some(other => other.startsWith(`${one}/`)));
}

/** Brings the branch's files into the environment now, from the worktree that has it checked out; else it stays as it is. */
export async function syncNow(
  context: EnvironmentContext,
  record: EnvironmentRecord,
  operation: Operation,
): Promise<SyncReport> {
  const { overlay } = await openEnvironment(context, record);
  return syncBranch(context.host, await syncOptions(context, record, overlay), operation);
}
