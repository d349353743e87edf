import { listGenerations } from '../base/generations.ts';
import { readConfig } from '../config/load.ts';
import { listRecords } from '../environments/records.ts';
import { openRepository } from '../git/repository.ts';
import { GreenroomError, hasReason } from '../platform/errors.ts';
import type { Failure } from '../protocol/common.ts';
import type { HeadState, ProjectStatus } from '../protocol/project.ts';
import type { Backend } from './backend.ts';
import { promotionContext } from './contexts.ts';
import { isExcluded } from './excluded.ts';
import { explain } from './explain.ts';
import { environmentView, generationView } from './view.ts';

export interface StatusExtras {
  productionMoved: boolean;
  excludedBranches: readonly string[];
  problem: Failure | undefined;
}

/** All that views show of one folder. Opens the project once; a folder without one is an answer, not an error. */
export async function projectStatus(
  backend: Backend,
  folder: string,
  extras: StatusExtras,
): Promise<ProjectStatus> {
  let root: string;
  try {
    root = (await openRepository(backend.host, folder)).root;
  } catch (error) {
    if (hasReason(error, 'no-repository')) return { state: 'no-repository' };
    throw error;
  }
  const configuration = await readConfig(root);
  if (configuration.state === 'missing') return { state: 'unconfigured', root };
  if (configuration.state === 'invalid') return { state: 'invalid', root, problems: configuration.problems };
  let context: Awaited<ReturnType<Backend['environments']>>;
  try {
    context = await backend.environments(folder);
  } catch (error) {
    if (!(error instanceof GreenroomError)) throw error;
    return { state: 'blocked', root, failure: explain(error, backend.host.redact) };
  }
  const [head, records, generations, { email }] = await Promise.all([
    context.repository.head(),
    listRecords(context.paths),
    listGenerations(context.host, context.paths),
    context.repository.identity(),
  ]);
  const environments = await Promise.all(records.map(record => environmentView(context, record)));
  const { ledger } = await promotionContext(backend, context);
  const current =
    head.kind === 'branch'
      ? environments.find(
          ({ branch, engineer, state }) =>
            branch === head.name && engineer === email && state.state !== 'expired',
        )
      : undefined;
  return {
    state: 'ready',
    root,
    project: context.id,
    head,
    ...(current && { current }),
    environments,
    generations: generations.map(generation => generationView(records, generation)),
    promotions: (await ledger.entries()).slice(0, 100),
    jobs: backend.jobs.list(context.id),
    productionMoved: extras.productionMoved,
    excludedBranch: excluded(head, [...context.config.environment.exclude, ...extras.excludedBranches]),
    ...(extras.problem && { problem: extras.problem }),
  };
}

function excluded(head: HeadState, patterns: readonly string[]): boolean {
  return head.kind === 'branch' && (head.isDefault || isExcluded(head.name, patterns));
}
