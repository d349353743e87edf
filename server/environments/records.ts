import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { readJson, writeJsonAtomic } from '../platform/atomicFile.ts';
import { errorCode, GreenroomError } from '../platform/errors.ts';
import type { Host } from '../platform/host.ts';
import { withLock } from '../platform/locks.ts';
import type { ProjectPaths } from '../platform/paths.ts';
import { type EnvironmentPaths, type EnvironmentRecord, environmentRecordSchema } from './record.ts';

export function environmentPaths(paths: ProjectPaths, id: string): EnvironmentPaths {
  const directory = path.join(paths.environments, id);
  return {
    directory,
    record: path.join(directory, 'environment.json'),
    clone: path.join(directory, 'clone'),
    overlay: path.join(directory, 'overlay'),
    inbox: path.join(directory, 'inbox'),
    choices: path.join(directory, 'choices.json'),
  };
}

/** Short, readable, and safe as a file name: the branch's letters and six random ones. */
export function newEnvironmentId(branch: string): string {
  const readable = branch
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 24);
  return `${readable || 'branch'}-${randomBytes(3).toString('hex')}`;
}

/**
 * Under this lock a directory comes to be together with the record (or the spare's) that says whose it is: one that has
 * neither, seen under it, is a dead process's.
 */
export function whileReserving<T>(
  context: { host: Host; id: string },
  purpose: string,
  action: () => Promise<T>,
): Promise<T> {
  return withLock(context.host, `spares:${context.id}`, { purpose, wait: 30_000 }, action);
}

export async function listRecords(paths: ProjectPaths): Promise<EnvironmentRecord[]> {
  const records: EnvironmentRecord[] = [];
  for (const id of await entryNames(paths.environments)) {
    const record = await readRecord(paths, id);
    if (record) records.push(record);
  }
  return records.sort((a, b) => a.createdAt.localeCompare(b.createdAt));
}

export function readRecord(paths: ProjectPaths, id: string): Promise<EnvironmentRecord | undefined> {
  return readJson(environmentPaths(paths, id).record, environmentRecordSchema);
}

export async function writeRecord(paths: ProjectPaths, record: EnvironmentRecord): Promise<void> {
  await writeJsonAtomic(environmentPaths(paths, record.id).record, record);
}

/** Reads, changes and writes one record; the caller holds the environment's lock. */
export async function updateRecord(
  paths: ProjectPaths,
  id: string,
  change: Partial<EnvironmentRecord>,
): Promise<EnvironmentRecord> {
  const record = await readRecord(paths, id);
  if (!record) throw new GreenroomError('environment-missing', { subject: id });
  const changed = { ...record, ...change };
  await writeRecord(paths, changed);
  return changed;
}

/** The engineer's environment of a branch, in whatever state. */
export async function findByBranch(
  paths: ProjectPaths,
  engineer: string,
  branch: string,
): Promise<EnvironmentRecord | undefined> {
  const own = (await listRecords(paths)).filter(
    record => record.branch === branch && record.engineer === engineer,
  );
  return own.find(record => record.life.state === 'ready') ?? own.at(-1);
}

/** Names in a directory that may not exist yet; spares and half-made environments included. */
export async function entryNames(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}
