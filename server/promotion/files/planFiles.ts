import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import type { ChangedEntry } from '../../files/overlay.ts';
import { mapLimit } from '../../platform/parallel.ts';
import { joinInside, resolveInside } from '../../platform/paths.ts';
import type { Conflict, FileChange } from '../../protocol/plan.ts';
import { digestOf } from '../canonical.ts';
import {
  type FileState,
  fileStateSchema,
  identity,
  pathsBelow,
  readFileState,
  sameContent,
} from './fileState.ts';
import { withGroup } from './groupMode.ts';
import type { PathFilter } from './pathFilter.ts';

/** One path that a promotion changes: what production has now, and what it gets. Exactly one of both may be absent. */
export const plannedFileSchema = z.object({
  path: z.string(),
  before: fileStateSchema.optional(),
  after: fileStateSchema.optional(),
  excluded: z.boolean(),
});
export type PlannedFile = z.infer<typeof plannedFileSchema>;

export interface FilePlan {
  files: PlannedFile[];
  conflicts: Conflict[];
  /** Sockets, pipes and devices that the environment made: never promoted. */
  skipped: string[];
}

export interface FilePlanInput {
  productionRoot: string;
  site: string;
  entries: readonly ChangedEntry[];
  filter: PathFilter;
  excluded(path: string): boolean;
  resolve: Readonly<Record<string, 'mine' | 'theirs'>>;
  /**
   * Whether production's present state of a path came from this very environment's promotions (or from undoing them):
   * it is newer than the environment's copy, and still no one else's work.
   */
  ours(path: string, state: string): Promise<boolean>;
}

/** The file half of the three-way comparison. Its cost grows with what the environment wrote, not with the site. */
export async function planFiles(input: FilePlanInput): Promise<FilePlan> {
  const plan: FilePlan = { files: [], conflicts: [], skipped: [] };
  const entries = input.entries.filter(entry => input.filter.promotable(entry.path));
  const planned = await mapLimit(entries, 8, entry => planEntry(input, entry, plan));
  const seen = new Set<string>();
  for (const file of planned.flat())
    if (!seen.has(file.path)) {
      seen.add(file.path);
      plan.files.push(file);
    }
  const byPath = (a: { path: string }, b: { path: string }) => (a.path < b.path ? -1 : 1);
  plan.files.sort(byPath);
  plan.conflicts.sort((a, b) => (a.subject < b.subject ? -1 : 1));
  plan.skipped.sort();
  return plan;
}

async function planEntry(input: FilePlanInput, entry: ChangedEntry, plan: FilePlan): Promise<PlannedFile[]> {
  const inProduction = await resolveInside(input.productionRoot, entry.path);
  const before = await readFileState(inProduction);
  const inEnvironment = (await readFileState(joinInside(input.site, entry.path)))?.state;
  const after = await withGroup(input.productionRoot, entry.path, before?.state, inEnvironment);
  if (after?.type === 'other' || before?.state.type === 'other') {
    plan.skipped.push(entry.path);
    return [];
  }
  if (sameContent(before?.state, after)) return [];
  const excluded = input.excluded(entry.path);
  if (before !== undefined && before.stamp.ctimeMs > entry.bornAt && bothMeanContent(before.state, after)) {
    const theirs = identity(before.state);
    if (!(await input.ours(entry.path, theirs))) {
      const conflict = await fileConflict(input, entry.path, before.state, after);
      const resolution = input.resolve[conflict.id];
      plan.conflicts.push({ ...conflict, ...(resolution && { resolution }) });
      if (resolution === 'theirs') return [];
    }
  }
  const own: PlannedFile = {
    path: entry.path,
    ...(before && { before: before.state }),
    ...(after && { after }),
    excluded,
  };
  if (before?.state.type !== 'directory' || after?.type === 'directory') return [own];
  return [own, ...(await deletedBelow(input, entry.path, excluded))];
}

/** A directory that goes (or becomes a file) takes with it all that a plan may touch below it. */
async function deletedBelow(
  input: FilePlanInput,
  directory: string,
  excluded: boolean,
): Promise<PlannedFile[]> {
  const below = (await pathsBelow(input.productionRoot, directory)).filter(item =>
    input.filter.promotable(item),
  );
  const files = await mapLimit(below, 8, async (item): Promise<PlannedFile | undefined> => {
    const state = (await readFileState(joinInside(input.productionRoot, item)))?.state;
    if (state === undefined || state.type === 'other') return undefined;
    return { path: item, before: state, excluded: excluded || input.excluded(item) };
  });
  return files.filter(file => file !== undefined);
}

/** A directory's change time moves with every new name in it: it says nothing about a conflict. */
function bothMeanContent(before: FileState, after: FileState | undefined): boolean {
  return before.type !== 'directory' || after !== undefined;
}

async function fileConflict(
  input: FilePlanInput,
  file: string,
  before: FileState,
  after: FileState | undefined,
): Promise<Conflict> {
  const message =
    after === undefined
      ? 'Deleted in the environment, but production has changed it since.'
      : 'Changed in the environment, and production has changed it since.';
  const mine = await sideText(joinInside(input.site, file), after);
  const theirs = await sideText(joinInside(input.productionRoot, file), before);
  return {
    // Production's state is part of the id: a choice holds for what the person saw.
    id: `file:${file}:${digestOf(identity(before)).slice(0, 12)}`,
    kind: 'file',
    subject: file,
    message,
    ...(mine !== undefined && { mine }),
    ...(theirs !== undefined && { theirs }),
  };
}

/** Largest text that a plan carries in full. */
export const textLimit = 2_000_000;

/** Text of one side; `undefined` for what is absent, binary or too big to show. */
export async function sideText(file: string, state: FileState | undefined): Promise<string | undefined> {
  if (state?.type === 'symlink') return state.target;
  if (state?.type !== 'file' || state.binary || state.bytes > textLimit) return undefined;
  return await readFile(file, 'utf8');
}

/** What views and guards see: a directory is shown only where nothing inside it tells of it. */
export function fileChanges(files: readonly PlannedFile[]): FileChange[] {
  return files.flatMap(file => {
    const state = file.after ?? file.before;
    if (state === undefined || state.type === 'other') return [];
    const change = file.before === undefined ? 'added' : file.after === undefined ? 'deleted' : 'modified';
    if (state.type === 'directory' && change !== 'modified') {
      const prefix = `${file.path}${path.posix.sep}`;
      if (files.some(other => other.path.startsWith(prefix))) return [];
    }
    return [
      {
        path: file.path,
        change,
        bytes: state.type === 'file' ? state.bytes : state.type === 'symlink' ? state.target.length : 0,
        binary: state.type === 'file' && state.binary,
        type: state.type,
        ...('mode' in state && { mode: state.mode }),
        ...(file.excluded && { excluded: true }),
      } satisfies FileChange,
    ];
  });
}
