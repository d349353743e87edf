import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { SealedData } from '../database/clone.ts';
import { findServer, stopServer } from '../database/privateServer.ts';
import { socketPathFor } from '../database/serverFiles.ts';
import { readJson } from '../platform/atomicFile.ts';
import { errorCode, GreenroomError, hasReason } from '../platform/errors.ts';
import type { Host } from '../platform/host.ts';
import { withLock } from '../platform/locks.ts';
import type { ProjectPaths } from '../platform/paths.ts';
import { removeTree } from '../platform/removeTree.ts';
import { type Schema, schemaModel } from '../schema/model.ts';
import { type Manifest, manifestSchema } from './manifest.ts';

/** A sealed generation. */
export interface Generation {
  generation: number;
  /** Holds `data/`, `manifest.json`, `schema.json`, `proof.json`. */
  directory: string;
  manifest: Manifest;
  sealed: SealedData;
}

const draftPrefix = 'draft-';
const removedPrefix = 'removed-';
const pinsSuffix = '.pins';

/** The lock of everything that makes or removes generations. */
export function baseLock(projectId: string): string {
  return `base-${projectId}`;
}

/** All sealed generations, newest first. What is being built, or was left by a build that died, is none. */
export async function listGenerations(host: Host, paths: ProjectPaths): Promise<Generation[]> {
  const generations: Generation[] = [];
  for (const name of await entries(paths.bases)) {
    if (!/^\d+$/.test(name)) continue;
    const directory = path.join(paths.bases, name);
    const manifest = await readJson(path.join(directory, 'manifest.json'), manifestSchema);
    // Being removed in this moment by another window.
    if (manifest === undefined) continue;
    generations.push({
      generation: manifest.generation,
      directory,
      manifest,
      sealed: sealedData(directory, manifest),
    });
  }
  host.log.debug('generations', { count: generations.length });
  return generations.sort((a, b) => b.generation - a.generation);
}

export async function newestGeneration(host: Host, paths: ProjectPaths): Promise<Generation | undefined> {
  return (await listGenerations(host, paths))[0];
}

/** The schema of a generation as its clones have it. */
export async function readGenerationSchema(generation: Generation): Promise<Schema> {
  const file = path.join(generation.directory, 'schema.json');
  const schema = await readJson(file, schemaModel);
  if (schema === undefined)
    throw new GreenroomError('journal-damaged', { subject: file, detail: 'it is missing' });
  return schema;
}

/**
 * Whether a generation is as old as `base.refreshEvery` allows. One from the future was made while a clock was wrong, and says
 * nothing about its age.
 *
 * @param now and @param every milliseconds
 */
export function isRefreshDue(
  { manifest }: Pick<Generation, 'manifest'>,
  every: number,
  now: number,
): boolean {
  const age = now - Date.parse(manifest.createdAt);
  return age < 0 || age >= every;
}

/** Notes that an environment uses a generation: it stays until the last one lets go. @throws `base-missing` */
export async function pinGeneration(
  host: Host,
  paths: ProjectPaths,
  generation: number,
  environmentId: string,
): Promise<void> {
  await withPinLock(host, paths, async () => {
    const names = await entries(paths.bases);
    if (!names.includes(String(generation)))
      throw new GreenroomError('base-missing', { subject: `generation ${generation}` });
    const directory = path.join(paths.bases, `${generation}${pinsSuffix}`);
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await writeFile(path.join(directory, encodeURIComponent(environmentId)), '', { mode: 0o600 });
  });
}

export async function unpinGeneration(
  host: Host,
  paths: ProjectPaths,
  generation: number,
  environmentId: string,
): Promise<void> {
  await withPinLock(host, paths, () =>
    rm(path.join(paths.bases, `${generation}${pinsSuffix}`, encodeURIComponent(environmentId)), {
      force: true,
    }),
  );
}

/** Ids of the environments that use a generation. */
export async function pinsOf(paths: ProjectPaths, generation: number): Promise<string[]> {
  return (await entries(path.join(paths.bases, `${generation}${pinsSuffix}`))).map(decodeURIComponent);
}

/** Removes generations that no environment uses, except the newest. @returns their numbers */
export async function removeUnusedGenerations(
  host: Host,
  paths: ProjectPaths,
  keepNewest = 1,
): Promise<number[]> {
  const removed: { generation: number; aside: string }[] = [];
  const old = (await listGenerations(host, paths)).slice(keepNewest);
  await withPinLock(host, paths, async () => {
    for (const { generation, directory } of old) {
      if ((await pinsOf(paths, generation)).length > 0) continue;
      const aside = path.join(paths.bases, `${removedPrefix}${generation}`);
      try {
        await rename(directory, aside);
      } catch (error) {
        if (errorCode(error) !== 'ENOENT') throw error;
        continue;
      }
      await rm(path.join(paths.bases, `${generation}${pinsSuffix}`), { recursive: true, force: true });
      removed.push({ generation, aside });
    }
  });
  for (const { aside } of removed) await rm(aside, { recursive: true, force: true });
  return removed.map(({ generation }) => generation);
}

/** Makes the directory in which the next generation is built. */
export async function makeDraft(
  host: Host,
  paths: ProjectPaths,
): Promise<{ generation: number; directory: string }> {
  await mkdir(paths.bases, { recursive: true, mode: 0o700 });
  const numbers = (await entries(paths.bases)).map(name => Number(/\d+/.exec(name)?.[0] ?? 0));
  const pinned = (await listGenerations(host, paths)).map(({ generation }) => generation);
  const generation = Math.max(0, ...numbers, ...pinned) + 1;
  const directory = path.join(paths.bases, `${draftPrefix}${generation}`);
  await mkdir(directory, { mode: 0o700 });
  return { generation, directory };
}

/** The draft becomes a generation by one rename. */
export async function publishDraft(paths: ProjectPaths, generation: number, draft: string): Promise<string> {
  const directory = path.join(paths.bases, String(generation));
  await rename(draft, directory);
  return directory;
}

/** Removes a draft with the server that still runs over it. */
export async function removeDraft(host: Host, directory: string): Promise<void> {
  const server = await findServer(host, directory);
  if (server !== undefined) await stopServer(host, server, { clean: false });
  // A server that was killed leaves its socket behind.
  const socket = await socketPathFor(host, directory);
  for (const file of [socket, `${socket}.lock`]) await rm(file, { force: true });
  await removeTree(directory);
}

/**
 * Removes what builds and removals that died have left, servers included. Call it when a backend starts; while another one
 * builds, nothing is touched.
 */
export async function removeLeftovers(host: Host, paths: ProjectPaths, projectId: string): Promise<string[]> {
  if ((await leftoversIn(paths)).length === 0) return [];
  try {
    return await withLock(host, baseLock(projectId), { purpose: 'base clean-up' }, () =>
      removeLeftoversLocked(host, paths),
    );
  } catch (error) {
    if (hasReason(error, 'locked')) return [];
    throw error;
  }
}

/** {@link removeLeftovers} for whoever holds the lock. */
export async function removeLeftoversLocked(host: Host, paths: ProjectPaths): Promise<string[]> {
  const left = await leftoversIn(paths);
  for (const name of left) {
    host.log.info('removing what an interrupted build left', { name });
    await removeDraft(host, path.join(paths.bases, name));
  }
  return left;
}

async function leftoversIn(paths: ProjectPaths): Promise<string[]> {
  const isLeft = (name: string) => name.startsWith(draftPrefix) || name.startsWith(removedPrefix);
  return (await entries(paths.bases)).filter(isLeft);
}

function sealedData(directory: string, manifest: Manifest): SealedData {
  const { flavour, version, binariesDirectory } = manifest.engine;
  return {
    directory,
    flavour,
    version,
    database: manifest.database,
    ...(binariesDirectory !== undefined && { binariesDirectory }),
  };
}

function withPinLock<T>(host: Host, paths: ProjectPaths, action: () => Promise<T>): Promise<T> {
  const project = path.basename(path.dirname(paths.bases));
  return withLock(host, `base-pins-${project}`, { purpose: 'generation in use', wait: 10_000 }, action);
}

async function entries(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}
