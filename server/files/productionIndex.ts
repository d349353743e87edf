import { createHash } from 'node:crypto';
import { lstat, mkdir, readFile, readlink, rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { runGit, splitNul } from '../git/git.ts';
import { readJson, writeFileAtomic } from '../platform/atomicFile.ts';
import { hasReason } from '../platform/errors.ts';
import type { Host } from '../platform/host.ts';
import { withLock } from '../platform/locks.ts';
import { isAbsent, isDenied, lstatIfAny } from './compare.ts';
import type { Mapping } from './mapping.ts';

/** A part of production seen as the worktree of a commit: which of the commit's files does production have otherwise? */
export interface ProductionPart {
  gitDir: string;
  base: string;
  mapping: Mapping;
  productionRoot: string;
}

/** Where production's version of a file comes from. */
export type Verdict =
  /** Production has not got the file. */
  | 'missing'
  /** Production has an older version out of the repository's history: it waits to be brought up to date. */
  | 'behind'
  /** Production has a version that the branch does not know: shipped by others, or changed by hand. It is left alone. */
  | 'own';

const decided = z.object({
  base: z.string(),
  /** Path → size, mtime, ctime, inode of production's file, and the verdict. */
  files: z.record(
    z.string(),
    z.tuple([z.number(), z.number(), z.number(), z.number(), z.enum(['behind', 'own'])]),
  ),
});

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

interface Differing {
  repository: string;
  production: string;
  below: string;
}

async function judge(
  host: Host,
  part: ProductionPart,
  cacheFile: string,
  worktree: string,
  files: readonly Differing[],
  signal: AbortSignal,
): Promise<Map<string, Verdict>> {
  const verdicts = new Map<string, Verdict>();
  if (files.length === 0) return verdicts;
  const known = await readJson(cacheFile, decided);
  const next: z.infer<typeof decided> = { base: part.base, files: {} };
  const unknown: Differing[] = [];
  for (const file of files) {
    const stats = await lstatIfAny(file.production).catch(error => {
      if (isDenied(error)) return undefined;
      throw error;
    });
    if (stats === undefined) {
      verdicts.set(file.repository, 'missing');
      continue;
    }
    const old = known?.base === part.base ? known.files[file.repository] : undefined;
    const now = [stats.size, stats.mtimeMs, stats.ctimeMs, stats.ino] as const;
    if (old !== undefined && now.every((value, i) => value === old[i])) {
      next.files[file.repository] = old;
      verdicts.set(file.repository, old[4]);
    } else unknown.push(file);
  }
  const versions = await versionsInHistory(host, part, unknown, signal);
  for (const file of unknown) {
    const oid = await oidOf(host, part, worktree, file);
    const verdict = oid !== undefined && versions.get(file.repository)?.has(oid) ? 'behind' : 'own';
    verdicts.set(file.repository, verdict);
    const stats = await lstat(file.production);
    next.files[file.repository] = [stats.size, stats.mtimeMs, stats.ctimeMs, stats.ino, verdict];
  }
  if (unknown.length > 0) await writeFileAtomic(cacheFile, JSON.stringify(next));
  return verdicts;
}

const pathspecLimit = 1000;

/** Path → every blob that the file was in the history of the base. */
async function versionsInHistory(
  host: Host,
  part: ProductionPart,
  files: readonly Differing[],
  signal: AbortSignal,
): Promise<Map<string, Set<string>>> {
  const versions = new Map<string, Set<string>>();
  if (files.length === 0) return versions;
  const wanted = new Set(files.map(file => file.repository));
  const pathspecs = files.length > pathspecLimit ? [] : files.map(file => `:(top,literal)${file.repository}`);
  const { stdout } = await runGit(
    host,
    part.gitDir,
    [
      `--git-dir=${part.gitDir}`,
      'log',
      '--format=',
      '--raw',
      '-z',
      '--no-abbrev',
      '--no-renames',
      part.base,
      '--',
      ...pathspecs,
    ],
    { signal },
  );
  const fields = splitNul(stdout).filter(field => field !== '' && field !== '\n');
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const name = fields[i + 1] ?? '';
    const [, , before, after] = (fields[i] ?? '').replace(/^\n/, '').split(' ');
    if (!wanted.has(name)) continue;
    const set = versions.get(name) ?? new Set<string>();
    for (const oid of [before, after]) if (oid !== undefined) set.add(oid);
    versions.set(name, set);
  }
  return versions;
}

/** The blob that production's file would be in this repository (with the repository's own conversions). */
async function oidOf(
  host: Host,
  part: ProductionPart,
  worktree: string,
  file: Differing,
): Promise<string | undefined> {
  const env = { GIT_DIR: part.gitDir, GIT_WORK_TREE: worktree };
  try {
    const stats = await lstat(file.production);
    if (stats.isSymbolicLink()) {
      const input = await readlink(file.production);
      return (await runGit(host, worktree, ['hash-object', '--stdin'], { env, input })).stdout.trim();
    }
    if (!stats.isFile()) return undefined;
    return (await runGit(host, worktree, ['hash-object', '--', file.below], { env })).stdout.trim();
  } catch (error) {
    // What cannot be read is not ours to replace.
    if (isDenied(error) || isAbsent(error)) return undefined;
    throw error;
  }
}
