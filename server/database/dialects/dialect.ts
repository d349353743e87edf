import type { Host } from '../../platform/host.ts';
import type { EngineBinaries } from '../binaries.ts';
import type { Flavour, ServerSettings, Version } from '../serverInfo.ts';

/** `clone`: an environment's server, shut off from the world. `load`: fills a base; not durable until it is stopped. */
export type ServerMode = 'clone' | 'load';

/** Where one private server keeps its parts. */
export interface ServerPlaces {
  data: string;
  temporary: string;
  /** An empty directory: all that file functions of SQL may see. */
  noFiles: string;
  pidFile: string;
  socketPath: string;
}

export interface StartOptions {
  mode: ServerMode;
  /** Loopback port; 0: no TCP at all. */
  port: number;
  settings: ServerSettings | undefined;
  /** SQL that runs before the first connection; removed when the server is up. */
  initFile: string | undefined;
}

/** What differs between the two families when a private server is made and run. */
export interface Dialect {
  flavour: Flavour;
  /** Makes the system tables of an empty server. Throws `process-failed`. */
  initialise(
    host: Host,
    binaries: EngineBinaries,
    places: ServerPlaces,
    settings: ServerSettings | undefined,
    signal: AbortSignal | undefined,
  ): Promise<void>;
  startArguments(binaries: EngineBinaries, places: ServerPlaces, options: StartOptions): string[];
  /** The privileges that let an account name somebody else as the definer of a view or routine. */
  definerPrivileges(version: Version): string;
  /** Paths in the data directory that a copy of sealed data does without: the server makes them anew. */
  isRemade(name: string): boolean;
  /**
   * Removes from the data directory of a server that completed its shutdown what its next start would read, sync and throw
   * away: all pages are written by then, so that nothing is left to repair with it. Never after a kill.
   */
  tidy(data: string): Promise<void>;
}
