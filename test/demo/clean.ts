import { rm } from 'node:fs/promises';
import path from 'node:path';
import { stopStore } from '../support/stopStore.ts';
import { stopServer } from './production.ts';

/** Removes everything that the demo made: environments with their mounts and servers, the keeper, production, files. */
export async function cleanDemo(root: string): Promise<void> {
  const store = path.join(root, 'store');
  await stopStore(store);
  await stopServer(path.join(root, 'db'));
  await rm(root, { recursive: true, force: true, maxRetries: 3 });
}
