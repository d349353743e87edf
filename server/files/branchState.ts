import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { runGit, splitNul } from '../git/git.ts';
import type { Host } from '../platform/host.ts';

/** What the worktree has otherwise than a commit of the default branch: paths relative to the repository, with `/`. */
export interface BranchState {
  /** Files and links that are there and were changed or added, committed or not; ignored ones are left out. */
  changed: Set<string>;
  /** Paths that the base commit has and the worktree (or index) no longer: to be checked on disk. */
  removed: Set<string>;
  /** Directories without anything in them. git does not keep them; the worktree does. */
  emptyDirectories: Set<string>;
  submodules: string[];
}

/**
 * Asks git's index instead of reading files: index against worktree, base against HEAD, and what is not tracked, side
 * by side.
 *
 * @param base commit to compare with; `undefined` for a repository without a commit: then everything counts as changed
 */
export async function branchState(
  host: Host,
  worktree: string,
  base: string | undefined,
  signal: AbortSignal,
): Promise<BranchState> {
  const state: BranchState = {
    changed: new Set(),
    removed: new Set(),
    emptyDirectories: new Set(),
    submodules: [],
  };
  const options = { signal, encoding: 'utf8' as const };
  const [tracked, committed, untracked] = await Promise.all([
    runGit(host, worktree, [...quiet, 'status', '--porcelain=v2', '-z', '-uno', '--no-renames'], options),
    base === undefined
      ? undefined
      : runGit(
          host,
          worktree,
          [...quiet, 'diff-tree', '-r', '-z', '--raw', '--no-renames', base, 'HEAD', '--'],
          options,
        ),
    runGit(
      host,
      worktree,
      [...quiet, 'ls-files', '--others', '--exclude-standard', '--directory', '-z'],
      options,
    ),
  ]);
  readRaw(splitNul(committed?.stdout ?? ''), state);
  readStatus(splitNul(tracked.stdout), state);
  await readUntracked(host, worktree, splitNul(untracked.stdout), state, signal);
  return state;
}

/** A hook-like program named by the repository's own configuration must not run because we look. */
const quiet = ['-c', 'core.fsmonitor=false'];

/** git-diff, "raw output format": `:<mode> <mode> <oid> <oid> <status>` NUL `<path>` NUL. */
function readRaw(fields: readonly string[], state: BranchState): void {
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const [, mode, , , status] = (fields[i] ?? '').split(' ');
    add(state, fields[i + 1] ?? '', status === 'D', mode);
  }
}

/** git-status, "porcelain format version 2". */
function readStatus(fields: readonly string[], state: BranchState): void {
  for (const field of fields) {
    const kind = field[0];
    const parts = field.split(' ');
    // `1 XY sub mH mI mW hH hI path`; `u XY sub m1 m2 m3 mW h1 h2 h3 path`
    if (kind === '1') {
      const file = parts.slice(8).join(' ');
      const worktreeMode = parts[5];
      state.changed.delete(file);
      add(state, file, worktreeMode === '000000' || parts[4] === '000000', parts[3]);
    } else if (kind === 'u') add(state, parts.slice(10).join(' '), parts[6] === '000000', parts[3]);
  }
}

function add(state: BranchState, file: string, removed: boolean, mode: string | undefined): void {
  if (mode === '160000') state.submodules.push(file);
  else if (removed) state.removed.add(file);
  else state.changed.add(file);
}

async function readUntracked(
  host: Host,
  worktree: string,
  names: readonly string[],
  state: BranchState,
  signal: AbortSignal,
): Promise<void> {
  const directories: string[] = [];
  for (const name of names)
    if (name.endsWith('/')) directories.push(name.slice(0, -1));
    else state.changed.add(name);
  if (directories.length === 0) return;
  // With very many of them it is cheaper to list everything.
  const pathspecs =
    directories.length > pathspecLimit ? [] : directories.map(name => `:(top,literal)${name}`);
  const { stdout } = await runGit(
    host,
    worktree,
    [...quiet, 'ls-files', '--others', '--exclude-standard', '-z', '--', ...pathspecs],
    { signal },
  );
  for (const name of splitNul(stdout))
    if (name.endsWith('/')) state.submodules.push(name.slice(0, -1));
    else state.changed.add(name);
  for (const directory of directories) await findEmpty(worktree, directory, state);
}

const pathspecLimit = 2000;

async function findEmpty(worktree: string, relative: string, state: BranchState): Promise<void> {
  const entries = await readdir(path.join(worktree, relative), { withFileTypes: true });
  if (entries.length === 0) state.emptyDirectories.add(relative);
  // A repository of its own is not part of this one.
  if (entries.some(entry => entry.name === '.git')) return;
  for (const entry of entries)
    if (entry.isDirectory()) await findEmpty(worktree, `${relative}/${entry.name}`, state);
}
