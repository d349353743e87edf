import { siteToRepository } from '../files/mapping.ts';
import { runGit, splitNul } from '../git/git.ts';
import type { EnvironmentContext } from './context.ts';

/**
 * One sentence for each forked file that the repository tracks: it is the environment's own from now on, so that what
 * the branch changes in it arrives neither here nor in a plan. Whoever works on it has to know.
 */
export async function trackedFork(
  { host, config, directory }: EnvironmentContext,
  forked: readonly string[],
): Promise<string[]> {
  const bySource = new Map<string, string>();
  for (const file of forked) {
    const source = siteToRepository(config.sync, file);
    if (source !== undefined) bySource.set(source, file);
  }
  if (bySource.size === 0) return [];
  const pathspecs = [...bySource.keys()].map(source => `:(top,literal)${source}`);
  const { stdout } = await runGit(host, directory, ['ls-files', '-z', '--', ...pathspecs]);
  return splitNul(stdout)
    .filter(source => bySource.has(source))
    .map(
      source =>
        `${bySource.get(source)} is tracked by git and was forked: later changes of the branch to it reach neither this environment nor a plan. Secrets that it reads from variables instead would leave it the branch’s own`,
    );
}
