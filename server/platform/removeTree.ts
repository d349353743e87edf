import { chmod, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from './errors.ts';

/** What another process that is just ending, or still at work in the tree, makes of a removal for a moment. */
const passing = new Set(['EBUSY', 'ENOTEMPTY']);
const tries = 20;
const pause = 50;

/**
 * Removes a tree, also where its directories lack the write permission, and although another process adds to it in this
 * very moment. (Node's own `maxRetries` tries again on every level: deep in a tree what stays busy takes hours.)
 *
 * @param prepare is called before each attempt
 * @throws Node's `EBUSY`, `ENOTEMPTY` when it is still so after a second, and whatever else stands against it
 */
export async function removeTree(directory: string, prepare?: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    await prepare?.();
    try {
      return await rm(directory, { recursive: true, force: true });
    } catch (error) {
      const code = errorCode(error) ?? '';
      if (attempt === tries) throw error;
      if (code === 'EACCES' || code === 'EPERM') {
        if (attempt > 1) throw error;
        await openUp(directory);
      } else if (passing.has(code)) await new Promise(resolve => setTimeout(resolve, pause));
      else throw error;
    }
  }
}

/** The removal that failed may still be at work beside: what is gone meanwhile needs no opening. */
async function openUp(directory: string): Promise<void> {
  try {
    await chmod(directory, 0o700);
    for (const entry of await readdir(directory, { withFileTypes: true }))
      if (entry.isDirectory()) await openUp(path.join(directory, entry.name));
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
}
