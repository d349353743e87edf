import path from 'node:path';
import { destroyClone, stopClone } from '../database/clone.ts';
import { unmountBelow } from '../files/mounts.ts';
import type { Host } from '../platform/host.ts';
import { withLock } from '../platform/locks.ts';
import { projectPaths } from '../platform/paths.ts';
import { quitKeeper } from './keeperClient.ts';
import { entryNames, environmentPaths } from './records.ts';
import { warmingLock } from './spares.ts';

/**
 * Stops everything that runs or is mounted out of this store: the keeper, every clone's server, every site. Data stays.
 * For whoever wants to move or remove the store.
 */
export async function shutdownStore(host: Host): Promise<void> {
  await quitKeeper(host);
  for (const projectId of await entryNames(path.join(host.paths.volume, 'projects'))) {
    const paths = projectPaths(host.paths, projectId);
    // A spare that is being warmed behind the command that has ended is waited for.
    const lock = { purpose: 'shutting down the store', wait: 60_000 };
    await withLock(host, warmingLock(projectId), lock, async () => {
      for (const id of await entryNames(paths.environments))
        await stopClone(host, environmentPaths(paths, id).clone);
    });
    await unmountBelow(host, paths.environments);
    for (const name of await entryNames(paths.scratch))
      await destroyClone(host, path.join(paths.scratch, name));
    await unmountBelow(host, paths.scratch);
  }
}
