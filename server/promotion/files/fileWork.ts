import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { GreenroomError } from '../../platform/errors.ts';
import type { Host } from '../../platform/host.ts';
import { mapLimit } from '../../platform/parallel.ts';
import { resolveInside } from '../../platform/paths.ts';
import type { PromotionRecord } from '../record.ts';
import type { PromotionDirectory } from '../stateDirectory.ts';
import { copyContent } from './copyFile.ts';
import { identity, readFileState } from './fileState.ts';
import type { PlannedFile } from './planFiles.ts';
import { type ReachResult, reachStates, syncParents, unreached, type WantedState } from './reachStates.ts';
import { buildRelease, catchUp, switchLink } from './release.ts';
import { readyFromSnapshot } from './snapshot.ts';
import { readPlaces, readyFromStaged, removeStaged, stageFiles } from './stage.ts';

/** The file half of one promotion or undo. */
export interface FileWork {
  host: Host;
  directory: PromotionDirectory;
  record: Pick<PromotionRecord, 'promotion' | 'kind' | 'productionRoot' | 'fileMode' | 'files' | 'source'>;
}

export function hasFileWork({ record }: FileWork): boolean {
  return record.files.some(file => !file.excluded);
}

/** Makes everything ready without touching what visitors see. Answers warnings. */
export async function prepareFiles(work: FileWork): Promise<string[]> {
  const { host, directory, record } = work;
  if (!hasFileWork(work)) return [];
  const release = record.fileMode;
  if (release.mode === 'release' && !release.built) return [];
  const started = host.clock.now();
  if (release.mode === 'release') await buildRelease(host, release);
  const root = release.mode === 'release' ? release.to : record.productionRoot;
  const warnings = await stageFiles(host, {
    root,
    directory,
    files: record.files,
    source: (file, index) => path.join(record.source, record.kind === 'undo' ? String(index) : file.path),
    attributes: record.kind === 'undo' ? 'source' : 'production',
  });
  if (release.mode === 'release') {
    const wanted = await wantedAfter(work);
    await reachStates(root, wanted);
    await catchUp(host, release, started, new Set(record.files.map(file => file.path)));
    await syncParents(
      root,
      wanted.map(item => item.path),
    );
  }
  return warnings;
}

/** Lets visitors see the new files. May be called again after an interruption. Durable when it returns. */
export async function switchFiles(work: FileWork): Promise<ReachResult> {
  const { record } = work;
  if (!hasFileWork(work)) return { keptDirectories: [] };
  if (record.fileMode.mode === 'release') {
    await switchLink(record.productionRoot, record.fileMode.linkAfter, record.promotion);
    return { keptDirectories: [] };
  }
  return await reachStates(record.productionRoot, await wantedAfter(work));
}

/** After {@link switchFiles}: makes the renames durable. Apart, because it need not happen under the locks. */
export async function syncFiles({ record }: FileWork): Promise<void> {
  if (record.fileMode.mode === 'in-place')
    await syncParents(
      record.productionRoot,
      record.files.filter(file => !file.excluded).map(file => file.path),
    );
}

/**
 * Takes the file half back from any point of it. What is neither the old nor the new version (someone wrote it
 * meanwhile) is saved in `found/` first, and told.
 */
export async function revertFiles(work: FileWork): Promise<string[]> {
  const { host, directory, record } = work;
  if (!hasFileWork(work)) return [];
  if (record.fileMode.mode === 'release') {
    await switchLink(record.productionRoot, record.fileMode.linkBefore, record.promotion);
    if (record.fileMode.built) await rm(record.fileMode.to, { recursive: true, force: true });
    return [];
  }
  const places = await readPlaces(directory);
  const warnings: string[] = [];
  const wanted = await mapLimit(record.files, 8, async (file, index): Promise<WantedState | undefined> => {
    if (file.excluded) return undefined;
    const now = (await readFileState(await resolveInside(record.productionRoot, file.path)))?.state;
    if (identity(now) === identity(file.before)) return undefined;
    if (now?.type === 'file' && identity(now) !== identity(file.after)) {
      await mkdir(directory.found, { recursive: true, mode: 0o700 });
      const saved = path.join(directory.found, String(index));
      await rm(saved, { force: true });
      await copyContent(await resolveInside(record.productionRoot, file.path), saved);
      warnings.push(
        `“${file.path}” was written by someone else meanwhile; that version is kept as “${saved}”.`,
      );
    }
    const ready = `${places[index] ?? path.join(directory.staged, String(index))}.back`;
    return {
      path: file.path,
      want: file.before,
      ready: () => readyFromSnapshot(host, directory, file, index, ready),
    };
  });
  const items = wanted.filter(item => item !== undefined);
  await reachStates(record.productionRoot, items);
  await syncParents(
    record.productionRoot,
    items.map(item => item.path),
  );
  const wrong = await unreached(record.productionRoot, items);
  if (wrong.length > 0)
    throw new GreenroomError('apply-failed', {
      subject: 'files',
      detail: 'they could not be put back',
      items: wrong,
    });
  return warnings;
}

export async function cleanFiles({ directory }: FileWork): Promise<void> {
  await removeStaged(directory);
}

/** An environment's owners are the engineer's own: production keeps its. */
function productionOwner({ before }: PlannedFile): NonNullable<WantedState['owner']> {
  return before?.type === 'directory' ? { uid: before.uid, gid: before.gid } : 'parent';
}

async function wantedAfter({ directory, record }: FileWork): Promise<WantedState[]> {
  const places = await readPlaces(directory);
  return record.files.flatMap((file: PlannedFile, index) =>
    file.excluded
      ? []
      : [
          {
            path: file.path,
            want: file.after,
            ready: () => readyFromStaged(places, index),
            ...(record.kind === 'promotion' && { owner: productionOwner(file) }),
          },
        ],
  );
}
