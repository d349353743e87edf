import { rm } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { cloneState, createClone, destroyClone } from '../database/clone.ts';
import { readJson, writeJsonAtomic } from '../platform/atomicFile.ts';
import { timestamp } from '../platform/clock.ts';
import { hasReason } from '../platform/errors.ts';
import { acquireLock, withLock } from '../platform/locks.ts';
import type { Operation } from '../platform/progress.ts';
import type { EnvironmentContext } from './context.ts';
import { allocatePorts } from './ports.ts';
import { entryNames, environmentPaths, newEnvironmentId } from './records.ts';

/**
 * A warm spare is a started clone of the newest generation in the directory of an environment that has no branch yet:
 * handing it over means writing `environment.json` beside it. Nothing is moved, so its server keeps running.
 */
const spareSchema = z.object({
  generation: z.number(),
  port: z.number(),
  state: z.enum(['warming', 'warm', 'taken']),
  createdAt: z.string(),
});
type Spare = z.infer<typeof spareSchema> & { id: string };

const spareFile = (context: EnvironmentContext, id: string) =>
  path.join(environmentPaths(context.paths, id).directory, 'spare.json');

export async function listSpares(context: EnvironmentContext): Promise<Spare[]> {
  const spares: Spare[] = [];
  for (const id of await entryNames(context.paths.environments)) {
    const spare = await readJson(spareFile(context, id), spareSchema);
    if (spare) spares.push({ ...spare, id });
  }
  return spares;
}

/** Takes a warm spare of this generation, if there is one: its id is the new environment's. */
export async function takeSpare(
  context: EnvironmentContext,
  generation: number,
): Promise<{ id: string; port: number } | undefined> {
  return withLock(
    context.host,
    `spares:${context.id}`,
    { purpose: 'taking a spare', wait: 2_000 },
    async () => {
      for (const spare of await listSpares(context)) {
        if (spare.state !== 'warm' || spare.generation !== generation) continue;
        const { clone } = environmentPaths(context.paths, spare.id);
        if ((await cloneState(context.host, clone)) !== 'running') continue;
        await writeJsonAtomic(spareFile(context, spare.id), { ...withoutId(spare), state: 'taken' });
        return { id: spare.id, port: spare.port };
      }
      return undefined;
    },
  );
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
    release = await acquireLock(context.host, `warming:${context.id}`, { purpose: 'warming a spare' });
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
  const id = newEnvironmentId('env');
  const spare = {
    generation,
    port: (await allocatePorts(context.paths)).database,
    state: 'warming' as const,
    createdAt: timestamp(context.host.clock),
  };
  await writeJsonAtomic(spareFile(context, id), spare);
  await context.base.pin(generation, id);
  try {
    await createClone(
      context.host,
      {
        source: source.sealed,
        directory: environmentPaths(context.paths, id).clone,
        port: spare.port,
        database: source.sealed.database,
      },
      operation,
    );
    await writeJsonAtomic(spareFile(context, id), { ...spare, state: 'warm' });
  } catch (error) {
    await removeSpare(context, { ...spare, id });
    throw error;
  }
}

async function removeSpare(context: EnvironmentContext, spare: Spare): Promise<void> {
  const { directory, clone } = environmentPaths(context.paths, spare.id);
  await destroyClone(context.host, clone);
  await context.base.unpin(spare.generation, spare.id);
  await rm(directory, { recursive: true, force: true });
}

/** All spares go: before the store is cleaned, or when the configuration asks for none. */
export async function removeSpares(context: EnvironmentContext): Promise<void> {
  for (const spare of await listSpares(context))
    if (spare.state !== 'taken') await removeSpare(context, spare);
}

function withoutId({ id: _, ...spare }: Spare): z.infer<typeof spareSchema> {
  return spare;
}
