import { constants } from 'node:fs';
import { copyFile, mkdir, readdir, readlink, realpath, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { readJson, writeJsonAtomic } from '../platform/atomicFile.ts';
import { errorCode } from '../platform/errors.ts';
import type { Host } from '../platform/host.ts';
import { mapLimit } from '../platform/parallel.ts';
import { isDenied, lstatIfAny } from './compare.ts';
import type { ChangedEntry, OverlayDriver, OverlayPlace } from './driver.ts';
import { linkDirectory, mostLinked, mountLinked, seenTrees, type Tree } from './linked.ts';
import { scanSite } from './linkScan.ts';
import { isWritable, type LinkMeaning, linkMeaning, type Seen } from './linkTarget.ts';
import { SiteWriter } from './siteWriter.ts';

const closedLink = z.object({
  /** As production has it. */
  target: z.string(),
  /** What stands in its place: a link, an empty directory, a copy, or nothing. */
  now: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('link'), to: z.string() }),
    z.object({ kind: z.literal('directory') }),
    z.object({ kind: z.literal('copy') }),
    z.object({ kind: z.literal('nothing') }),
  ]),
});
type ClosedLink = z.infer<typeof closedLink>;
const closedLinks = z.record(z.string(), closedLink);

const fileOf = (place: OverlayPlace): string => path.join(place.directory, 'links.json');

/** Links of production that were closed in this environment, by path. They are not changes of the environment. */
export async function readClosedLinks(place: OverlayPlace): Promise<Record<string, ClosedLink>> {
  return (await readJson(fileOf(place), closedLinks)) ?? {};
}

/**
 * A link that leads out of the overlay would let a write through to production or to what production shares. Links
 * into the site by production's own path are led to the environment's; directories elsewhere get a view of the
 * environment's own, in which the same holds; other links elsewhere are closed where this user could write there. Links
 * that somebody already changed in the environment are left alone.
 *
 * @param fresh whether to look through production for new links, or to trust what the store remembers
 * @returns one sentence per link that leads out, and per file that cannot be read; of many, the first few
 */
export async function closeLinks(
  host: Host,
  driver: OverlayDriver,
  place: OverlayPlace,
  fresh: boolean,
): Promise<string[]> {
  const warnings = await mountLinked(host, driver, place);
  const trees = await seenTrees(place);
  // Each may lead to one more, which is looked through in its turn.
  for (const tree of trees)
    if (tree === trees[0] || (await lstatIfAny(tree.root)) !== undefined)
      warnings.push(...(await closeTree(host, driver, trees, tree, fresh)));
  return firstFew(warnings);
}

/** A distribution's package may hold hundreds of links; each would be a line of every report. */
function firstFew(warnings: string[]): string[] {
  const told = 8;
  if (warnings.length <= told) return warnings;
  const more = `${warnings.length - told} more links and files are like these: "greenroom doctor" lists where links lead`;
  return [...warnings.slice(0, told), more];
}

async function closeTree(
  host: Host,
  driver: OverlayDriver,
  trees: [Tree, ...Tree[]],
  tree: Tree,
  fresh: boolean,
): Promise<string[]> {
  const { place, root } = tree;
  const scan = await scanSite(host, root, fresh);
  const closed = await readClosedLinks(place);
  const nameOf = (file: string) => (tree === trees[0] ? file : path.join(root, file));
  const warnings: string[] = [];
  const closing: { file: string; now: ClosedLink['now']; source: string | undefined }[] = [];
  const judged = await mapLimit([...scan.links], 16, async ([link, target]) => ({
    link,
    target,
    meaning: await linkMeaning(tree, link, target, trees),
  }));
  // What holds another directory gets its view first: the other is then seen in it.
  judged.sort((a, b) => lengthOf(a.meaning) - lengthOf(b.meaning));
  for (const { link, target, meaning: first } of judged) {
    if (first.kind === 'inside') continue;
    const { meaning, why } = await withView(host, driver, trees, tree, link, target, first);
    const warning = warningOf(nameOf(link), meaning, trees[0], why);
    if (warning !== undefined) warnings.push(warning);
    const known = closed[link];
    const file = path.join(place.site, link);
    const isOpen = (await currentTarget(file)) === target;
    const now = replacementFor(meaning);
    if (!isOpen && !(known !== undefined && (await isOutdated(file, known, target, now)))) continue;
    if (meaning.kind === 'outside' && path.isAbsolute(target)) continue;
    closed[link] = { target, now };
    closing.push({ file, now, source: meaning.kind === 'escape' ? meaning.absolute : undefined });
  }
  const gone = Object.keys(closed).filter(link => !scan.links.has(link));
  // Noted before it is done: a crash in between leaves a note of a link that still stands, and it is closed next time.
  if (closing.length > 0) await writeJsonAtomic(fileOf(place), closed);
  for (const { file, now, source } of closing) await replace(file, now, source);
  if (gone.length > 0) await reopen(place, closed, gone);
  for (const file of scan.unreadable) warnings.push(`${nameOf(file)} cannot be read by this user`);
  return warnings;
}

const lengthOf = (meaning: LinkMeaning): number => (meaning.kind === 'escape' ? meaning.absolute.length : 0);

/** What a link to a directory outside means once the environment has a view of that directory, or why it has none. */
async function withView(
  host: Host,
  driver: OverlayDriver,
  trees: [Tree, ...Tree[]],
  tree: Tree,
  link: string,
  target: string,
  first: Exclude<LinkMeaning, { kind: 'inside' }>,
): Promise<{ meaning: Exclude<LinkMeaning, { kind: 'inside' }>; why?: string }> {
  if (first.kind !== 'escape' || first.is !== 'directory') return { meaning: first };
  const { absolute } = first;
  let why: string | undefined;
  if (!trees.some(({ root }) => absolute === root || absolute.startsWith(`${root}/`))) {
    const view = await linkDirectory(host, driver, trees[0].place, absolute);
    if (typeof view === 'string') why = view;
    else trees.push(view);
  }
  if (why === undefined) {
    const meaning = await linkMeaning(tree, link, target, trees);
    return { meaning: meaning.kind === 'inside' ? first : meaning };
  }
  return { meaning: (await isWritable(absolute)) ? first : { kind: 'outside', absolute }, why };
}

/** Production's link leads elsewhere since it was closed here, or where nothing could stand something can now. */
async function isOutdated(
  file: string,
  known: ClosedLink,
  target: string,
  now: ClosedLink['now'],
): Promise<boolean> {
  if (!(await isAsClosed(file, known.now))) return false;
  if (known.target !== target) return true;
  if (now.kind !== 'link' || known.now.kind === 'link') return false;
  return (
    known.now.kind === 'nothing' || (known.now.kind === 'directory' && (await readdir(file)).length === 0)
  );
}

const foreseen = {
  directory: 'read from there, writes stay in the environment',
  file: 'copied',
  other: 'left out',
  nothing: 'left out, there is nothing',
};

/**
 * Where production's links lead out of it, and those of the directories they lead to: one sentence each, for whoever has
 * no environment yet. Changes nothing but what the store remembers of the links, which makes the first environment
 * quick.
 */
export async function outsideLinks(host: Host, productionRoot: string): Promise<string[]> {
  const trees: Seen[] = [{ root: await realpath(productionRoot), site: productionRoot }];
  const sentences: string[] = [];
  for (const tree of trees) {
    const { links } = await scanSite(host, tree.root, true);
    for (const [link, target] of links) {
      const meaning = await linkMeaning(tree, link, target, trees);
      if (meaning.kind !== 'escape') continue;
      const name = tree === trees[0] ? link : path.join(tree.root, link);
      sentences.push(`${name} → ${meaning.absolute}: ${foreseen[meaning.is]}`);
      const holds = `${trees[0]?.root}/`.startsWith(`${meaning.absolute}/`);
      if (meaning.is === 'directory' && !holds && trees.length <= mostLinked)
        trees.push({ root: meaning.absolute, site: meaning.absolute });
    }
  }
  return sentences;
}

/** Production has no such link any more: what stands in its place here goes, and production's own shows again. */
async function reopen(
  place: OverlayPlace,
  closed: Record<string, ClosedLink>,
  gone: readonly string[],
): Promise<void> {
  const writer = new SiteWriter(place);
  for (const link of gone) {
    const known = closed[link];
    if (known !== undefined && (await isAsClosed(path.join(place.site, link), known.now)))
      await writer.restore(link);
    delete closed[link];
  }
  await writeJsonAtomic(fileOf(place), closed);
}

function warningOf(
  link: string,
  meaning: Exclude<LinkMeaning, { kind: 'inside' }>,
  site: Tree,
  why: string | undefined,
): string | undefined {
  const because = why === undefined ? '' : ` (${why})`;
  if (meaning.kind === 'rewrite')
    return meaning.into === undefined || meaning.into === site
      ? undefined
      : `${link} leads out of the site, to ${meaning.into.root}: it is read from there, and what is written here stays here, outside every plan`;
  const what = meaning.kind === 'escape' ? consequence[meaning.is] : 'it is read-only here and stays';
  return `${link} leads out of the site, to ${meaning.absolute}: ${what}${because}`;
}

const consequence = {
  directory: 'an empty directory stands in its place here',
  file: 'a copy stands in its place here',
  other: 'nothing stands in its place here',
  nothing: 'nothing stands in its place here',
};

function replacementFor(meaning: Exclude<LinkMeaning, { kind: 'inside' }>): ClosedLink['now'] {
  if (meaning.kind === 'rewrite') return { kind: 'link', to: meaning.to };
  if (meaning.kind === 'outside') return { kind: 'link', to: meaning.absolute };
  if (meaning.is === 'directory') return { kind: 'directory' };
  return { kind: meaning.is === 'file' ? 'copy' : 'nothing' };
}

async function replace(file: string, now: ClosedLink['now'], source: string | undefined): Promise<void> {
  await rm(file, { recursive: true, force: true });
  if (now.kind === 'link') await symlink(now.to, file);
  if (now.kind === 'directory') await mkdir(file);
  if (now.kind === 'copy' && source !== undefined)
    try {
      await copyFile(source, file, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
    } catch (error) {
      // Writable but not readable: closed all the same, and missing in the environment.
      if (!isDenied(error)) throw error;
    }
}

async function currentTarget(file: string): Promise<string | undefined> {
  try {
    return await readlink(file);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EINVAL', 'EACCES'].includes(errorCode(error) ?? '')) return undefined;
    throw error;
  }
}

/** Whether what stands there is still what closing the link put there. */
async function isAsClosed(file: string, now: ClosedLink['now']): Promise<boolean> {
  if (now.kind === 'link') return (await currentTarget(file)) === now.to;
  const stats = await lstatIfAny(file);
  if (now.kind === 'directory') return stats?.isDirectory() === true;
  return stats === undefined || stats.isFile();
}

/** Takes out of the changes what only the closing of links did, and what was written behind a closed link. */
export async function withoutClosedLinks(
  place: OverlayPlace,
  entries: readonly ChangedEntry[],
): Promise<ChangedEntry[]> {
  const closed = await readClosedLinks(place);
  if (Object.keys(closed).length === 0) return [...entries];
  const hidden = new Set<string>();
  for (const [link, { now }] of Object.entries(closed))
    if (await isAsClosed(path.join(place.site, link), now)) hidden.add(link);
  return entries.filter(({ path: entry }) => {
    for (let part = entry; part !== '.'; part = path.posix.dirname(part)) if (hidden.has(part)) return false;
    return true;
  });
}
