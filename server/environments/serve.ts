import { GreenroomError } from '../platform/errors.ts';
import { catcherFiles } from '../reroute/inbox/catchers.ts';
import { isolatedCommand } from '../reroute/network.ts';
import type { EnvironmentContext } from './context.ts';
import { openEnvironment } from './open.ts';
import type { EnvironmentRecord } from './record.ts';
import { environmentPaths } from './records.ts';
import { environmentVariables } from './variables.ts';

export interface ReadyCommand {
  command: [string, ...string[]];
  directory: string;
  variables: Record<string, string>;
  /** Why the command is not cut off from the network, where that was asked for and is not possible. */
  warning?: string;
}

/**
 * A command as it is to be run in an environment: in its site, with its variables and, unless switched off, in a
 * network of its own from which only the clone, the inbox and the served port can be reached.
 */
export async function prepareCommand(
  context: EnvironmentContext,
  record: EnvironmentRecord,
  command: readonly string[],
  options: { isolated: boolean; servePort?: number },
): Promise<ReadyCommand> {
  const { overlay, clone } = await openEnvironment(context, record, { wake: true });
  await context.keeper.open(environmentPaths(context.paths, record.id).directory);
  const variables = environmentVariables(context, record, clone, overlay.site);
  const plain = { command: command as [string, ...string[]], directory: overlay.site, variables };
  if (!options.isolated) return plain;
  const isolation = await isolatedCommand(context.host, command, {
    sendmail: catcherFiles(environmentPaths(context.paths, record.id).inbox).sendmail,
    ports: [record.port, record.inbox.smtpPort, record.inbox.httpPort],
    ...(options.servePort !== undefined && { expose: [options.servePort] }),
  });
  return isolation.state === 'isolated'
    ? { ...plain, command: isolation.command as [string, ...string[]] }
    : { ...plain, warning: isolation.why };
}

/** The configured `serve` command, on the environment's own port. Throws `usage` where none is configured. */
export async function serveCommand(
  context: EnvironmentContext,
  record: EnvironmentRecord,
): Promise<ReadyCommand & { url: string }> {
  const { serve } = context.config;
  if (serve === undefined)
    throw new GreenroomError('usage', { subject: 'serve', detail: 'greenroom.jsonc has no "serve" command' });
  const isolated = context.config.reroute.network === 'isolated';
  const ready = await prepareCommand(context, record, ['sh', '-c', serve], {
    isolated,
    servePort: record.servePort,
  });
  return { ...ready, url: `http://127.0.0.1:${record.servePort}` };
}
