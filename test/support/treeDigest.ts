import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import path from 'node:path';

/** One digest of a whole tree: names, types, modes, link targets and every byte. Compares "nothing changed" for real. */
export async function treeDigest(root: string): Promise<string> {
  const hash = createHash('sha256');
  const entries = (await readdir(root, { recursive: true })).sort();
  for (const entry of entries) {
    const file = path.join(root, entry);
    const stats = await lstat(file);
    hash.update(`${entry}\0${stats.mode.toString(8)}\0${stats.uid}:${stats.gid}\0`);
    if (stats.isSymbolicLink()) hash.update(await readlink(file));
    else if (stats.isFile()) hash.update(await readFile(file));
  }
  return hash.digest('hex');
}
