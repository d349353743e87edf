import type { Config } from '../config/schema.ts';
import type { DatabaseAddress } from '../database/address.ts';
import type { Ledger } from '../evidence/ledger.ts';
import type { ChangedEntry } from '../files/overlay.ts';
import type { Host } from '../platform/host.ts';
import type { ProjectPaths } from '../platform/paths.ts';
import type { Operation } from '../platform/progress.ts';
import type { Schema } from '../schema/model.ts';

/** A throw-away database server: a copy-on-write copy of the environment's generation. */
export interface ScratchClone {
  address: DatabaseAddress;
  destroy(): Promise<void>;
}

/** The environment that a plan comes from. */
export interface PlanSource {
  /** The part of the environment's record that a plan needs. */
  record: {
    id: string;
    branch: string;
    /** Paths of the forked configuration: never part of a plan. */
    forkedFiles: string[];
  };
  /** Of the forked files, those that the branch has otherwise than production: told with the plan. */
  changedForks?: readonly string[];
  overlay: {
    /** The merged view: what the engineer tested. */
    site: string;
    changedEntries(): Promise<ChangedEntry[]>;
  };
  clone: DatabaseAddress;
  /** Schema of the sealed generation the environment was cut from: the common ancestor of the three-way comparison. */
  baseSchema(): Promise<Schema>;
  choicesFile: string;
}

/** Everything of one project that planning, promoting and undoing need. */
export interface PromotionContext {
  host: Host;
  config: Config;
  paths: ProjectPaths;
  projectId: string;
  repositoryRoot: string;
  identity: { name: string; email: string };
  production: {
    /** As configured: may be a symbolic link to a release directory. */
    root: string;
    reader: DatabaseAddress;
    promoter: DatabaseAddress;
  };
  ledger: Ledger;
  /** Absent for an undo or a recovery, which need no environment. */
  environment?: PlanSource;
  /** Makes the clone of a rehearsal; absent where no generation is left (an old undo is then not rehearsed, and says so). */
  scratchClone?: (op: Operation) => Promise<ScratchClone>;
}
