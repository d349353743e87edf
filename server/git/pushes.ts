import type { Host } from '../platform/host.ts';
import { askGit, runGit } from './git.ts';
import type { Repository } from './repository.ts';

/**
 * When the branch was last pushed, by anyone: the newest note in the reflog of its tracking ref (`update by push` for
 * our own, `fetch …` when somebody else's push was seen). Where no reflog is kept, the date of the commit that the
 * tracking ref stands at. `undefined` when no remote has the branch.
 */
export async function lastPush(
  host: Host,
  repository: Repository,
  branch: string,
): Promise<Date | undefined> {
  const refs = await trackingRefs(host, repository, branch);
  const dates = await Promise.all(refs.map(ref => lastMove(host, repository, ref)));
  const known = dates.filter(date => date !== undefined);
  return known.length === 0 ? undefined : new Date(Math.max(...known));
}

/** Tracking refs of the branch: its upstream if that is a branch of the same name, and `<remote>/<branch>` of every remote. */
async function trackingRefs(host: Host, repository: Repository, branch: string): Promise<string[]> {
  const [upstream, remotes] = await Promise.all([
    askGit(host, repository.root, ['for-each-ref', '--format=%(push)', `refs/heads/${branch}`]),
    repository.remotes(),
  ]);
  return [
    ...new Set([
      ...(upstream?.startsWith('refs/remotes/') ? [upstream] : []),
      ...remotes.map(remote => `refs/remotes/${remote}/${branch}`),
    ]),
  ];
}

async function lastMove(host: Host, repository: Repository, ref: string): Promise<number | undefined> {
  const commitDate = await askGit(host, repository.root, [
    'for-each-ref',
    '--format=%(committerdate:unix)',
    ref,
  ]);
  if (commitDate === undefined) return undefined;
  const { code, stdout } = await runGit(
    host,
    repository.root,
    ['log', '-g', '-1', '--date=unix', '--format=%gd', '--end-of-options', ref, '--'],
    { accept: [0, 128] },
  );
  const seconds = code === 0 ? /@\{(\d+)\}/.exec(stdout)?.[1] : undefined;
  return Number(seconds ?? commitDate) * 1000;
}
