import path from 'node:path';
import { isCheckedOut, settledCheckout } from '../git/checkout.ts';
import { runGit, splitNul } from '../git/git.ts';
import { openRepository } from '../git/repository.ts';
import type { Host } from '../platform/host.ts';
import type { Operation } from '../platform/progress.ts';
import type { SyncReport, Wanted } from './applyBranch.ts';
import { lstatIfAny } from './compare.ts';
import { mappings, mapToSite, matcher } from './mapping.ts';
import { applyWanted, type SyncOptions, withSyncLock } from './sync.ts';
import { readSyncState, type SyncState } from './syncState.ts';

/**
 * Brings single paths of the repository into the environment: what a save or a delete in the worktree needs.
 *
 * @returns `undefined` when only a whole sync can tell what to do
 */
export async function syncPaths(
  host: Host,
  options: SyncOptions,
  paths: readonly string[],
  op: Operation,
): Promise<SyncReport | undefined> {
  const repository = options.repository ?? (await openRepository(host, options.worktree));
  return withSyncLock(host, options, op, async () => {
    const checkout = await settledCheckout(host, repository, op.signal);
    if (!(await isCheckedOut(host, repository, options.branch))) return undefined;
    const all = mappings(options.rules);
    const isExcluded = matcher(options.exclude);
    const sites = new Map<string, string>();
    for (const file of paths) {
      const site = mapToSite(all, file)?.site;
      if (site !== undefined && !isExcluded(site)) sites.set(file, site);
    }
    if (sites.size === 0) return { written: [], deleted: [], warnings: [] };
    const names = [...sites.keys()];
    const [ignored, inBase, state] = await Promise.all([
      ignoredOf(host, options.worktree, names),
      blobsOf(host, options.worktree, options.mergeBase ?? 'HEAD', names),
      readSyncState(options.stateFile),
    ]);
    const wanted = new Map<string, Wanted>();
    for (const [file, site] of sites) {
      if (ignored.has(file)) continue;
      const want = await wantedNow(host, options, file, inBase.get(file));
      if (want === 'unclear' || (want === undefined && hasBelow(state, site))) return undefined;
      if (want !== undefined) wanted.set(site, want);
    }
    const scope = new Set(sites.values());
    return applyWanted(options, state, wanted, site => scope.has(site), checkout, op);
  });
}

/** What the branch wants at one path; `undefined`: nothing (any more); `unclear`: a question for the whole sync. */
async function wantedNow(
  host: Host,
  options: SyncOptions,
  file: string,
  known: { type: string; oid: string } | undefined,
): Promise<Wanted | 'unclear' | undefined> {
  const source = path.join(options.worktree, file);
  const stats = await lstatIfAny(source);
  if (stats === undefined) {
    if (known?.type === 'tree') return 'unclear';
    return known === undefined ? undefined : { kind: 'deleted' };
  }
  if (stats.isDirectory()) return 'unclear';
  // Back to what the base has: whether production's own version counts, the whole sync decides.
  if (known !== undefined && (await isBlob(host, options.worktree, file, known.oid))) return 'unclear';
  return { kind: 'file', source };
}

const hasBelow = (state: SyncState, site: string): boolean =>
  Object.keys(state.entries).some(entry => entry.startsWith(`${site}/`));

/** Of these paths, those that git ignores (and does not track). */
async function ignoredOf(host: Host, worktree: string, names: readonly string[]): Promise<Set<string>> {
  const { stdout } = await runGit(host, worktree, ['check-ignore', '-z', '--stdin'], {
    input: names.join('\0'),
    accept: [0, 1],
  });
  return new Set(splitNul(stdout));
}

async function blobsOf(
  host: Host,
  worktree: string,
  commit: string,
  names: readonly string[],
): Promise<Map<string, { type: string; oid: string }>> {
  const { code, stdout } = await runGit(
    host,
    worktree,
    ['ls-tree', '-z', '--full-tree', commit, '--', ...names],
    { accept: [0, 128] },
  );
  const blobs = new Map<string, { type: string; oid: string }>();
  if (code !== 0) return blobs;
  for (const line of splitNul(stdout)) {
    const [, type = '', oid = ''] = line.slice(0, line.indexOf('\t')).split(' ');
    blobs.set(line.slice(line.indexOf('\t') + 1), { type, oid });
  }
  return blobs;
}

async function isBlob(host: Host, worktree: string, file: string, oid: string): Promise<boolean> {
  const stats = await lstatIfAny(path.join(worktree, file));
  if (!stats?.isFile()) return false;
  return (await runGit(host, worktree, ['hash-object', '--', file])).stdout.trim() === oid;
}
