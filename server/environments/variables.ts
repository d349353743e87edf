import type { DatabaseAddress } from '../database/address.ts';
import { environmentVariables as reroutedVariables } from '../reroute/variables.ts';
import type { EnvironmentContext } from './context.ts';
import { environmentFacts } from './open.ts';
import type { EnvironmentRecord } from './record.ts';
import { environmentPaths } from './records.ts';

/** What terminals, tasks and `env exec` carry: the clone's address, the sinks for mail and requests, the site's path. */
export function environmentVariables(
  context: EnvironmentContext,
  record: EnvironmentRecord,
  clone: DatabaseAddress,
  site: string,
): Record<string, string> {
  return {
    ...reroutedVariables(
      environmentFacts(context, record, clone),
      environmentPaths(context.paths, record.id).inbox,
      context.host.environment,
    ),
    GREENROOM_SITE: site,
    PORT: String(record.servePort),
  };
}
