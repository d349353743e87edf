import { rm } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { cloneState, createClone, destroyClone } from '../database/clone.ts';
import { readJson, writeJsonAtomic } from '../platform/atomicFile.ts';
import { timestamp } from '../platform/clock.ts';
import { hasReason } from '../platform/errors.ts';
import { acquireLock } from '../platform/locks.ts';
import type { Operation } from '../platform/progress.ts';
import { removeTree } from '../platform/removeTree.ts';
import type { EnvironmentContext } from './context.ts';
import { allocatePorts } from './ports.ts';
import { entryNames, environmentPaths, newEnvironmentId, whileReserving } from './records.ts';

/**
 * A warm spare is a started clone of the newest generation in the directory of an environment that has no branch yet:
 * handing it over means writing `environment.json` beside it. Nothing is moved, so its server keeps running.
 */
const spareSchema = z.object({
  generation: z.number(),
  port: z.number(),
  /** `leaving`: it is being removed, and nobody may take it any more. */
  state: z.enum(['warming', 'warm', 'taken', 'leaving']),
  createdAt: z.string(),
});
type Spare = z.infer<typeof spareSchema> & { id: string };

const spareFile = (context: EnvironmentContext, id: string) =>
  path.join(environmentPaths(context.paths, id).directory, 'spare.json');

export async function listSpares(context: EnvironmentContext): Promise<Spare[]> {
  const spares: Spare[] = [];
  for (const id of await entryNames(context.paths.environments)) {
    const spare = await readSpare(context, id);
    if (spare) spares.push(spare);
  }
  return spares;
}

/** Held by the one process that brings the spares of a project to their number. */
export function warmingLock(projectId: string): string {
  return `warming:${projectId}`;
}

/** Takes a warm spare of this generation, if there is one: its id is the new environment's. Called while reserving. */
export async function takeSpare(
  context: EnvironmentContext,
  generation: number,
): Promise<{ id: string; port: number } | undefined> {
  for (const spare of await listSpares(context)) {
    if (spare.state !== 'warm' || spare.generation !== generation) continue;
    const { clone } = environmentPaths(context.paths, spare.id);
    if ((await cloneState(context.host, clone)) !== 'running') continue;
    await writeSpare(context, { ...spare, state: 'taken' });
    return { id: spare.id, port: spare.port };
  }
  return undefined;
}

/** After the environment's record is written the directory is no spare any more. */
export async function forgetSpare(context: EnvironmentContext, id: string): Promise<void> {
  await rm(spareFile(context, id), { force: true });
}

/**
 * Brings the number of warm spares to what the configuration asks for, and removes those of older generations, stopped
 * ones and half-made ones. One backend at a time does it; another one's attempt is left to it.
 */
export async function keepSpares(context: EnvironmentContext, operation: Operation): Promise<void> {
  let release: () => Promise<void>;
  try {
    release = await acquireLock(context.host, warmingLock(context.id), { purpose: 'warming a spare' });
  } catch (error) {
    if (hasReason(error, 'locked')) return;
    throw error;
  }
  try {
    const newest = await context.base.newest();
    let warm = 0;
    for (const spare of await listSpares(context)) {
      if (spare.state === 'taken') continue;
      const { clone } = environmentPaths(context.paths, spare.id);
      const usable =
        spare.state === 'warm' &&
        spare.generation === newest?.generation &&
        warm < context.config.environment.spares &&
        (await cloneState(context.host, clone)) === 'running';
      if (usable) warm++;
      else await removeSpare(context, spare);
    }
    while (newest !== undefined && warm < context.config.environment.spares && !operation.signal.aborted) {
      await warmOne(context, newest.generation, operation);
      warm++;
    }
  } finally {
    await release();
  }
}

async function warmOne(context: EnvironmentContext, generation: number, operation: Operation): Promise<void> {
  const source = await context.base.find(generation);
  if (source === undefined) return;
  const spare = await whileReserving(context, 'warming a spare', async () => {
    const reserved: Spare = {
      id: newEnvironmentId('env'),
      generation,
      port: (await allocatePorts(context.paths)).database,
      state: 'warming',
      createdAt: timestamp(context.host.clock),
    };
    await writeSpare(context, reserved);
    return reserved;
  });
  try {
    await context.base.pin(generation, spare.id);
    await createClone(
      context.host,
      {
        source: source.sealed,
        directory: environmentPaths(context.paths, spare.id).clone,
        port: spare.port,
        database: source.sealed.database,
      },
      operation,
    );
    await writeSpare(context, { ...spare, state: 'warm' });
  } catch (error) {
    await removeSpare(context, spare);
    throw error;
  }
}

/** Removes a spare, unless somebody took it meanwhile. */
async function removeSpare(context: EnvironmentContext, { id }: Spare): Promise<void> {
  const spare = await whileReserving(context, 'removing a spare', async () => {
    const now = await readSpare(context, id);
    if (now === undefined || now.state === 'taken') return undefined;
    await writeSpare(context, { ...now, state: 'leaving' });
    return now;
  });
  if (spare === undefined) return;
  const { directory, clone } = environmentPaths(context.paths, id);
  await destroyClone(context.host, clone);
  await context.base.unpin(spare.generation, id);
  await removeTree(directory);
}

async function readSpare(context: EnvironmentContext, id: string): Promise<Spare | undefined> {
  const spare = await readJson(spareFile(context, id), spareSchema);
  return spare && { ...spare, id };
}

async function writeSpare(context: EnvironmentContext, { id, ...spare }: Spare): Promise<void> {
  await writeJsonAtomic(spareFile(context, id), spare);
}
