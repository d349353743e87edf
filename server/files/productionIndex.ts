import { createHash } from 'node:crypto';
import { mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { runGit, splitNul } from '../git/git.ts';
import { writeFileAtomic } from '../platform/atomicFile.ts';
import { hasReason } from '../platform/errors.ts';
import type { Host } from '../platform/host.ts';
import { withLock } from '../platform/locks.ts';
import { isAbsent, lstatIfAny } from './compare.ts';
import type { Mapping } from './mapping.ts';
import { judge, type Verdict } from './verdicts.ts';

/** A part of production seen as the worktree of a commit: which of the commit's files does production have otherwise? */
export interface ProductionPart {
  gitDir: string;
  base: string;
  mapping: Mapping;
  productionRoot: string;
}

/**
 * Compares production with a commit by git's own means: a private index holds the commit's tree together with the
 * stat data of production's files, so that only files that changed since the last look are read. The index is shared
 * by all environments of a production and kept in the store.
 *
 * @returns paths relative to the repository whose content in production is not the commit's
 */
export async function productionDifferences(
  host: Host,
  part: ProductionPart,
  signal: AbortSignal,
): Promise<Map<string, Verdict>> {
  const tree = await treeOf(host, part);
  const worktree = path.join(part.productionRoot, part.mapping.to);
  if (tree === undefined || !(await lstatIfAny(path.join(worktree, '.')))?.isDirectory()) return new Map();
  const directory = path.join(host.paths.root, 'sites');
  const name = createHash('sha256')
    .update([part.gitDir, part.mapping.from, worktree, process.getuid?.() ?? 0].join('\0'))
    .digest('hex')
    .slice(0, 16);
  const index = path.join(directory, `${name}.index`);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const git = (args: string[], accept: number[] = [0]) =>
    runGit(host, worktree, [...config, ...args], {
      signal,
      accept,
      env: {
        GIT_DIR: part.gitDir,
        GIT_WORK_TREE: worktree,
        GIT_INDEX_FILE: index,
        // The index is our own: git may write back what it learned.
        GIT_OPTIONAL_LOCKS: '1',
      },
    });
  const lock = { purpose: 'comparing production with the repository', wait: 60_000, signal };
  const read = async () => {
    const isNew = (await lstatIfAny(index)) === undefined;
    await git(isNew ? ['read-tree', tree] : ['read-tree', '-m', tree]);
    // Exit code 1: some files differ, which is what we want to know.
    await git(['update-index', '-q', '--refresh'], [0, 1]);
    await writeFileAtomic(`${index}.tree`, tree);
  };
  const compare = async () => {
    const args = ['diff', '--name-only', '-z', '--no-renames', '--no-ext-diff', '--ignore-submodules'];
    return splitNul((await git(args)).stdout);
  };
  const changed = await withLock(host, `site-${name}`, lock, async () => {
    try {
      if ((await readIfAny(`${index}.tree`)) !== tree || (await lstatIfAny(index)) === undefined)
        await read();
      return await compare();
    } catch (error) {
      if (!hasReason(error, 'git-failed')) throw error;
      // An index that was damaged, or left locked by a crash, is no loss: it is made anew.
      host.log.warn('making the index of production anew', { problem: error.message });
      await rm(index, { force: true });
      await rm(`${index}.lock`, { force: true });
      await read();
      return compare();
    }
  });
  const files = changed.map(file => ({
    repository: part.mapping.from === '' ? file : `${part.mapping.from}/${file}`,
    production: path.join(worktree, file),
    below: file,
  }));
  return judge(host, part, `${index}.json`, worktree, files, signal);
}

/** Nothing of the repository's configuration may turn the comparison into something else, or run programs. */
const config = [
  '-c',
  'core.fsmonitor=false',
  '-c',
  'core.untrackedCache=false',
  '-c',
  'core.sparseCheckout=false',
  '-c',
  'core.splitIndex=false',
  '-c',
  'core.bare=false',
  '-c',
  'core.preloadIndex=true',
  '-c',
  'core.safecrlf=false',
];

/** The tree of the rule's part of the commit; `undefined` when it has none. */
async function treeOf(host: Host, part: ProductionPart): Promise<string | undefined> {
  const { stdout } = await runGit(
    host,
    part.gitDir,
    [`--git-dir=${part.gitDir}`, 'cat-file', '--batch-check=%(objectname) %(objecttype)'],
    { input: `${part.base}:${part.mapping.from}\n` },
  );
  const [oid, type] = stdout.trim().split(' ');
  return type === 'tree' ? oid : undefined;
}

async function readIfAny(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}
