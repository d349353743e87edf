import path from 'node:path';
import { removeTree } from '../../server/platform/removeTree.ts';
import { stopStore } from '../support/stopStore.ts';
import { LastCommand } from './lastCommand.ts';
import { stopServer } from './production.ts';

/** Stops everything that runs or is mounted out of the demo; its data stays for the next time. */
export async function stopDemo(root: string): Promise<void> {
  await stopStore(path.join(root, 'store'));
  await stopServer(path.join(root, 'db'));
}

/** Removes everything that the demo made: environments with their mounts and servers, the keeper, production, files. */
export async function cleanDemo(root: string): Promise<void> {
  await new LastCommand(root).ended();
  await stopDemo(root);
  await removeTree(root);
}
