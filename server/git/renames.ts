import type { Host } from '../platform/host.ts';
import { runGit } from './git.ts';
import type { Repository } from './repository.ts';

/** A branch that an environment belonged to, and that git no longer knows by this name. */
export interface GoneBranch {
  name: string;
  /** Its last known commit: the only trace where no reflog is kept. */
  commit?: string;
}

/**
 * Finds which of the branches that are gone was renamed to `branch` (`git branch -m`). git notes a rename in the
 * reflog of the new name; a chain of renames a → b → c leaves both notes there. Where no reflog is kept, a branch
 * that is gone and whose last commit is the new branch's tip is taken, if there is only one.
 */
export async function findRename(
  host: Host,
  repository: Repository,
  branch: string,
  gone: readonly GoneBranch[],
): Promise<string | undefined> {
  if (gone.length === 0) return undefined;
  const ref = `refs/heads/${branch}`;
  const { code, stdout } = await runGit(
    host,
    repository.root,
    ['log', '-g', '--format=%gs', '--end-of-options', ref, '--'],
    { accept: [0, 128] },
  );
  const notes = code === 0 ? stdout.split('\n').filter(line => line !== '') : [];
  for (const note of notes) {
    const from = /^Branch: renamed refs\/heads\/(.+) to refs\/heads\/.+$/.exec(note)?.[1];
    if (from !== undefined && gone.some(({ name }) => name === from)) return from;
  }
  if (notes.length > 0) return undefined;
  const tip = await repository.resolve(ref);
  const sameCommit = gone.filter(({ commit }) => commit !== undefined && commit === tip);
  return sameCommit.length === 1 ? sameCommit[0]?.name : undefined;
}
