import { shutdownStore } from '../../server/environments/shutdown.ts';
import { storePaths } from '../../server/platform/paths.ts';
import { storeVolume } from '../../server/platform/storeVolume.ts';
import { testHost } from './temporary.ts';

/** Stops what runs out of a store of a test or of the demo: clean-up, also after a failure. */
export async function stopStore(root: string): Promise<void> {
  const host = testHost(root, { paths: storePaths(root, await storeVolume(root)) });
  await shutdownStore(host);
}
