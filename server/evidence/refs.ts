import path from 'node:path';
import * as z from 'zod';
import { askGit, runGit } from '../git/git.ts';
import type { Repository } from '../git/repository.ts';
import { readJson, writeJsonAtomic } from '../platform/atomicFile.ts';
import { GreenroomError, hasReason, messageOf } from '../platform/errors.ts';
import type { Host } from '../platform/host.ts';
import { withLock } from '../platform/locks.ts';
import { projectPaths } from '../platform/paths.ts';
import type { Ledger } from './ledger.ts';
import { neverAsk, signWith } from './signing.ts';

export const ledgerRef = 'refs/greenroom/ledger';

export interface CommitDraft {
  files: readonly { name: string; content: string | Uint8Array }[];
  message: string;
}

const tries = 50;

/**
 * Makes a signed commit by plumbing and moves the ledger to it only if nobody moved it meanwhile; otherwise once more,
 * on top of theirs. Throws `signing-failed`, `git-failed`.
 */
export async function writeCommit(ledger: Ledger, draft: CommitDraft): Promise<string> {
  const { host, repository } = ledger;
  const lock = { purpose: 'writing evidence', wait: 60_000 };
  return withLock(host, `ledger-${repository.projectId}`, lock, async () => {
    const tree = await writeTree(host, repository.root, draft.files);
    for (let attempt = 0; attempt < tries; attempt++) {
      const head = await readHeadOf(host, repository, ledgerRef);
      const commit = await signCommit(ledger, tree, head === undefined ? [] : [head], draft.message);
      if (await moveRef(host, repository, ledgerRef, commit, head, draft.message.split('\n', 1)[0] ?? '')) {
        await rememberHead(host, repository, commit);
        return commit;
      }
      // Another store's backend or a fetch was faster.
      await host.clock.sleep(10 + Math.random() * 40);
    }
    throw new GreenroomError('git-failed', {
      subject: ledgerRef,
      detail: 'it is moved by others all the time',
    });
  });
}

export async function writeTree(
  host: Host,
  root: string,
  files: readonly { name: string; content: string | Uint8Array }[],
): Promise<string> {
  const entries = await Promise.all(
    files.map(async ({ name, content }) => {
      const args = ['hash-object', '-w', '--no-filters', '--stdin'];
      const { stdout } = await runGit(host, root, args, { input: content });
      return `100644 blob ${stdout.trim()}\t${name}\0`;
    }),
  );
  return (await runGit(host, root, ['mktree', '-z'], { input: entries.join('') })).stdout.trim();
}

/** A signed commit that no ref names yet. Throws `signing-failed`. */
export async function signCommit(
  ledger: Ledger,
  tree: string,
  parents: readonly string[],
  message: string,
): Promise<string> {
  const { host, repository, identity } = ledger;
  const key = await ledger.key();
  const date = `${Math.floor(host.clock.now() / 1000)} +0000`;
  try {
    const { stdout } = await runGit(
      host,
      repository.root,
      [...signWith(key), 'commit-tree', '-S', ...parents.flatMap(parent => ['-p', parent]), '-F', '-', tree],
      {
        input: message.replaceAll('\0', ''),
        timeout: 30_000,
        env: {
          ...neverAsk,
          GIT_AUTHOR_NAME: identity.name || identity.email,
          GIT_AUTHOR_EMAIL: identity.email,
          GIT_AUTHOR_DATE: date,
          GIT_COMMITTER_NAME: identity.name || identity.email,
          GIT_COMMITTER_EMAIL: identity.email,
          GIT_COMMITTER_DATE: date,
        },
      },
    );
    return stdout.trim();
  } catch (cause) {
    if (!hasReason(cause, 'git-failed', 'timeout')) throw cause;
    throw new GreenroomError('signing-failed', { subject: key.file, detail: messageOf(cause), cause });
  }
}

/** Compare and swap. False when the ref was not at `from` any more, or is locked by somebody else at this moment. */
export async function moveRef(
  host: Host,
  repository: Repository,
  ref: string,
  to: string,
  from: string | undefined,
  why: string,
): Promise<boolean> {
  const none = '0'.repeat(to.length);
  const args = ['update-ref', '--create-reflog', '-m', `greenroom: ${why}`, ref, to, from ?? none];
  const { code, stderr } = await runGit(host, repository.root, args, { accept: [0, 1, 128] });
  if (code === 0) return true;
  if ((await readHeadOf(host, repository, ref)) === from)
    host.log.debug('ref is locked', { ref, problem: stderr.trim() });
  return false;
}

export function readHeadOf(host: Host, repository: Repository, ref: string): Promise<string | undefined> {
  return askGit(host, repository.root, ['rev-parse', '--verify', '--quiet', `${ref}^{commit}`]);
}

export async function isAncestor(
  host: Host,
  repository: Repository,
  ancestor: string,
  commit: string,
): Promise<boolean> {
  const { code } = await runGit(host, repository.root, ['merge-base', '--is-ancestor', ancestor, commit], {
    accept: [0, 1, 128],
  });
  return code === 0;
}

const memory = z.object({ heads: z.array(z.string()) });
const memoryFile = (host: Host, repository: Repository): string =>
  path.join(projectPaths(host.paths, repository.projectId).state, 'ledger.json');

/** Heads that this store has seen: each must stay part of the ledger for ever. */
export async function rememberedHeads(host: Host, repository: Repository): Promise<string[]> {
  return (await readJson(memoryFile(host, repository), memory))?.heads ?? [];
}

/** A head that does not contain what was remembered does not replace it: `verify` has to find that. */
export async function rememberHead(host: Host, repository: Repository, commit: string): Promise<void> {
  const heads = await rememberedHeads(host, repository);
  const lost: string[] = [];
  for (const head of heads) if (!(await isAncestor(host, repository, head, commit))) lost.push(head);
  await writeJsonAtomic(memoryFile(host, repository), { heads: [...lost, commit] });
}
