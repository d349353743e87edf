import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import path from 'node:path';

/** A line for every entry of a tree: name, mode, owner, and its link target or a hash of every byte. Compares "nothing changed" for real. */
export async function treeDigest(root: string): Promise<string> {
  const lines: string[] = [];
  // With types: without them readdir follows links to directories.
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  for (const file of entries.map(entry => path.join(entry.parentPath, entry.name)).sort()) {
    const entry = path.relative(root, file);
    const stats = await lstat(file);
    const content = stats.isSymbolicLink()
      ? await readlink(file)
      : stats.isFile()
        ? createHash('sha256')
            .update(await readFile(file))
            .digest('hex')
            .slice(0, 16)
        : '';
    lines.push(`${entry} ${stats.mode.toString(8)} ${stats.uid}:${stats.gid} ${content}`);
  }
  return lines.join('\n');
}
