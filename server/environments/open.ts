import type { DatabaseAddress } from '../database/address.ts';
import { cloneState, startClone } from '../database/clone.ts';
import { type Overlay, openOverlay } from '../files/overlay.ts';
import { GreenroomError } from '../platform/errors.ts';
import type { EnvironmentFacts } from '../reroute/facts.ts';
import { addressOfClone } from './clonePlace.ts';
import type { EnvironmentContext } from './context.ts';
import type { EnvironmentRecord } from './record.ts';
import { environmentPaths } from './records.ts';

/** An environment ready to be used: mounted, its clone's address known. */
export interface OpenEnvironment {
  record: EnvironmentRecord;
  overlay: Overlay;
  /** With the clone's random password. */
  clone: DatabaseAddress;
}

/**
 * Makes sure that the site is mounted (it is not after a reboot) and, with `wake`, that the clone's server runs.
 * Throws `environment-missing` when the clone's data is gone.
 */
export async function openEnvironment(
  context: EnvironmentContext,
  record: EnvironmentRecord,
  options: { wake?: boolean } = {},
): Promise<OpenEnvironment> {
  const paths = environmentPaths(context.paths, record.id);
  const overlay = openOverlay(context.host, {
    driver: record.overlay.driver,
    productionRoot: record.overlay.productionRoot,
    directory: paths.overlay,
  });
  if (!(await overlay.isMounted())) await overlay.mount();
  const state = await cloneState(context.host, paths.clone);
  if (state === 'missing')
    throw new GreenroomError('environment-missing', {
      subject: record.branch,
      detail: 'its database is gone',
    });
  if (state === 'stopped' && options.wake) await startClone(context.host, paths.clone);
  return { record, overlay, clone: await addressOfClone(context.host, paths.clone) };
}

/** What the fork of the configuration and terminals are told. */
export function environmentFacts(
  context: EnvironmentContext,
  record: EnvironmentRecord,
  clone: DatabaseAddress,
): EnvironmentFacts {
  return {
    id: record.id,
    branch: record.branch,
    database: clone,
    productionDatabase: context.production.reader,
    smtp: { host: '127.0.0.1', port: record.inbox.smtpPort },
    http: { url: `http://127.0.0.1:${record.inbox.httpPort}` },
    siteUrl: `http://127.0.0.1:${record.servePort}`,
  };
}
