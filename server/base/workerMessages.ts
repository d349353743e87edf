import type { DatabaseAddress } from '../database/address.ts';
import type { Flavour, Version } from '../database/serverInfo.ts';
import type { Reason } from '../platform/errors.ts';
import type { LogLevel } from '../platform/log.ts';
import type { StorePaths } from '../platform/paths.ts';
import type { Leak } from '../scrub/leaks.ts';
import type { CollectedOriginals } from '../scrub/originals.ts';
import type { ScrubKey } from '../scrub/plan.ts';
import type { ScrubProblem } from '../scrub/scrubber.ts';
import type { CopyJob } from './copyJob.ts';
import type { SearchJob } from './searchJob.ts';

/** Between the build and its worker threads. Rows never pass here: a worker has both connections of its own. */

export interface WorkerStart {
  paths: StorePaths;
  production: DatabaseAddress;
  /** The private server's. */
  engine: { flavour: Flavour; version: Version };
  key: ScrubKey;
  /** Values per column that the proof remembers. */
  proofSample: number;
  /** Bytes a second that this worker may read; absent: no limit. */
  maxReadRate?: number;
}

export type WorkerRequest =
  /** Connects to production and to the private server. */
  | { do: 'open'; loader: DatabaseAddress }
  /** Opens the transaction whose snapshot all later reads see. */
  | { do: 'snapshot' }
  | { do: 'copy'; job: CopyJob }
  /** `CHECKSUM TABLE` under the snapshot. */
  | { do: 'checksum'; table: string }
  /** Ends the session in production: all has been read. */
  | { do: 'release' }
  /** The fingerprints of the originals that this worker has read; it forgets them. */
  | { do: 'originals' }
  /** What later searches look for. */
  | { do: 'index'; originals: CollectedOriginals }
  | { do: 'search'; job: SearchJob }
  | { do: 'close' };

/** Where a snapshot stands in the binary log, as MariaDB tells it of the session's own transaction. */
export interface SnapshotPosition {
  file: string;
  position: string;
}

export interface WorkerAnswers {
  open: undefined;
  snapshot: SnapshotPosition | undefined;
  copy: CopiedPart;
  checksum: string;
  release: undefined;
  originals: CollectedOriginals;
  index: undefined;
  search: { leaks: Leak[]; rows: number; bytes: number };
  close: undefined;
}

export interface CopiedPart {
  rows: number;
  bytes: number;
  /** Columns with values that were stored differently than they came. */
  altered: string[];
  /** Values that could not be scrubbed as their rule says: damaged JSON and the like. */
  problems: ScrubProblem[];
}

/** An error as it crosses the thread's border; the class does not survive it. */
export interface PortableError {
  reason: Reason;
  subject?: string;
  detail?: string;
  next?: string;
  items: readonly string[];
  errno?: number;
}

export type ToWorker = { id: number; request: WorkerRequest };
export type FromWorker =
  | { kind: 'answer'; id: number; value: unknown }
  | { kind: 'error'; id: number; error: PortableError }
  | { kind: 'read'; table: string; bytes: number; rows: number }
  | { kind: 'log'; level: LogLevel; line: string };
