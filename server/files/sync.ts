import { createHash } from 'node:crypto';
import path from 'node:path';
import { isCheckedOut, type SettledCheckout, settledCheckout } from '../git/checkout.ts';
import { openRepository, type Repository } from '../git/repository.ts';
import { GreenroomError } from '../platform/errors.ts';
import type { Host } from '../platform/host.ts';
import { withLock } from '../platform/locks.ts';
import type { Operation } from '../platform/progress.ts';
import { applyBranch, type SyncReport, type Wanted } from './applyBranch.ts';
import { branchState } from './branchState.ts';
import { lstatIfAny } from './compare.ts';
import { type Mapping, mappings, mapToSite, matcher, type SyncRule, siteToRepository } from './mapping.ts';
import type { Overlay } from './overlay.ts';
import { productionDifferences } from './productionIndex.ts';
import { readSyncState, type SyncState, writeSyncState } from './syncState.ts';
import type { Verdict } from './verdicts.ts';

export type { SyncReport } from './applyBranch.ts';

export interface SyncOptions {
  /** Top of the worktree that has the branch checked out. */
  worktree: string;
  /** The worktree's, where it is open already: opening takes a process. */
  repository?: Repository;
  /** The environment's branch: while the worktree has another one checked out, nothing of it is brought over. */
  branch: string;
  overlay: Overlay;
  rules: readonly SyncRule[];
  /** Commit that branch and default branch have in common; default HEAD. */
  mergeBase?: string;
  /** What the branch put into this environment so far is noted here. */
  stateFile: string;
  /** Paths of the site (or globs) that the branch must not touch: the forked configuration. */
  exclude: readonly string[];
}

/**
 * Brings the branch's files into its environment. Only what the branch has otherwise than production is written:
 * its own changes since the merge base, committed or not, and what production has not got yet. Where the branch
 * changed nothing and production has a version of its own (shipped by others, changed by hand), production's stays:
 * an environment is production with the branch's changes, not the branch with production's left-overs.
 */
export async function syncBranch(host: Host, options: SyncOptions, op: Operation): Promise<SyncReport> {
  const repository = options.repository ?? (await openRepository(host, options.worktree));
  return withSyncLock(host, options, op, async () => {
    for (let attempt = 0; attempt < mostAttempts; attempt++) {
      const checkout = await settledCheckout(host, repository, op.signal);
      if (!(await isCheckedOut(host, repository, options.branch))) return notCheckedOut(options);
      const report = await syncOnce(host, repository, options, checkout, op);
      if (report !== undefined) return report;
    }
    throw new GreenroomError('locked', { subject: options.worktree, detail: 'git keeps changing it' });
  });
}

/** git's own work in the worktree makes a sync start again; more of it in a row than this is no chance. */
const mostAttempts = 20;

const notCheckedOut = ({ branch, worktree }: SyncOptions): SyncReport => ({
  written: [],
  deleted: [],
  warnings: [`${branch} is not checked out in ${worktree}: its files come when it is`],
});

/** `undefined` when git was at work meanwhile: nothing was written, because it may be another branch's. */
async function syncOnce(
  host: Host,
  repository: Repository,
  options: SyncOptions,
  checkout: SettledCheckout,
  op: Operation,
): Promise<SyncReport | undefined> {
  const all = mappings(options.rules);
  const base = await baseOf(repository, options.mergeBase);
  const [branch, differences, linkWarnings, state] = await Promise.all([
    branchState(host, options.worktree, base, op.signal),
    base === undefined
      ? new Map<string, Verdict>()
      : allDifferences(host, repository, all, base, options, op),
    options.overlay.closeLinks(),
    readSyncState(options.stateFile),
  ]);
  const warnings = [...linkWarnings];
  const wanted = new Map<string, Wanted>();
  const isExcluded = matcher(options.exclude);
  const want = (repositoryPath: string, entry: Wanted) => {
    const site = mapToSite(all, repositoryPath)?.site;
    if (site !== undefined && !isExcluded(site)) wanted.set(site, entry);
  };
  for (const [file, verdict] of await worthWriting(repository, branch.changed, branch.removed, differences))
    if (verdict !== 'own') want(file, { kind: 'file', source: path.join(options.worktree, file) });
  for (const file of branch.changed) want(file, { kind: 'file', source: path.join(options.worktree, file) });
  for (const file of branch.removed) {
    const there = await lstatIfAny(path.join(options.worktree, file));
    // A directory by that name is not the file that is gone.
    const isGone = there === undefined || there.isDirectory();
    if (isGone && !branch.changed.has(file)) want(file, { kind: 'deleted' });
  }
  for (const directory of branch.emptyDirectories) want(directory, { kind: 'directory' });
  warnings.push(...unsynced(branch.submodules));
  const leftOut = [...branch.changed, ...branch.removed].flatMap(file => {
    const site = mapToSite(all, file)?.site;
    return site !== undefined && isExcluded(site) ? [site] : [];
  });
  const report = await applyWanted(options, state, wanted, () => true, checkout, op);
  if (report === undefined) return undefined;
  return {
    ...report,
    ...(leftOut.length > 0 && { leftOut }),
    warnings: [...new Set([...warnings, ...report.warnings])],
  };
}

/** The commit to compare with; a full name is taken as it is, which saves a process on the hot path. */
async function baseOf(repository: Repository, mergeBase = 'HEAD'): Promise<string | undefined> {
  return /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(mergeBase) ? mergeBase : repository.resolve(mergeBase);
}

/** Applies, and notes what was done even when it failed half-way. `undefined`: nothing was done, git was at work. */
export async function applyWanted(
  options: SyncOptions,
  state: SyncState,
  wanted: ReadonlyMap<string, Wanted>,
  inScope: (site: string) => boolean,
  checkout: SettledCheckout,
  op: Operation,
): Promise<SyncReport | undefined> {
  const before = JSON.stringify(state);
  const worktreeHas = async (site: string) => {
    const file = siteToRepository(options.rules, site);
    return file !== undefined && (await lstatIfAny(path.join(options.worktree, file))) !== undefined;
  };
  try {
    return await applyBranch(options.overlay, state, wanted, { inScope, worktreeHas, checkout }, op);
  } finally {
    if (JSON.stringify(state) !== before) await writeSyncState(options.stateFile, state);
  }
}

/** One sync of an environment at a time, over all windows and command lines. */
export function withSyncLock<T>(
  host: Host,
  options: SyncOptions,
  op: Operation,
  action: () => Promise<T>,
): Promise<T> {
  const name = `sync-${createHash('sha256').update(options.stateFile).digest('hex').slice(0, 16)}`;
  const lock = {
    purpose: 'bringing the branch’s files into its environment',
    wait: 60_000,
    signal: op.signal,
  };
  return withLock(host, name, lock, action);
}

/**
 * Reads production as far as the first sync of an environment will ask for it, so that it need not: the index of its
 * files is kept in the store. `base`: a commit that branches are likely to begin at.
 */
export async function learnProduction(
  host: Host,
  options: Pick<SyncOptions, 'rules'> & { repository: Repository; productionRoot: string; base: string },
  op: Operation,
): Promise<void> {
  const { repository, productionRoot, base } = options;
  for (const mapping of mappings(options.rules))
    await productionDifferences(
      host,
      { gitDir: repository.commonDir, base, mapping, productionRoot },
      op.signal,
    );
}

/** What production has otherwise than the base, for every rule. */
async function allDifferences(
  host: Host,
  repository: Repository,
  all: readonly Mapping[],
  base: string,
  options: SyncOptions,
  op: Operation,
): Promise<Map<string, Verdict>> {
  const isExcluded = matcher(options.exclude);
  const result = new Map<string, Verdict>();
  for (const mapping of all) {
    const part = {
      gitDir: repository.commonDir,
      base,
      mapping,
      productionRoot: options.overlay.productionRoot,
    };
    for (const [file, verdict] of await productionDifferences(host, part, op.signal)) {
      const mapped = mapToSite(all, file);
      if (mapped?.mapping === mapping && !isExcluded(mapped.site)) result.set(file, verdict);
    }
  }
  return result;
}

/**
 * Of what the branch itself did not change: what production lacks or has in an older version. A file that the default
 * branch has deleted meanwhile was deleted by others, and stays away.
 */
async function worthWriting(
  repository: Repository,
  changed: ReadonlySet<string>,
  removed: ReadonlySet<string>,
  differences: ReadonlyMap<string, Verdict>,
): Promise<[string, Verdict][]> {
  const rest = [...differences].filter(([file]) => !changed.has(file) && !removed.has(file));
  if (!rest.some(([, verdict]) => verdict === 'missing')) return rest;
  const [name, remotes] = await Promise.all([repository.defaultBranch(), repository.remotes()]);
  if (name === undefined) return rest;
  const gone = new Set<string>();
  for (const ref of [`refs/heads/${name}`, ...remotes.map(remote => `refs/remotes/${remote}/${name}`)])
    for (const file of await repository.deletedSince(ref)) gone.add(file);
  return rest.filter(([file, verdict]) => verdict !== 'missing' || !gone.has(file));
}

const unsynced = (submodules: readonly string[]): string[] =>
  submodules.length === 0
    ? []
    : [`repositories inside the repository are not followed: ${[...new Set(submodules)].join(', ')}`];
