import { lstat, readlink } from 'node:fs/promises';
import * as z from 'zod';
import { runGit, splitNul } from '../git/git.ts';
import { readJson, writeFileAtomic } from '../platform/atomicFile.ts';
import type { Host } from '../platform/host.ts';
import { isAbsent, isDenied, lstatIfAny } from './compare.ts';

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

/** A file that production has otherwise than the commit. */
export interface Differing {
  repository: string;
  production: string;
  below: string;
}

/**
 * Says of each differing file where production's version comes from. Answers are kept beside the index, so that a file
 * is looked up in history once.
 */
export async function judge(
  host: Host,
  part: { gitDir: string; base: string },
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
  part: { gitDir: string; base: string },
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
  part: { gitDir: string; base: string },
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
