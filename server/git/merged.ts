import type { Host } from '../platform/host.ts';
import { askGit, gitLines, isOnFirstParents, runGit } from './git.ts';
import { hasOwnCommits } from './ownCommits.ts';
import { patchIdOf, patchIdsOf } from './patchIds.ts';
import type { Repository } from './repository.ts';

export type MergeStatus =
  | { merged: false }
  | { merged: true; how: 'merge' | 'fast-forward' | 'rebase' | 'squash' };

const notMerged: MergeStatus = { merged: false };

/**
 * Whether a branch has arrived in the default branch, local or as last fetched; however it was merged. Patches are
 * compared, not only ancestry. A branch without a commit of its own is not merged: it has only just begun.
 *
 * @param lastCommit the branch's last known commit, for a branch that is gone by now
 */
export async function mergeStatus(
  host: Host,
  repository: Repository,
  branch: string,
  defaultBranch: string,
  lastCommit?: string,
): Promise<MergeStatus> {
  const tip = (await repository.resolve(`refs/heads/${branch}`)) ?? lastCommit;
  if (tip === undefined || branch === defaultBranch) return notMerged;
  const remotes = await repository.remotes();
  const refs = [
    `refs/heads/${defaultBranch}`,
    ...remotes.map(remote => `refs/remotes/${remote}/${defaultBranch}`),
  ];
  const targets = new Set<string>();
  for (const ref of refs) {
    const commit = await repository.resolve(ref);
    if (commit !== undefined) targets.add(commit);
  }
  for (const target of targets) {
    const status = await mergedInto(host, repository, { branch, tip, target, defaultRefs: refs });
    if (status.merged) return status;
  }
  return notMerged;
}

interface Question {
  branch: string;
  tip: string;
  target: string;
  defaultRefs: readonly string[];
}

async function mergedInto(host: Host, repository: Repository, question: Question): Promise<MergeStatus> {
  const { tip, target } = question;
  const base = await repository.mergeBase(tip, target);
  if (base === undefined) return notMerged;
  if (base === tip) {
    if (!(await hasOwnCommits(host, repository, question))) return notMerged;
    const direct = await isOnFirstParents(host, repository.root, tip, target);
    return { merged: true, how: direct ? 'fast-forward' : 'merge' };
  }
  return comparePatches(host, repository, question, base);
}

async function comparePatches(
  host: Host,
  repository: Repository,
  question: Question,
  base: string,
): Promise<MergeStatus> {
  const { root } = repository;
  const { tip, target } = question;
  // `git cherry`: `-` for each own commit whose patch the target has, `+` for the others.
  const cherries = await gitLines(host, root, ['cherry', target, tip]);
  if (cherries.length > 0 && cherries.every(line => line.startsWith('-')))
    return { merged: true, how: cherries.length === 1 ? 'squash' : 'rebase' };
  const whole = await changedFiles(host, root, base, tip);
  if (whole.length === 0) {
    // Nothing differs from the base: the default branch may have been merged back after the squash.
    const before = await beforeLastMerge(host, root, tip, target);
    return before === undefined ? notMerged : mergedInto(host, repository, { ...question, tip: before });
  }
  const squashed =
    (await samePatch(host, root, base, tip, target)) ||
    (await sameResult(host, root, base, tip, target, whole)) ||
    (await isGoneAfterMerge(host, repository, question, base, whole));
  return squashed ? { merged: true, how: 'squash' } : notMerged;
}

/** Whether a commit of the target since the base is the whole branch as one patch. */
async function samePatch(
  host: Host,
  root: string,
  base: string,
  tip: string,
  target: string,
): Promise<boolean> {
  const wanted = await patchIdOf(host, root, base, tip);
  return wanted !== undefined && (await patchIdsOf(host, root, base, target)).has(wanted);
}

const candidatesLimit = 40;

/**
 * Whether a commit of the target is what merging the branch at that point gives, although the patch reads differently
 * (other context around it, conflicts solved): merge the branch into the commit's parent, compare the trees.
 */
async function sameResult(
  host: Host,
  root: string,
  base: string,
  tip: string,
  target: string,
  files: readonly string[],
): Promise<boolean> {
  for (const commit of await candidates(host, root, base, target, files)) {
    const { code, stdout } = await runGit(
      host,
      root,
      ['merge-tree', '--write-tree', '--no-messages', `${commit}^`, tip],
      { accept: [0, 1, 128, 129] },
    );
    if (code !== 0) continue;
    const tree = await askGit(host, root, ['rev-parse', `${commit}^{tree}`]);
    if (stdout.trim() === tree) return true;
  }
  return false;
}

/** Commits on the target's own line since the base that touch only files of the branch, newest first. */
async function candidates(
  host: Host,
  root: string,
  base: string,
  target: string,
  files: readonly string[],
): Promise<string[]> {
  const own = new Set(files);
  const { stdout } = await runGit(host, root, [
    'log',
    '--first-parent',
    '--diff-merges=first-parent',
    '--format=%x01%H',
    '--name-only',
    '--no-renames',
    '-z',
    `${base}..${target}`,
    '--',
  ]);
  const found: string[] = [];
  for (const block of stdout.split('\x01').slice(1)) {
    const [commit = '', ...names] = block.split('\0').map(field => field.replace(/^\n/, ''));
    const touched = names.filter(name => name !== '');
    if (touched.length > 0 && touched.every(name => own.has(name))) found.push(commit);
  }
  return found.slice(0, candidatesLimit);
}

/**
 * The remote branch was deleted, as hosts do after a merge, and a commit of the default branch since then touches exactly
 * the branch's files: it was changed while it was merged.
 */
async function isGoneAfterMerge(
  host: Host,
  repository: Repository,
  question: Question,
  base: string,
  files: readonly string[],
): Promise<boolean> {
  const branches = await repository.branches();
  if (!branches.some(({ name, upstreamGone }) => name === question.branch && upstreamGone)) return false;
  const all = new Set(files);
  for (const commit of await candidates(host, repository.root, base, question.target, files)) {
    const touched = await changedFiles(host, repository.root, `${commit}^`, commit);
    if (touched.length === all.size) return true;
  }
  return false;
}

async function changedFiles(host: Host, root: string, from: string, to: string): Promise<string[]> {
  const { stdout } = await runGit(host, root, [
    'diff',
    '--name-only',
    '-z',
    '--no-renames',
    '--no-ext-diff',
    from,
    to,
    '--',
  ]);
  return stdout.split('\0').filter(name => name !== '');
}

/** The branch's own tip before it took the default branch in for the last time; `undefined` when it never did. */
async function beforeLastMerge(
  host: Host,
  root: string,
  tip: string,
  target: string,
): Promise<string | undefined> {
  const lines = await gitLines(host, root, [
    'rev-list',
    '--first-parent',
    '--parents',
    `${target}..${tip}`,
    '--',
  ]);
  for (const line of lines) {
    const [, first, ...others] = line.split(' ');
    if (others.length > 0) return first;
  }
  return undefined;
}
