import type { DatabaseAddress } from '../database/address.ts';
import { cloneAddress } from '../database/clone.ts';
import { socketPathFor } from '../database/serverFiles.ts';
import type { Host } from '../platform/host.ts';

/** How a clone is reached, awake or asleep, with its random password. Throws `environment-missing`. */
export async function addressOfClone(
  host: Host,
  directory: string,
): Promise<DatabaseAddress & { port: number; socketPath: string }> {
  const { port, user, password, database } = await cloneAddress(host, directory);
  host.redact.add(password);
  return {
    host: '127.0.0.1',
    port,
    socketPath: await socketPathFor(host, directory),
    user,
    password,
    database,
  };
}
