import { createHash } from 'node:crypto';
import { access, constants, lstat, readdir, readlink, realpath } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { readJson, writeFileAtomic } from '../platform/atomicFile.ts';
import type { Host } from '../platform/host.ts';
import { mapLimit } from '../platform/parallel.ts';
import { isAbsent, isDenied } from './compare.ts';

const directorySchema = z.object({
  /** mtime and ctime (ms) of the directory when it was read: no link comes or goes without changing them. */
  m: z.number(),
  c: z.number(),
  /** Subdirectories. */
  d: z.array(z.string()),
  /** Links: name → target. */
  l: z.record(z.string(), z.string()),
  /** Names that this user cannot read; `.` for the directory itself. */
  u: z.array(z.string()),
});
const scanSchema = z.object({
  format: z.literal(1),
  root: z.string(),
  directories: z.record(z.string(), directorySchema),
});
type Directory = z.infer<typeof directorySchema>;

export interface SiteScan {
  /** Path relative to the root → target as it stands in the link. */
  links: Map<string, string>;
  /** What this user cannot read. */
  unreadable: string[];
}

/** A directory that changed less than this before it was read may have changed again within the same clock tick. */
const racyMs = 100;

/**
 * Where production's symbolic links are. A site is read once; after that only directories whose times moved are read
 * again, and the rest is remembered in the store.
 *
 * @param fresh false: what is remembered is enough, if there is anything (creation must not cost more on a large site)
 */
export async function scanSite(host: Host, productionRoot: string, fresh: boolean): Promise<SiteScan> {
  const root = await realpath(productionRoot);
  const file = path.join(
    host.paths.root,
    'sites',
    `${createHash('sha256').update(root).digest('hex').slice(0, 16)}-${process.getuid?.() ?? 0}.json`,
  );
  const known = await readJson(file, scanSchema);
  if (known !== undefined && known.root === root && !fresh) return summary(known.directories);
  const directories: Record<string, Directory> = {};
  let read = 0;
  const now = host.clock.now();
  const visit = async (relative: string): Promise<void> => {
    const remembered = known?.directories[relative];
    const entry = await readOne(path.join(root, relative), remembered, now);
    if (entry === undefined) return;
    if (entry !== remembered) read++;
    directories[relative] = entry;
    await mapLimit(entry.d, 8, name => visit(relative === '' ? name : `${relative}/${name}`));
  };
  await visit('');
  if (read > 0) await writeFileAtomic(file, JSON.stringify({ format: 1, root, directories }));
  return summary(directories);
}

async function readOne(
  directory: string,
  remembered: Directory | undefined,
  now: number,
): Promise<Directory | undefined> {
  try {
    const stats = await lstat(directory);
    if (!stats.isDirectory()) return undefined;
    if (remembered !== undefined && remembered.m === stats.mtimeMs && remembered.c === stats.ctimeMs)
      return remembered;
    const racy = now - stats.mtimeMs < racyMs;
    const entry: Directory = { m: racy ? 0 : stats.mtimeMs, c: stats.ctimeMs, d: [], l: {}, u: [] };
    const isRoot = process.getuid?.() === 0;
    const entries = await readdir(directory, { withFileTypes: true });
    await mapLimit(entries, 16, async child => {
      const file = path.join(directory, child.name);
      if (child.isDirectory()) entry.d.push(child.name);
      else if (child.isSymbolicLink()) entry.l[child.name] = await readlink(file);
      else if (!isRoot && child.isFile() && !(await isReadable(file))) entry.u.push(child.name);
    });
    return entry;
  } catch (error) {
    if (isAbsent(error)) return undefined;
    if (!isDenied(error)) throw error;
    return { m: 0, c: 0, d: [], l: {}, u: ['.'] };
  }
}

async function isReadable(file: string): Promise<boolean> {
  try {
    await access(file, constants.R_OK);
    return true;
  } catch (error) {
    if (isAbsent(error)) return true;
    if (isDenied(error)) return false;
    throw error;
  }
}

function summary(directories: Record<string, Directory>): SiteScan {
  const scan: SiteScan = { links: new Map(), unreadable: [] };
  for (const [directory, { l, u }] of Object.entries(directories)) {
    const prefix = directory === '' ? '' : `${directory}/`;
    for (const [name, target] of Object.entries(l)) scan.links.set(prefix + name, target);
    for (const name of u) scan.unreadable.push(name === '.' ? directory || '.' : prefix + name);
  }
  return scan;
}
