import { lstatSync } from 'node:fs';
import { mkdir, rm, stat, symlink } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { readJson, syncDirectory, writeJsonAtomic } from '../../platform/atomicFile.ts';
import { requireFreeBytes } from '../../platform/diskSpace.ts';
import { errorCode, fromFileSystem, GreenroomError } from '../../platform/errors.ts';
import type { Host } from '../../platform/host.ts';
import { mapLimit } from '../../platform/parallel.ts';
import { resolveInside } from '../../platform/paths.ts';
import type { PromotionDirectory } from '../stateDirectory.ts';
import { copyAttributes, copyContent, setMetadata } from './copyFile.ts';
import { type FileState, readFileState } from './fileState.ts';
import { nearestDirectory } from './nearestDirectory.ts';
import type { PlannedFile } from './planFiles.ts';

/** Where each planned file waits to be renamed in, by its index in the plan. */
export type StagedPlaces = Record<string, string>;
const placesSchema: z.ZodType<StagedPlaces> = z.record(z.string(), z.string());

export interface StageInput {
  root: string;
  directory: PromotionDirectory;
  files: readonly PlannedFile[];
  /** The finished content of a file: the environment's, or a snapshot's. */
  source(file: PlannedFile, index: number): string;
  /** A new version keeps the owner and attributes of the version it replaces; one from a snapshot has its own. */
  attributes: 'production' | 'source';
}

/**
 * Writes the new version of every file, with its owner, mode, times and attributes, beside the old one, and syncs it:
 * what is left to do under the locks is renames. Answers warnings for people.
 */
export async function stageFiles(host: Host, input: StageInput): Promise<string[]> {
  const { directory, files, root } = input;
  const warnings: string[] = [];
  await mkdir(directory.staged, { recursive: true, mode: 0o700 });
  const places = await choosePlaces(input);
  // On disk before the first file is: whoever cleans up after us must find them all.
  await writeJsonAtomic(placesFile(directory), places);
  const bytes = files.reduce(
    (sum, file) => sum + (!file.excluded && file.after?.type === 'file' ? file.after.bytes : 0),
    0,
  );
  await requireFreeBytes(directory.staged, bytes, 'the new versions of the files');
  const attributes: { from: string; to: string }[] = [];
  await mapLimit(files, 8, async (file, index) => {
    const place = places[index];
    if (place === undefined || file.after === undefined || file.after.type === 'directory') return;
    await mkdir(path.dirname(place), { recursive: true, mode: 0o700 });
    await rm(place, { force: true });
    try {
      if (file.after.type === 'symlink') await symlink(file.after.target, place);
      else await copyContent(input.source(file, index), place);
    } catch (error) {
      throw fromFileSystem(error, file.path);
    }
    if (file.after.type !== 'file') return;
    const staged = await readFileState(place);
    if (staged?.state.type !== 'file' || staged.state.sha256 !== file.after.sha256)
      throw new GreenroomError('plan-changed', {
        subject: file.path,
        detail: 'it was written while it was being copied',
      });
    const replaces = input.attributes === 'production' && file.before?.type === 'file';
    const from = replaces ? await resolveInside(root, file.path) : input.source(file, index);
    attributes.push({ from, to: place });
  });
  if (!(await copyAttributes(host, attributes)))
    warnings.push(
      'Access lists and extended attributes of files are not kept: this system’s cp cannot copy them.',
    );
  let foreign = 0;
  await mapLimit(files, 8, async (file, index) => {
    const place = places[index];
    if (place === undefined || file.after === undefined || file.after.type === 'directory') return;
    const owner =
      input.attributes === 'source' && file.after.type !== 'other' ? file.after : await ownerOf(root, file);
    if (!(await setMetadata(place, file.after, owner))) foreign++;
  });
  if (foreign > 0)
    warnings.push(
      `${foreign} ${foreign === 1 ? 'file belongs' : 'files belong'} to the promoting user now: only root may keep another owner.`,
    );
  for (const place of new Set(Object.values(places).map(file => path.dirname(file))))
    await syncIfThere(place);
  return warnings;
}

async function syncIfThere(directory: string): Promise<void> {
  try {
    await syncDirectory(directory);
  } catch (error) {
    // Nothing but deletions was planned there.
    if (errorCode(error) !== 'ENOENT') throw error;
  }
}

/** The staged places as they were written before staging began; empty if it never began. */
export async function readPlaces(directory: PromotionDirectory): Promise<StagedPlaces> {
  return (await readJson(placesFile(directory), placesSchema)) ?? {};
}

/** Removes what is still staged. */
export async function removeStaged(directory: PromotionDirectory): Promise<void> {
  const places = await readPlaces(directory);
  await rm(directory.staged, { recursive: true, force: true });
  for (const beside of new Set(Object.values(places).map(file => path.dirname(file))))
    if (path.basename(beside).startsWith('.greenroom-')) await rm(beside, { recursive: true, force: true });
}

/** For {@link reachStates}: the staged file, or `undefined` if it was renamed in before. */
export async function readyFromStaged(places: StagedPlaces, index: number): Promise<string | undefined> {
  const place = places[index];
  if (place === undefined) return undefined;
  try {
    lstatSync(place);
    return place;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * A rename must stay on one file system. Staged files wait outside the root where that is the same one; else in a
 * hidden directory, mode 0700, in the nearest directory that exists.
 */
async function choosePlaces({ root, directory, files }: StageInput): Promise<StagedPlaces> {
  const device = (await stat(directory.staged)).dev;
  const places: StagedPlaces = {};
  const devices = new Map<string, number>();
  for (const [index, file] of files.entries()) {
    if (
      file.excluded ||
      [file.before, file.after].every(state => state === undefined || state.type === 'directory')
    )
      continue;
    const parent = await nearestDirectory(root, file.path);
    const parentDevice = devices.get(parent) ?? (await stat(parent)).dev;
    devices.set(parent, parentDevice);
    const beside =
      parentDevice === device ? directory.staged : path.join(parent, `.greenroom-${directory.id}`);
    places[index] = path.join(beside, String(index));
  }
  return places;
}

/** A replaced file keeps its owner; a new one gets that of the directory it comes into. */
async function ownerOf(root: string, file: PlannedFile): Promise<{ uid: number; gid: number }> {
  const before: FileState | undefined = file.before;
  if (before !== undefined && before.type !== 'other') return before;
  return await stat(await nearestDirectory(root, file.path));
}

function placesFile(directory: PromotionDirectory): string {
  return path.join(directory.directory, 'places.json');
}
