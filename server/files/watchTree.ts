import { type FSWatcher, watch } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';
import { runGit, splitNul } from '../git/git.ts';
import { messageOf } from '../platform/errors.ts';
import type { Host } from '../platform/host.ts';
import { isAbsent, isDenied } from './compare.ts';

export interface TreeEvents {
  /** A path (relative to the worktree, with `/`) was written, created, removed or renamed. */
  touched(relative: string): void;
  /** The watches do not cover the tree any more: somebody has to look for themselves. */
  incomplete(why: string): void;
}

/**
 * Watches a worktree as far as git cares for it: one watch per directory that is not ignored (Node's own recursive watch
 * takes one per file on Linux, dependencies and build output included). macOS and Windows watch trees natively.
 */
export class TreeWatcher {
  readonly #host: Host;
  readonly #root: string;
  readonly #events: TreeEvents;
  readonly #watchers = new Map<string, FSWatcher>();
  #closed = false;

  constructor(host: Host, root: string, events: TreeEvents) {
    this.#host = host;
    this.#root = root;
    this.#events = events;
  }

  async start(): Promise<void> {
    if (this.#host.platform !== 'linux') {
      const watcher = watch(this.#root, { recursive: true, persistent: false }, (_event, name) => {
        const relative = name?.split(path.sep).join('/');
        if (relative === undefined) this.#events.incomplete('unnamed event');
        else if (relative !== '.git' && !relative.startsWith('.git/')) this.#events.touched(relative);
      });
      watcher.on('error', error => this.#events.incomplete(messageOf(error)));
      this.#watchers.set('', watcher);
      return;
    }
    await this.rescan();
  }

  /** Watches directories that are new or no longer ignored. */
  async rescan(): Promise<void> {
    if (this.#host.platform !== 'linux') return;
    const { stdout } = await runGit(this.#host, this.#root, [
      '-c',
      'core.fsmonitor=false',
      'ls-files',
      '--others',
      '--ignored',
      '--exclude-standard',
      '--directory',
      '-z',
    ]);
    const ignored = new Set(
      splitNul(stdout)
        .filter(name => name.endsWith('/'))
        .map(name => name.slice(0, -1)),
    );
    await this.#cover('', relative => ignored.has(relative));
  }

  close(): void {
    this.#closed = true;
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  async #cover(relative: string, isIgnored: (relative: string) => boolean): Promise<string[]> {
    const files: string[] = [];
    if (this.#closed || !this.#watchDirectory(relative)) return files;
    let entries: Awaited<ReturnType<typeof readChildren>>;
    try {
      entries = await readChildren(path.join(this.#root, relative));
    } catch (error) {
      if (isAbsent(error) || isDenied(error)) return files;
      throw error;
    }
    for (const entry of entries) {
      const child = relative === '' ? entry.name : `${relative}/${entry.name}`;
      if (entry.name === '.git' || isIgnored(child)) continue;
      if (entry.isDirectory()) files.push(...(await this.#cover(child, isIgnored)));
      else files.push(child);
    }
    return files;
  }

  /** False when it cannot be watched. */
  #watchDirectory(relative: string): boolean {
    if (this.#watchers.has(relative)) return true;
    const directory = path.join(this.#root, relative);
    try {
      const watcher = watch(directory, { persistent: false }, (_event, name) => {
        if (name === null) return this.#events.incomplete('unnamed event');
        if (name === '.git') return;
        const child = relative === '' ? name : `${relative}/${name}`;
        this.#events.touched(child);
        this.#lookAt(child).catch(error => this.#events.incomplete(messageOf(error)));
      });
      watcher.on('error', error => {
        this.#forget(relative);
        this.#events.incomplete(messageOf(error));
      });
      this.#watchers.set(relative, watcher);
      return true;
    } catch (error) {
      if (isAbsent(error) || isDenied(error)) return false;
      // The machine's limit of watches is reached.
      this.#events.incomplete(messageOf(error));
      return false;
    }
  }

  /** A new directory is covered, and what already lies in it told; one that is gone is let go. */
  async #lookAt(relative: string): Promise<void> {
    let isDirectory = false;
    try {
      isDirectory = (await lstat(path.join(this.#root, relative))).isDirectory();
    } catch (error) {
      if (!isAbsent(error)) throw error;
    }
    if (!isDirectory) return this.#forget(relative);
    if (this.#closed || this.#watchers.has(relative)) return;
    const { code } = await runGit(this.#host, this.#root, ['check-ignore', '-q', '--', relative], {
      accept: [0, 1, 128],
    });
    if (code === 0) return;
    // Ignored directories deeper down are found by the whole sync that a new directory brings.
    for (const file of await this.#cover(relative, () => false)) this.#events.touched(file);
  }

  #forget(relative: string): void {
    for (const [watched, watcher] of this.#watchers)
      if (watched === relative || watched.startsWith(`${relative}/`)) {
        watcher.close();
        this.#watchers.delete(watched);
      }
  }
}

const readChildren = (directory: string) => readdir(directory, { withFileTypes: true });
