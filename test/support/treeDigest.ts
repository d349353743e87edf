import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import path from 'node:path';

/** Everything that a change to a tree would change: names, types, modes, owners, times, contents, targets. */
export async function treeDigest(root: string): Promise<string> {
  const hash = createHash('sha256');
  const visit = async (relative: string): Promise<void> => {
    const file = path.join(root, relative);
    const stats = await lstat(file);
    hash.update(
      JSON.stringify([relative, stats.mode, stats.uid, stats.gid, stats.size, stats.mtimeMs, stats.ino]),
    );
    if (stats.isSymbolicLink()) hash.update(await readlink(file));
    if (stats.isFile()) hash.update(await readFile(file));
    if (stats.isDirectory())
      for (const name of (await readdir(file)).sort()) await visit(path.join(relative, name));
  };
  await visit('.');
  return hash.digest('hex');
}
