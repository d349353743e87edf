import { outsideLinks } from '../files/links.ts';
import { learnProduction } from '../files/sync.ts';
import { messageOf } from '../platform/errors.ts';
import type { Operation } from '../platform/progress.ts';
import type { EnvironmentContext } from './context.ts';

/**
 * Looks through production's files once, while a base is built: where its links lead, and what it has otherwise than the
 * repository. The first environment is then as quick as the next. Never fails: that environment would look itself.
 */
export async function learnFiles(context: EnvironmentContext, operation: Operation): Promise<void> {
  const { host, repository, production, config } = context;
  try {
    const links = await outsideLinks(host, production.root);
    if (links.length > 0) host.log.info('links lead out of production', { links });
    const name = await repository.defaultBranch();
    const base = await repository.resolve(name === undefined ? 'HEAD' : name);
    if (base === undefined) return;
    const options = { repository, productionRoot: production.root, base, rules: config.sync };
    await learnProduction(host, options, operation);
  } catch (error) {
    if (operation.signal.aborted) return;
    host.log.warn('production’s files could not be looked through', { problem: messageOf(error) });
  }
}
