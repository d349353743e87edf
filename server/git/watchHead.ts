import { type FSWatcher, watch } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { hasReason, messageOf } from '../platform/errors.ts';
import type { Host } from '../platform/host.ts';
import { isMissing } from './git.ts';
import { type Repository, readHead } from './repository.ts';

/** Bursts (a rebase, a fetch of many branches) are told once. */
const settleMs = 30;
/** Events may be lost (network file systems, exhausted watches): HEAD and refs are looked at this often in any case. */
const pollMs = 2000;

/**
 * Tells when HEAD or any ref of the repository may have moved: checkout, commit, rebase, bisect, fetch, push, rename;
 * by whatever program. Each worktree has its own HEAD; refs are shared.
 *
 * @param watchDirectory may refuse: then looking regularly has to do
 */
export function watchHead(
  host: Host,
  repository: Repository,
  onChange: () => void,
  watchDirectory: typeof watch = watch,
): { close(): void } {
  const closing = new AbortController();
  const watchers = new Map<string, FSWatcher>();
  let timer: NodeJS.Timeout | undefined;
  const changed = () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      if (!closing.signal.aborted) onChange();
    }, settleMs);
  };
  const follow = (directory: string, isNews: (name: string) => boolean) => {
    if (closing.signal.aborted || watchers.has(directory)) return;
    try {
      const watcher = watchDirectory(directory, { persistent: false }, (_event, name) => {
        if (name === null || isNews(name)) {
          changed();
          if (directory.startsWith(refs)) void followRefs();
        }
      });
      // A directory of refs that goes away, or a limit that is reached: polling goes on.
      const stop = () => {
        watcher.close();
        watchers.delete(directory);
      };
      watcher.on('error', stop);
      watchers.set(directory, watcher);
    } catch (error) {
      host.log.debug('cannot watch', { directory, problem: messageOf(error) });
    }
  };
  const refs = path.join(repository.commonDir, 'refs');
  const isNoLock = (name: string) => !name.endsWith('.lock');
  const followRefs = async () => {
    const present = new Set(await directoriesBelow(refs));
    for (const directory of present) follow(directory, isNoLock);
    for (const [directory, watcher] of watchers)
      if (directory.startsWith(refs) && !present.has(directory)) {
        watcher.close();
        watchers.delete(directory);
      }
  };
  follow(repository.gitDir, name => /^(HEAD|rebase-merge|rebase-apply|BISECT_LOG|packed-refs)$/.test(name));
  follow(repository.commonDir, name => name === 'packed-refs' || name === 'HEAD');
  follow(path.join(repository.commonDir, 'reftable'), isNoLock);

  const poll = async () => {
    await followRefs();
    let last = await fingerprint(host, repository, refs);
    while (!closing.signal.aborted) {
      await host.clock.sleep(pollMs, closing.signal);
      const now = await fingerprint(host, repository, refs);
      if (now !== last) changed();
      last = now;
    }
  };
  poll().catch(error => {
    if (!closing.signal.aborted) host.log.error('stopped watching HEAD', { problem: messageOf(error) });
  });
  return {
    close() {
      closing.abort();
      clearTimeout(timer);
      for (const watcher of watchers.values()) watcher.close();
      watchers.clear();
    },
  };
}

async function directoriesBelow(directory: string): Promise<string[]> {
  try {
    const entries = await readdir(directory, { withFileTypes: true });
    const below = await Promise.all(
      entries
        .filter(entry => entry.isDirectory())
        .map(entry => directoriesBelow(path.join(directory, entry.name))),
    );
    return [directory, ...below.flat()];
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** HEAD's state and the times of everything that holds refs; no git process. */
async function fingerprint(host: Host, repository: Repository, refs: string): Promise<string> {
  const parts: string[] = [];
  try {
    parts.push(JSON.stringify(await readHead(host, repository)));
  } catch (error) {
    // The repository may be in the middle of being replaced or removed.
    if (!isMissing(error) && !hasReason(error, 'git-failed', 'binary-missing')) throw error;
  }
  const { commonDir } = repository;
  const places = [
    path.join(commonDir, 'packed-refs'),
    path.join(commonDir, 'reftable'),
    ...(await directoriesBelow(refs)),
  ];
  for (const place of places)
    try {
      parts.push(`${(await stat(place)).mtimeMs}`);
    } catch (error) {
      if (!isMissing(error)) throw error;
      parts.push('-');
    }
  return parts.join(' ');
}
