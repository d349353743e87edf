import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { timestamp } from './clock.ts';
import { errorCode, GreenroomError } from './errors.ts';
import type { Host } from './host.ts';

const ownerSchema = z.object({
  token: z.string(),
  pid: z.number(),
  startedAt: z.string(),
  /** What the owner does with it, for the sentence "is locked by …". */
  purpose: z.string(),
  since: z.string(),
});
type Owner = z.infer<typeof ownerSchema>;

export interface LockOptions {
  /** Shown to whoever waits: `env create`. */
  purpose: string;
  /** Milliseconds to wait for a living owner. Default 0: fail at once with reason `locked`. */
  wait?: number;
  signal?: AbortSignal;
  /** Of the lock's file, 0600 by default: who shares the directory must be able to read who holds it. */
  mode?: number;
}

/**
 * Runs `action` while holding the named lock of this store. The lock is a file that names its owner's process; it is
 * taken over when that process is dead (also after a reboot). Fair enough for a handful of windows, not a queue.
 *
 * A lock file appears complete (hard link of a finished file), so a reader never sees half an owner.
 */
export async function withLock<T>(
  host: Host,
  name: string,
  options: LockOptions,
  action: () => Promise<T>,
): Promise<T> {
  const release = await acquireLock(host, name, options);
  try {
    return await action();
  } finally {
    await release();
  }
}

/** Like {@link withLock} for locks that outlive a function. Returns the release function. */
export async function acquireLock(
  host: Host,
  name: string,
  options: LockOptions,
): Promise<() => Promise<void>> {
  const file = path.join(host.paths.locks, `${encodeURIComponent(name)}.lock`);
  await mkdir(host.paths.locks, { recursive: true, mode: 0o700 });
  const self = await host.processes.identify(process.pid);
  if (self === undefined) throw new GreenroomError('internal', { detail: 'this process cannot see itself' });
  const owner: Owner = {
    token: randomBytes(12).toString('hex'),
    ...self,
    purpose: options.purpose,
    since: timestamp(host.clock),
  };
  const deadline = host.clock.elapsed() + (options.wait ?? 0);
  for (;;) {
    if (await tryTake(file, owner, options.mode ?? 0o600)) return () => releaseLock(file, owner);
    const current = await readOwner(file);
    if (current !== undefined && !(await host.processes.isAlive(current))) {
      await removeStale(host, file, current, owner, options.mode ?? 0o600);
      continue;
    }
    if (current === undefined) continue;
    if (host.clock.elapsed() >= deadline)
      throw new GreenroomError('locked', {
        subject: name,
        detail: `${current.purpose}, process ${current.pid}, since ${current.since}`,
      });
    await host.clock.sleep(25, options.signal);
  }
}

async function tryTake(file: string, owner: Owner, mode: number): Promise<boolean> {
  const draft = `${file}.${owner.token}`;
  await writeFile(draft, JSON.stringify(owner), { mode });
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

/**
 * Removes the file of a dead owner. One process at a time may do that, and looks again before it does: nobody can then
 * remove, not even for a moment, the file of whoever took the lock over meanwhile.
 */
async function removeStale(host: Host, file: string, dead: Owner, self: Owner, mode: number): Promise<void> {
  const remover = `${file}.stale`;
  if (await tryTake(remover, self, mode)) {
    try {
      if ((await readOwner(file))?.token === dead.token) await rm(file, { force: true });
    } finally {
      await rm(remover, { force: true });
    }
    return;
  }
  const other = await readOwner(remover);
  // Killed in between these few steps.
  if (other !== undefined && !(await host.processes.isAlive(other))) await rm(remover, { force: true });
  else await host.clock.sleep(5);
}

async function releaseLock(file: string, owner: Owner): Promise<void> {
  if ((await readOwner(file))?.token === owner.token) await rm(file, { force: true });
}

async function readOwner(file: string): Promise<Owner | undefined> {
  try {
    return ownerSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw new GreenroomError('journal-damaged', { subject: file, cause: error });
  }
}
