import type { BaseContext } from '../base/context.ts';
import {
  listGenerations,
  newestGeneration,
  pinGeneration,
  readGenerationSchema,
  unpinGeneration,
} from '../base/generations.ts';
import type { Project } from '../config/project.ts';
import { createClone, destroyClone } from '../database/clone.ts';
import { scratchDirectory } from '../environments/collect.ts';
import type { BaseAccess, EnvironmentContext } from '../environments/context.ts';
import { openEnvironment } from '../environments/open.ts';
import type { EnvironmentRecord } from '../environments/record.ts';
import { environmentPaths, readRecord } from '../environments/records.ts';
import { openLedger } from '../evidence/ledger.ts';
import { GreenroomError } from '../platform/errors.ts';
import { pickPort } from '../platform/ports.ts';
import type { Operation } from '../platform/progress.ts';
import type { PromotionContext, ScratchClone } from '../promotion/context.ts';
import type { Backend } from './backend.ts';
import { hasUnpromoted } from './unpromoted.ts';

export function baseContext(project: Project): BaseContext {
  return {
    host: project.host,
    config: project.config,
    paths: project.paths,
    projectId: project.id,
    production: project.production.reader,
  };
}

function baseAccess({ host, paths }: Project): BaseAccess {
  return {
    newest: () => newestGeneration(host, paths),
    find: async number =>
      (await listGenerations(host, paths)).find(({ generation }) => generation === number),
    pin: (generation, user) => pinGeneration(host, paths, generation, user),
    unpin: (generation, user) => unpinGeneration(host, paths, generation, user),
  };
}

export function environmentContext(backend: Backend, project: Project): EnvironmentContext {
  const context: EnvironmentContext = {
    ...project,
    keeper: backend.keeper,
    base: baseAccess(project),
    hasUnpromoted: async (id, operation) => {
      const record = await readRecord(project.paths, id);
      if (!record) return false;
      return hasUnpromoted(project, await promotionContext(backend, project, record), operation);
    },
  };
  return context;
}

/** What planning and promoting need; with `record`, of that environment, mounted and awake. */
export async function promotionContext(
  backend: Backend,
  project: Project,
  record?: EnvironmentRecord,
): Promise<PromotionContext> {
  const { host, config, paths, production, repository } = project;
  const identity = await repository.identity();
  const context: PromotionContext = {
    host,
    config,
    paths,
    projectId: project.id,
    repositoryRoot: repository.root,
    identity,
    production,
    ledger: await openLedger(host, { repositoryRoot: repository.root, identity }),
    scratchClone: operation => scratchClone(project, record?.generation, operation),
  };
  if (record === undefined) return context;
  const environments = environmentContext(backend, project);
  const { overlay, clone } = await openEnvironment(environments, record, { wake: true });
  return {
    ...context,
    environment: {
      record,
      overlay,
      clone,
      baseSchema: async () => readGenerationSchema(await requireGeneration(project, record.generation)),
      choicesFile: environmentPaths(paths, record.id).choices,
    },
  };
}

async function requireGeneration({ host, paths, production }: Project, number: number | undefined) {
  const generations = await listGenerations(host, paths);
  const found =
    number === undefined ? generations.at(-1) : generations.find(({ generation }) => generation === number);
  if (!found) throw new GreenroomError('base-missing', { subject: production.reader.database ?? '' });
  return found;
}

/** A clone for one rehearsal. */
async function scratchClone(
  project: Project,
  generation: number | undefined,
  operation: Operation,
): Promise<ScratchClone> {
  const { host, paths } = project;
  const { sealed } = await requireGeneration(project, generation);
  const directory = await scratchDirectory(host, paths);
  const port = await pickPort(new Set());
  const request = {
    source: sealed,
    directory,
    port,
    database: sealed.database,
    purpose: 'rehearsal' as const,
  };
  const clone = await createClone(host, request, operation);
  return { address: clone.address, destroy: () => destroyClone(host, directory) };
}
