import type { Project } from '../config/project.ts';

import type { SealedData } from '../database/clone.ts';
import type { Operation } from '../platform/progress.ts';

/**
 * The store's long-lived helper process: it holds the inboxes' ports, wakes sleeping clones on their first
 * connection and puts idle ones to sleep. Directories are those of environments.
 */
export interface Keeper {
  /** Opens the environment's inbox; answers when its ports listen. */
  open(directory: string): Promise<void>;
  /** Closes the inbox and lets go of the clone's port. */
  close(directory: string): Promise<void>;
  /** Waits for a first connection to a stopped clone, and starts it then. */
  guard(directory: string): Promise<void>;
}

/** A sealed generation of the base, as far as environments care. */
export interface SealedGeneration {
  generation: number;
  sealed: SealedData;
}

/** What environments need of the base, which is another room: handed in by the backend. */
export interface BaseAccess {
  newest(): Promise<SealedGeneration | undefined>;
  find(generation: number): Promise<SealedGeneration | undefined>;
  pin(generation: number, user: string): Promise<void>;
  unpin(generation: number, user: string): Promise<void>;
}

export interface EnvironmentContext extends Project {
  keeper: Keeper;
  base: BaseAccess;
  /** True when the environment holds changes that are neither in production nor in git; answered by the plan. */
  hasUnpromoted(environment: string, operation: Operation): Promise<boolean>;
}
