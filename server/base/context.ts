import type { Config } from '../config/schema.ts';
import type { DatabaseAddress } from '../database/address.ts';
import type { Host } from '../platform/host.ts';
import type { ProjectPaths } from '../platform/paths.ts';

/** What a build or refresh needs to know. */
export interface BaseContext {
  host: Host;
  config: Config;
  paths: ProjectPaths;
  projectId: string;
  /** The reading account; `database` is set. */
  production: DatabaseAddress;
  /** SSH key that signs the proof; default: one made for it in the store. */
  signingKeyFile?: string;
}

export interface BaseResult {
  generation: number;
  rows: number;
  /** Bytes read from production. */
  bytes: number;
  seconds: number;
  tablesCopied: number;
  warnings: string[];
}
