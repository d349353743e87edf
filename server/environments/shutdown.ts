import path from 'node:path';
import { destroyClone, stopClone } from '../database/clone.ts';
import { openOverlay } from '../files/overlay.ts';
import type { Host } from '../platform/host.ts';
import { type ProjectPaths, projectPaths } from '../platform/paths.ts';
import { quitKeeper } from './keeperClient.ts';
import { entryNames, environmentPaths, readRecord } from './records.ts';

/**
 * Stops everything that runs or is mounted out of this store: the keeper, every clone's server, every site. Data stays.
 * For whoever wants to move or remove the store.
 */
export async function shutdownStore(host: Host): Promise<void> {
  await quitKeeper(host);
  for (const projectId of await entryNames(path.join(host.paths.volume, 'projects'))) {
    const paths = projectPaths(host.paths, projectId);
    for (const id of await entryNames(paths.environments)) await stopEnvironment(host, paths, id);
    for (const name of await entryNames(paths.scratch))
      await destroyClone(host, path.join(paths.scratch, name));
  }
}

async function stopEnvironment(host: Host, paths: ProjectPaths, id: string): Promise<void> {
  const { clone, overlay } = environmentPaths(paths, id);
  await stopClone(host, clone);
  const record = await readRecord(paths, id);
  if (record === undefined || record.overlay.driver === '') return;
  const site = openOverlay(host, { ...record.overlay, directory: overlay });
  if (await site.isMounted()) await site.unmount();
}
