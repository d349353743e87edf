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
  const defaultBranch = await repository.defaultBranch();
  const mergeBase =
    defaultBranch === undefined ? undefined : await repository.mergeBase('HEAD', defaultBranch);
  return {
    worktree: context.directory,
    overlay,
    rules: config.sync,
    ...(mergeBase !== undefined && { mergeBase }),
    stateFile: path.join(environmentPaths(context.paths, record.id).directory, 'sync.json'),
    exclude: [...filesAlone(record.forkedFiles), ...config.reroute.config, 'greenroom.jsonc'],
  };
}

/** Without the directories that only the fork needed: the branch may have files of its own in them. */
function filesAlone(forked: readonly string[]): string[] {
  return forked.filter(one => !forked.some(other => other.startsWith(`${one}/`)));
}

/** Brings the branch's files into the environment now. Only the worktree that has the branch checked out may do so. */
export async function syncNow(
  context: EnvironmentContext,
  record: EnvironmentRecord,
  operation: Operation,
): Promise<SyncReport> {
  const head = await context.repository.head();
  // Another branch's files must never reach this environment: without its worktree it stays as it is.
  if (head.kind !== 'branch' || head.name !== record.branch)
    return { written: [], deleted: [], warnings: [] };
  const { overlay } = await openEnvironment(context, record);
  return syncBranch(context.host, await syncOptions(context, record, overlay), operation);
}
