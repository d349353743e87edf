import type { Generation } from '../base/generations.ts';
import { cloneState } from '../database/clone.ts';
import { addressOfClone } from '../environments/clonePlace.ts';
import type { EnvironmentContext } from '../environments/context.ts';
import { expiresAt } from '../environments/expiry.ts';
import type { EnvironmentRecord } from '../environments/record.ts';
import { environmentPaths } from '../environments/records.ts';
import { openOverlay } from '../files/overlay.ts';
import { diskUsage } from '../files/usage.ts';
import { messageOf } from '../platform/errors.ts';
import type { GenerationView } from '../protocol/base.ts';
import type { EnvironmentState, EnvironmentView } from '../protocol/environment.ts';
import { unreadCount } from '../reroute/inbox/store.ts';

export interface ViewOptions {
  /** Walks the environment's directory; left out where a list must be quick. */
  size?: boolean;
}

/** An environment as views show it. A part that cannot be read makes its state `broken`, never the whole list fail. */
export async function environmentView(
  context: EnvironmentContext,
  record: EnvironmentRecord,
  options: ViewOptions = {},
): Promise<EnvironmentView> {
  const paths = environmentPaths(context.paths, record.id);
  const { driver, productionRoot } = record.overlay;
  const site =
    driver === '' ? '' : openOverlay(context.host, { driver, productionRoot, directory: paths.overlay }).site;
  let state: EnvironmentState;
  let database = { host: '127.0.0.1', port: record.port, socket: '', user: '', name: record.database };
  try {
    state = await lifeState(context, record);
    if (state.state === 'ready' || state.state === 'asleep') {
      const { socketPath, user } = await addressOfClone(context.host, paths.clone);
      database = { ...database, socket: socketPath, user };
    }
  } catch (error) {
    state = { state: 'broken', problem: messageOf(error) };
  }
  return {
    id: record.id,
    branch: record.branch,
    engineer: record.engineer,
    worktree: record.worktree,
    state,
    site,
    database,
    generation: record.generation,
    createdAt: record.createdAt,
    expiresAt: new Date(expiresAt(record, context.config)).toISOString(),
    ...(record.lastPush !== undefined && { lastPush: record.lastPush }),
    ...(options.size && { bytes: await diskUsage(paths.directory) }),
    overlay: driver,
    inbox: { ...record.inbox, unread: await unreadCount(paths.inbox) },
    configuration: record.configuration,
    warnings: record.warnings,
  };
}

async function lifeState(
  context: EnvironmentContext,
  { id, life, lastActivity }: EnvironmentRecord,
): Promise<EnvironmentState> {
  if (life.state === 'creating') return { state: 'creating', step: '' };
  if (life.state === 'expired' || life.state === 'destroying') return life;
  const clone = await cloneState(context.host, environmentPaths(context.paths, id).clone);
  if (clone === 'missing') return { state: 'broken', problem: 'its database is gone' };
  return clone === 'running' ? { state: 'ready' } : { state: 'asleep', since: lastActivity };
}

/** @param records of the project's environments: which of them use the generation */
export function generationView(
  records: readonly EnvironmentRecord[],
  generation: Generation,
): GenerationView {
  const { manifest } = generation;
  const users = records.filter(record => record.generation === generation.generation);
  return {
    generation: generation.generation,
    createdAt: manifest.createdAt,
    engine: `${manifest.engine.flavour} ${manifest.engine.versionText}`,
    tables: Object.keys(manifest.tables).length,
    rows: manifest.rows,
    bytes: manifest.bytes,
    seconds: manifest.seconds,
    origin: manifest.origin,
    usedBy: users.length,
    proven: manifest.proven,
  };
}
