import type { Dirent } from 'node:fs';
import { opendir } from 'node:fs/promises';
import path from 'node:path';
import { isNoDirectory, templates } from './findConfig.ts';
import { formatOf } from './formats/formatOf.ts';

/** Directories that hold settings by their name, and words that say so in a file's. */
const settled =
  /^(conf|config|configs|configuration|cfg|etc|settings|inc|include|includes|private|protected|system)$/i;
const says =
  /(^|[._-])(config|conf|configuration|settings?|databases?|db|dbconfig|dbconn|connect|connection|secrets?|credentials?|parameters|params|env|environment|defines?|constants|globals?|local|common|main|production|init|bootstrap)([._-]|$)/i;
/** Of a site's own directories, and of one directory's entries: where there are more, they are not an application's. */
const most = { directories: 200, entries: 300 };

/**
 * Files that may be the configuration of an application nobody told us of, relative to the site's root: by the name of the file,
 * or of the directory that it is in, at most two levels below the root. A few directories are listed, however large the site is.
 * Whether they are is told by what they hold.
 */
export async function findLikely(root: string): Promise<string[]> {
  const found: string[] = [];
  const visit = async (directory: string, level: number) => {
    const inside = settled.test(path.basename(directory));
    const below: string[] = [];
    for (const entry of await entriesOf(path.join(root, directory))) {
      const file = path.join(directory, entry.name);
      if (entry.isDirectory()) {
        if (level === 0 || (level === 1 && settled.test(entry.name)) || (level === 2 && inside))
          below.push(file);
      } else if ((inside || says.test(entry.name)) && !templates.test(entry.name) && formatOf(entry.name))
        found.push(file);
    }
    if (level < 3) await Promise.all(below.slice(0, most.directories).map(one => visit(one, level + 1)));
  };
  await visit('.', 0);
  return found.sort();
}

async function entriesOf(directory: string): Promise<Dirent[]> {
  const entries: Dirent[] = [];
  try {
    for await (const entry of await opendir(directory, { bufferSize: 256 })) {
      entries.push(entry);
      if (entries.length === most.entries) break;
    }
  } catch (error) {
    if (!isNoDirectory(error)) throw error;
  }
  return entries;
}
