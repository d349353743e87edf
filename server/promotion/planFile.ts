import { structuredPatch } from 'diff';
import { GreenroomError } from '../platform/errors.ts';
import { joinInside, resolveInside } from '../platform/paths.ts';
import type { ResultOf } from '../protocol/message.ts';
import type { planFile as planFileMessage } from '../protocol/plan.ts';
import type { PromotionContext } from './context.ts';
import { type FileState, readFileState } from './files/fileState.ts';
import { sideText } from './files/planFiles.ts';

/** Both sides of one file and the hunks between them; text only where both sides are text below 2 MB. */
export async function planFile(
  context: PromotionContext,
  path: string,
): Promise<ResultOf<typeof planFileMessage>> {
  if (context.environment === undefined) throw new GreenroomError('environment-missing');
  const productionFile = await resolveInside(context.production.root, path);
  const siteFile = joinInside(context.environment.overlay.site, path);
  const before = (await readFileState(productionFile))?.state;
  const after = (await readFileState(siteFile))?.state;
  if (before === undefined && after === undefined)
    throw new GreenroomError('files-missing', { subject: path });
  const production = await sideText(productionFile, before);
  const environment = await sideText(siteFile, after);
  const binary = isBinary(before) || isBinary(after);
  const shown =
    !binary &&
    (before === undefined || production !== undefined) &&
    (after === undefined || environment !== undefined);
  return {
    path,
    ...(production !== undefined && { production }),
    ...(environment !== undefined && { environment }),
    binary,
    hunks: shown ? hunksBetween(path, production ?? '', environment ?? '') : [],
  };
}

/** The hunks between two texts, three lines of context. */
export function hunksBetween(path: string, before: string, after: string) {
  // A rewritten file of thousands of lines has no useful hunks: beyond this many edits it is shown as one.
  const patch = structuredPatch(path, path, before, after, '', '', { context: 3, maxEditLength: 20_000 });
  return patch === undefined ? [wholeHunk(before, after)] : patch.hunks;
}

function wholeHunk(before: string, after: string) {
  const old = before.split('\n');
  const now = after.split('\n');
  return {
    oldStart: 1,
    oldLines: old.length,
    newStart: 1,
    newLines: now.length,
    lines: [...old.map(line => `-${line}`), ...now.map(line => `+${line}`)],
  };
}

function isBinary(state: FileState | undefined): boolean {
  return state?.type === 'file' && state.binary;
}
