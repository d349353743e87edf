import type { DatabaseAddress } from '../database/address.ts';

/** What a fork of the configuration points at. */
export interface EnvironmentFacts {
  id: string;
  branch: string;
  /** The clone, with its password. */
  database: DatabaseAddress;
  /** Production as Greenroom reaches it: by its host, user and database name production's own settings are recognised. */
  productionDatabase: DatabaseAddress;
  smtp: { host: string; port: number };
  /** The HTTP catcher, without a slash at the end. */
  http: { url: string };
  /** Where `serve` answers. */
  siteUrl?: string;
}
