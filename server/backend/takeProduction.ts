import { copyFile, lstat, mkdir, readFile, readlink, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import { applyPatch, reversePatch } from 'diff';
import { siteToRepository } from '../files/mapping.ts';
import { writeFileAtomic } from '../platform/atomicFile.ts';
import { errorCode, GreenroomError } from '../platform/errors.ts';
import { resolveInside } from '../platform/paths.ts';
import type { PromotionContext } from '../promotion/context.ts';
import { planFile } from '../promotion/planFile.ts';

/**
 * Production's version of a site file, or of one of its hunks, comes back: into the branch's file, or into the
 * environment's own where the site wrote it and no branch has it. Production itself is only read.
 * @param hunk index into the hunks of `planFile`; absent: the whole file
 */
export async function takeProduction(
  context: PromotionContext,
  directory: string,
  site: string,
  hunk?: number,
): Promise<void> {
  if (context.environment === undefined) throw new GreenroomError('environment-missing');
  const inRepository = siteToRepository(context.config.sync, site);
  const target =
    inRepository === undefined
      ? await resolveInside(context.environment.overlay.site, site)
      : await resolveInside(directory, inRepository);
  if (hunk === undefined) await copyOver(await resolveInside(context.production.root, site), target);
  else await takeHunk(context, site, target, hunk);
}

/** Makes `to` what `from` is: a file with its mode, a link, or nothing. */
async function copyOver(from: string, to: string): Promise<void> {
  const source = await lstat(from).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  });
  // Removed first: writing through a link would change what it points to.
  await rm(to, { recursive: true, force: true });
  if (source === undefined) return;
  await mkdir(path.dirname(to), { recursive: true });
  if (source.isSymbolicLink()) await symlink(await readlink(from), to);
  else if (source.isDirectory()) await mkdir(to);
  else await copyFile(from, to);
}

async function takeHunk(
  context: PromotionContext,
  site: string,
  target: string,
  index: number,
): Promise<void> {
  const { hunks } = await planFile(context, site);
  const hunk = hunks[index];
  const [before, { mode }] = await Promise.all([readFile(target, 'utf8'), lstat(target)]);
  const after =
    hunk !== undefined &&
    applyPatch(
      before,
      reversePatch({
        oldFileName: site,
        newFileName: site,
        oldHeader: undefined,
        newHeader: undefined,
        hunks: [hunk],
      }),
    );
  // The file has changed since its hunks were numbered: another hunk would be taken back than the one that was shown.
  if (after === false) throw new GreenroomError('plan-changed', { subject: site });
  await writeFileAtomic(target, after, mode & 0o777);
}
