import type { Host } from '../platform/host.ts';
import { runGit } from './git.ts';
import type { Repository } from './repository.ts';

/**
 * The name that a branch has now, when it was renamed (`git branch -m`); `undefined` when it still exists, or was
 * deleted. git notes a rename in the reflog of the new name; a chain of renames a → b → c leaves both notes there.
 *
 * @param lastCommit its last known commit: where no reflog is kept, a branch that stands there and that
 *   `isKnown` does not know is taken, if there is only one
 */
export async function renamedBranch(
  host: Host,
  repository: Repository,
  branch: string,
  options: { lastCommit?: string; isKnown?: (branch: string) => boolean } = {},
): Promise<string | undefined> {
  const branches = await repository.branches();
  if (branches.some(({ name }) => name === branch)) return undefined;
  for (const { name } of branches)
    if ((await formerNames(host, repository, name)).includes(branch)) return name;
  if (options.lastCommit === undefined) return undefined;
  const candidates = [];
  for (const { name, commit } of branches)
    if (
      commit === options.lastCommit &&
      !options.isKnown?.(name) &&
      (await reflogNotes(host, repository, name)).length === 0
    )
      candidates.push(name);
  return candidates.length === 1 ? candidates[0] : undefined;
}

/** Names that the branch had before, newest first. */
export async function formerNames(host: Host, repository: Repository, branch: string): Promise<string[]> {
  const notes = await reflogNotes(host, repository, branch);
  return notes
    .map(note => /^Branch: renamed refs\/heads\/(.+) to refs\/heads\/.+$/.exec(note)?.[1])
    .filter(name => name !== undefined);
}

async function reflogNotes(host: Host, repository: Repository, branch: string): Promise<string[]> {
  const { code, stdout } = await runGit(
    host,
    repository.root,
    ['log', '-g', '--format=%gs', '--end-of-options', `refs/heads/${branch}`, '--'],
    { accept: [0, 128] },
  );
  return code === 0 ? stdout.split('\n').filter(line => line !== '') : [];
}
