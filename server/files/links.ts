import { constants } from 'node:fs';
import { copyFile, mkdir, readlink, realpath, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { readJson, writeJsonAtomic } from '../platform/atomicFile.ts';
import { errorCode } from '../platform/errors.ts';
import type { Host } from '../platform/host.ts';
import { mapLimit } from '../platform/parallel.ts';
import { isDenied, lstatIfAny } from './compare.ts';
import type { ChangedEntry, OverlayPlace } from './driver.ts';
import { scanSite } from './linkScan.ts';
import { type LinkMeaning, linkMeaning } from './linkTarget.ts';
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
 * into the site by production's own path are led to the environment's; links elsewhere are closed where this user could
 * write there. Links that somebody already changed in the environment are left alone.
 *
 * @param fresh whether to look through production for new links, or to trust what the store remembers
 * @returns one sentence per link that leads out, and per file that cannot be read
 */
export async function closeLinks(host: Host, place: OverlayPlace, fresh: boolean): Promise<string[]> {
  const root = await realpath(place.productionRoot);
  const scan = await scanSite(host, root, fresh);
  const closed = await readClosedLinks(place);
  const warnings: string[] = [];
  const closing: { file: string; now: ClosedLink['now']; source: string | undefined }[] = [];
  const judged = await mapLimit([...scan.links], 16, async ([link, target]) => ({
    link,
    target,
    meaning: await linkMeaning(root, link, target),
  }));
  for (const { link, target, meaning } of judged) {
    if (meaning.kind === 'inside') continue;
    if (meaning.kind !== 'rewrite') warnings.push(warningOf(link, meaning));
    const known = closed[link];
    const file = path.join(place.site, link);
    const isOpen = (await currentTarget(file)) === target;
    // Production's link was led elsewhere since it was closed here.
    const isOutdated = known !== undefined && known.target !== target && (await isAsClosed(file, known.now));
    if (!isOpen && !isOutdated) continue;
    if (meaning.kind === 'outside' && path.isAbsolute(target)) continue;
    const now = replacementFor(meaning);
    closed[link] = { target, now };
    closing.push({ file, now, source: meaning.kind === 'escape' ? meaning.absolute : undefined });
  }
  const gone = Object.keys(closed).filter(link => !scan.links.has(link));
  // Noted before it is done: a crash in between leaves a note of a link that still stands, and it is closed next time.
  if (closing.length > 0) await writeJsonAtomic(fileOf(place), closed);
  for (const { file, now, source } of closing) await replace(file, now, source);
  if (gone.length > 0) await reopen(place, closed, gone);
  for (const file of scan.unreadable) warnings.push(`${file} cannot be read by this user`);
  return warnings;
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

function warningOf(link: string, meaning: Extract<LinkMeaning, { kind: 'outside' | 'escape' }>): string {
  const what = meaning.kind === 'escape' ? consequence[meaning.is] : 'it is read-only here and stays';
  return `${link} leads out of the site, to ${meaning.absolute}: ${what}`;
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
