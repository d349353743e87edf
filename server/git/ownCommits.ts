import type { Host } from '../platform/host.ts';
import { isOnFirstParents, runGit } from './git.ts';
import type { Repository } from './repository.ts';

/** Reflog notes of what makes commits; a checkout, reset or fast-forward makes none (git-reflog, and git's sources). */
const makesCommit = /^(commit|cherry-pick|revert|am|rebase|merge .*: Merge made|pull.*: Merge made)/;

/**
 * Whether a branch whose tip the default branch contains had commits of its own: either its reflog tells of work, or it
 * was created (or moved) at a commit that the default branch did not have at that time.
 *
 * Without a reflog only the shape of history can tell: a tip beside the default branch's own line came with a merge.
 */
export async function hasOwnCommits(
  host: Host,
  repository: Repository,
  question: { branch: string; tip: string; target: string; defaultRefs: readonly string[] },
): Promise<boolean> {
  const { root } = repository;
  const notes = await reflog(host, root, `refs/heads/${question.branch}`);
  if (notes.length === 0) return !(await isOnFirstParents(host, root, question.tip, question.target));
  for (const { commit, seconds, note } of notes) {
    // A rebase of nothing ends at the very commit it was rebased onto.
    if (/^rebase .*onto ([0-9a-f]+)$/.exec(note)?.[1] === commit) continue;
    if (makesCommit.test(note) && !(await hadAt(host, repository, question.defaultRefs, commit, seconds)))
      return true;
    if (/^branch: (Created|Reset)/i.test(note)) {
      if (!(await hadAt(host, repository, question.defaultRefs, commit, seconds))) return true;
    }
  }
  return false;
}

interface Note {
  commit: string;
  seconds: number;
  note: string;
}

async function reflog(host: Host, root: string, ref: string): Promise<Note[]> {
  const { code, stdout } = await runGit(
    host,
    root,
    ['log', '-g', '--date=unix', '--format=%H%x00%gd%x00%gs', '--end-of-options', ref, '--'],
    { accept: [0, 128] },
  );
  if (code !== 0) return [];
  return stdout
    .split('\n')
    .filter(line => line !== '')
    .map(line => {
      const [commit = '', selector = '', note = ''] = line.split('\0');
      return { commit, seconds: Number(/@\{(\d+)\}/.exec(selector)?.[1] ?? 0), note };
    });
}

/** Whether one of the default branch's refs contained the commit at a time, by its own reflog. */
async function hadAt(
  host: Host,
  repository: Repository,
  refs: readonly string[],
  commit: string,
  seconds: number,
): Promise<boolean> {
  for (const ref of refs) {
    const notes = await reflog(host, repository.root, ref);
    // Newest first: where the ref stood at that second. Several moves within it: the earliest, so that work that was
    // committed and merged within one second still counts as work.
    const then = notes.filter(note => note.seconds < seconds)[0] ?? notes.at(-1);
    if (then === undefined) continue;
    const { code } = await runGit(
      host,
      repository.root,
      ['merge-base', '--is-ancestor', commit, then.commit],
      { accept: [0, 1, 128] },
    );
    if (code === 0) return true;
  }
  return false;
}
