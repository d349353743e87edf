import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import path from 'node:path';

/** A line for every entry of a tree: name, mode, owner, and its link target or a hash of every byte. Compares "nothing changed" for real. */
export async function treeDigest(root: string): Promise<string> {
  const lines: string[] = [];
  for (const entry of (await readdir(root, { recursive: true })).sort()) {
    const file = path.join(root, entry);
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
