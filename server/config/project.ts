import { openRepository, type Repository } from '../git/repository.ts';
import type { Host } from '../platform/host.ts';
import { type ProjectPaths, projectPaths } from '../platform/paths.ts';
import { type Production, readConfig, requireValid, resolveProduction } from './load.ts';
import type { SecretSource } from './references.ts';
import type { Config } from './schema.ts';

/** One repository with its configuration, as the use cases take it. Opened per request: the file may have changed. */
export interface Project {
  host: Host;
  /** Stable per repository; its worktrees share it. */
  id: string;
  repository: Repository;
  /** The worktree's top directory; relative paths of the configuration start here. */
  directory: string;
  config: Config;
  production: Production;
  paths: ProjectPaths;
  secrets: SecretSource;
}

/** Opens the project that holds `folder`. Throws `no-repository`, `configuration-missing`, `configuration-invalid`, `secret-missing`. */
export async function openProject(
  host: Host,
  folder: string,
  secrets: Readonly<Record<string, string>> = {},
): Promise<Project> {
  const repository = await openRepository(host, folder);
  const config = requireValid(await readConfig(repository.root));
  const source = { environment: host.environment, secrets, redact: host.redact };
  return {
    host,
    id: repository.projectId,
    repository,
    directory: repository.root,
    config,
    production: resolveProduction(config, repository.root, source),
    paths: projectPaths(host.paths, repository.projectId),
    secrets: source,
  };
}
