import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { isAbsent } from '../files/compare.ts';
import { siteToRepository } from '../files/mapping.ts';
import { runGit, splitNul } from '../git/git.ts';
import { fromFileSystem } from '../platform/errors.ts';
import { joinInside } from '../platform/paths.ts';
import type { EnvironmentContext } from './context.ts';
import type { EnvironmentRecord } from './record.ts';
import { worktreeWith } from './sync.ts';

/**
 * One sentence for each forked file that the repository tracks: it is the environment's own from now on, so that what
 * the branch changes in it arrives neither here nor in a promotion. Whoever works on it has to know.
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
        `${bySource.get(source)} is tracked by git and was forked: later changes of the branch to it reach neither this environment nor a promotion. Secrets that it reads from variables instead would leave it the branch’s own`,
    );
}

/**
 * Forked files that the branch has otherwise than production: what it changed in them is in no plan. `leftOut`: what a sync
 * found changed and did not bring.
 */
export async function changedForks(
  context: EnvironmentContext,
  { branch, forkedFiles, overlay }: EnvironmentRecord,
  leftOut: readonly string[] = [],
): Promise<string[]> {
  const files = forkedFiles.filter(file => leftOut.includes(file));
  if (files.length === 0) return [];
  const worktree = await worktreeWith(context, branch);
  const changed: string[] = [];
  for (const file of files) {
    const source = siteToRepository(context.config.sync, file);
    if (source === undefined) continue;
    const [mine, production] = await Promise.all([
      contentOf(path.join(worktree, source)),
      contentOf(joinInside(overlay.productionRoot, file)),
    ]);
    if (mine === undefined || production === undefined ? mine !== production : !mine.equals(production))
      changed.push(file);
  }
  return changed;
}

async function contentOf(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw fromFileSystem(error, file);
  }
}
