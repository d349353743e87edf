import { createHash } from 'node:crypto';
import { lstat, readFile, realpath } from 'node:fs/promises';
import path from 'node:path';
import { GreenroomError, hasReason } from '../platform/errors.ts';
import type { Host } from '../platform/host.ts';
import type { HeadState } from '../protocol/project.ts';
import { askGit, gitLines, isMissing, runGit, splitNul } from './git.ts';

export interface Worktree {
  path: string;
  /** Absent when detached. */
  branch?: string;
  commit?: string;
}

export interface Branch {
  name: string;
  commit: string;
  /** Full name of the upstream's tracking ref, also when that ref is gone. */
  upstream?: string;
  /** True when an upstream is configured and its tracking ref no longer exists. */
  upstreamGone: boolean;
}

/** One worktree of a repository. All answers are asked of git anew: other programs change it at any time. */
export interface Repository {
  /** Top of the worktree, real path. */
  root: string;
  /** This worktree's own git directory (`HEAD`, `index`). */
  gitDir: string;
  /** The directory that all worktrees share (`refs`, `objects`). */
  commonDir: string;
  /** The same for all worktrees of one clone; 16 hex digits. */
  projectId: string;
  head(): Promise<HeadState>;
  /** Short name of the branch that others are merged into; `undefined` when nothing tells. */
  defaultBranch(): Promise<string | undefined>;
  /** Throws `git-failed` when git knows no e-mail for this user. */
  identity(): Promise<{ name: string; email: string }>;
  /** Commit of the best common ancestor, `undefined` for unrelated histories or missing names. */
  mergeBase(a: string, b: string): Promise<string | undefined>;
  /** Commit that a name stands for. */
  resolve(name: string): Promise<string | undefined>;
  branches(): Promise<Branch[]>;
  worktrees(): Promise<Worktree[]>;
  remotes(): Promise<string[]>;
  /** Paths that HEAD's side of the common ancestor still has and `ref` deleted since; nothing when there is no such ref. */
  deletedSince(ref: string): Promise<string[]>;
}

/** Opens the repository that a folder lies in. Throws `no-repository`; `git-failed` when git refuses one that is there. */
export async function openRepository(host: Host, folder: string): Promise<Repository> {
  let lines: string[];
  try {
    lines = await gitLines(host, folder, [
      'rev-parse',
      '--path-format=absolute',
      '--show-toplevel',
      '--absolute-git-dir',
      '--git-common-dir',
    ]);
  } catch (error) {
    if (hasReason(error, 'git-failed') && (await isRefused(folder))) throw error;
    if (hasReason(error, 'git-failed')) throw new GreenroomError('no-repository', { subject: folder });
    // The folder itself may be missing: then spawn cannot enter it.
    if (hasReason(error, 'binary-missing') && !(await exists(folder)))
      throw new GreenroomError('no-repository', { subject: folder, cause: error });
    throw error;
  }
  const [root, gitDir, commonDir] = await Promise.all(lines.map(line => realpath(line)));
  if (root === undefined || gitDir === undefined || commonDir === undefined)
    throw new GreenroomError('no-repository', { subject: folder });
  return repositoryAt(host, { root, gitDir, commonDir });
}

function repositoryAt(host: Host, at: { root: string; gitDir: string; commonDir: string }): Repository {
  const { root } = at;
  return {
    ...at,
    projectId: createHash('sha256').update(at.commonDir).digest('hex').slice(0, 16),
    async head() {
      const state = await readHead(host, at);
      if (state.kind !== 'branch') return state;
      return { ...state, isDefault: (await findDefaultBranch(host, root)) === state.name };
    },
    defaultBranch: () => findDefaultBranch(host, root),
    async identity() {
      // `git var` applies git's own rules (config, GIT_AUTHOR_*, EMAIL) and fails where a commit would fail.
      const { stdout } = await runGit(host, root, ['var', 'GIT_AUTHOR_IDENT']);
      const match = /^(.*) <([^>]*)> \d+ [+-]\d+$/.exec(stdout.trim());
      if (!match?.[2])
        throw new GreenroomError('git-failed', { subject: 'git var', detail: 'no e-mail is configured' });
      return { name: match[1] ?? '', email: match[2] };
    },
    mergeBase: (a, b) => askGit(host, root, ['merge-base', '--end-of-options', a, b]),
    resolve: name =>
      askGit(host, root, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`]),
    branches: () => listBranches(host, root),
    worktrees: () => listWorktrees(host, root),
    // What is not on a hot path goes through the library; the rest runs git through the host, so that tests, cancellation
    // and time limits work as everywhere else.
    async remotes() {
      const { simpleGit } = await import('simple-git');
      return (await simpleGit(root).getRemotes()).map(({ name }) => name);
    },
    async deletedSince(ref) {
      const args = ['diff', '--name-only', '-z', '--no-renames', '--diff-filter=D', `HEAD...${ref}`, '--'];
      const { code, stdout } = await runGit(host, root, args, { accept: [0, 128] });
      return code === 0 ? splitNul(stdout) : [];
    },
  };
}

/** True when a `.git` lies above the folder: then git's refusal (owner, damage) is the news, not the lack of a repository. */
async function isRefused(folder: string): Promise<boolean> {
  for (let directory = path.resolve(folder); ; directory = path.dirname(directory)) {
    const gitPath = path.join(directory, '.git');
    if ((await exists(gitPath)) && ((await exists(path.join(gitPath, 'HEAD'))) || (await isFile(gitPath))))
      return true;
    if (path.dirname(directory) === directory) return false;
  }
}

async function exists(file: string): Promise<boolean> {
  try {
    await lstat(file);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

async function isFile(file: string): Promise<boolean> {
  return (await lstat(file)).isFile();
}

/** What HEAD says, without the question which branch is the default: reads files, and asks git only where they do not tell. */
export async function readHead(
  host: Host,
  at: { root: string; gitDir: string; commonDir: string },
): Promise<HeadState> {
  const text = (await readFile(path.join(at.gitDir, 'HEAD'), 'utf8')).trim();
  let name = /^ref: refs\/heads\/(.+)$/.exec(text)?.[1];
  // The reftable format keeps a stub here (gitrepository-layout, "HEAD").
  if (name === '.invalid') name = await askGit(host, at.root, ['symbolic-ref', '--short', '-q', 'HEAD']);
  if (name !== undefined) {
    const born =
      (await exists(path.join(at.commonDir, 'refs', 'heads', name))) ||
      (await askGit(host, at.root, ['rev-parse', '--verify', '--quiet', `refs/heads/${name}`])) !== undefined;
    return born ? { kind: 'branch', name, isDefault: false } : { kind: 'unborn', name };
  }
  const commit = /^[0-9a-f]{40,64}$/.test(text)
    ? text
    : await askGit(host, at.root, ['rev-parse', '--verify', '--quiet', 'HEAD']);
  if (commit === undefined) throw new GreenroomError('git-failed', { subject: 'HEAD', detail: 'unreadable' });
  const [merging, applying, bisecting] = await Promise.all(
    ['rebase-merge', 'rebase-apply', 'BISECT_LOG'].map(file => exists(path.join(at.gitDir, file))),
  );
  return {
    kind: 'detached',
    commit,
    during: merging || applying ? 'rebase' : bisecting ? 'bisect' : 'none',
  };
}

/**
 * In this order: what a remote calls its HEAD (origin first), `init.defaultBranch` if there is such a branch, main,
 * master, the only branch there is.
 */
async function findDefaultBranch(host: Host, root: string): Promise<string | undefined> {
  const [refs, configured] = await Promise.all([
    gitLines(host, root, [
      'for-each-ref',
      '--format=%(refname) %(symref)',
      'refs/heads',
      'refs/remotes/*/HEAD',
    ]),
    askGit(host, root, ['config', '--get', 'init.defaultBranch']),
  ]);
  const heads = new Map<string, string>();
  const branches: string[] = [];
  for (const line of refs) {
    const [ref = '', target = ''] = line.split(' ');
    if (ref.startsWith('refs/heads/')) branches.push(ref.slice('refs/heads/'.length));
    const remote = /^refs\/remotes\/(.+)\/HEAD$/.exec(ref)?.[1];
    if (remote !== undefined && target.startsWith(`refs/remotes/${remote}/`))
      heads.set(remote, target.slice(`refs/remotes/${remote}/`.length));
  }
  const ofRemote = heads.get('origin') ?? [...heads.values()][0];
  if (ofRemote !== undefined) return ofRemote;
  for (const name of [configured, 'main', 'master'])
    if (name !== undefined && branches.includes(name)) return name;
  return branches.length === 1 ? branches[0] : undefined;
}

async function listBranches(host: Host, root: string): Promise<Branch[]> {
  const lines = await gitLines(host, root, [
    'for-each-ref',
    '--format=%(refname)%00%(objectname)%00%(upstream)%00%(upstream:track)',
    'refs/heads',
  ]);
  return lines.map(line => {
    const [ref = '', commit = '', upstream = '', track = ''] = line.split('\0');
    return {
      name: ref.slice('refs/heads/'.length),
      commit,
      ...(upstream !== '' && { upstream }),
      upstreamGone: track === '[gone]',
    };
  });
}

async function listWorktrees(host: Host, root: string): Promise<Worktree[]> {
  const { stdout } = await runGit(host, root, ['worktree', 'list', '--porcelain', '-z']);
  const worktrees: Worktree[] = [];
  for (const field of splitNul(stdout)) {
    const [key = '', value = ''] = [field.split(' ', 1)[0], field.slice(field.indexOf(' ') + 1)];
    const current = worktrees.at(-1);
    if (key === 'worktree') worktrees.push({ path: value });
    else if (key === 'HEAD' && current) current.commit = value;
    else if (key === 'branch' && current) current.branch = value.replace(/^refs\/heads\//, '');
  }
  return worktrees;
}
