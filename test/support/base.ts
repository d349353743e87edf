import path from 'node:path';
import type { BaseContext } from '../../server/base/context.ts';
import { newestGeneration } from '../../server/base/generations.ts';
import { type Config, configSchema } from '../../server/config/schema.ts';
import type { DatabaseAddress } from '../../server/database/address.ts';
import { createClone, destroyClone } from '../../server/database/clone.ts';
import { type Connection, connect } from '../../server/database/connection.ts';
import { projectPaths } from '../../server/platform/paths.ts';
import { unattended } from '../../server/platform/progress.ts';
import { testHost } from './temporary.ts';

export interface BaseTestOptions {
  rules?: Config['scrub']['rules'];
  maxReadRate?: string;
  binaries?: string;
  projectId?: string;
}

/** A build's context over a production server of the test's own, with a store below `root`. */
export function baseContext(
  root: string,
  production: DatabaseAddress,
  options: BaseTestOptions = {},
): BaseContext & { host: ReturnType<typeof testHost> } {
  const host = testHost(root);
  const projectId = options.projectId ?? 'project';
  const config = configSchema.parse({
    production: {
      files: { root },
      database: {
        url: 'mysql://reader@localhost/shop',
        ...(options.binaries !== undefined && { binaries: options.binaries }),
      },
    },
    scrub: { rules: options.rules ?? {} },
    ...(options.maxReadRate !== undefined && { base: { maxReadRate: options.maxReadRate } }),
  });
  return { host, config, paths: projectPaths(host.paths, projectId), projectId, production };
}

/** Makes a clone of the newest generation, runs `look` with a session in it, and removes it. */
export async function lookIntoBase<T>(
  context: BaseContext,
  look: (clone: Connection) => Promise<T>,
): Promise<T> {
  const { host, paths } = context;
  const generation = await newestGeneration(host, paths);
  if (generation === undefined) throw new Error('no generation');
  const directory = path.join(paths.scratch, 'look');
  const { database } = generation.sealed;
  const clone = await createClone(
    host,
    { source: generation.sealed, directory, port: 0, database },
    unattended,
  );
  try {
    const session = await connect(host, clone.address);
    try {
      return await look(session);
    } finally {
      session.destroy();
    }
  } finally {
    await destroyClone(host, directory);
  }
}
