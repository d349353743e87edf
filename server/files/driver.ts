import type { Host } from '../platform/host.ts';
import type { Operation } from '../platform/progress.ts';

/** Where an overlay lives: everything but production's root lies below `directory`. */
export interface OverlayPlace {
  productionRoot: string;
  directory: string;
  /** The merged view that the application uses. */
  site: string;
}

export function overlayPlace(productionRoot: string, directory: string): OverlayPlace {
  return { productionRoot, directory, site: `${directory}/site` };
}

export type Probe = { ok: true } | { ok: false; why: string; advice?: string };

/** One thing that the environment's site has otherwise than production. */
export interface ChangedEntry {
  /** Relative to the site, with `/`. */
  path: string;
  /** What it is in the environment; for a deletion, what it is in production. `other`: FIFO, socket, device. */
  type: 'file' | 'symlink' | 'directory' | 'other';
  /** `modified` also when the type differs: production then has something else by that name. */
  change: 'added' | 'modified' | 'deleted';
  /** Size of the new content; of the old for a deletion. */
  bytes: number;
  /** Permission bits. */
  mode: number;
  /** Milliseconds since 1970 when the environment first wrote it: production's later changes are conflicts. */
  bornAt: number;
}

export interface Changes {
  entries: ChangedEntry[];
  /** What could not be compared, and why: one sentence each. */
  warnings: string[];
}

/** One way to make a site that reads production and keeps its writes to itself. */
export interface OverlayDriver {
  name: string;
  /** Whether reads fall through to production; otherwise the site is a copy, made at creation. */
  fallsThrough: boolean;
  /** Whether this machine and user can do it, for this production and this place. Leaves nothing behind. */
  probe(host: Host, place: OverlayPlace): Promise<Probe>;
  /** Makes the site; returns warnings, one sentence each. */
  create(host: Host, place: OverlayPlace, op: Operation): Promise<string[]>;
  isMounted(host: Host, place: OverlayPlace): Promise<boolean>;
  /** Does nothing when it is mounted and alive; mounts anew what died with its process or a reboot. */
  mount(host: Host, place: OverlayPlace): Promise<void>;
  /** Returns warnings: what kept it busy, when it had to be detached lazily. */
  unmount(host: Host, place: OverlayPlace): Promise<string[]>;
  changes(host: Host, place: OverlayPlace): Promise<Changes>;
  /** Bytes on disk that the environment's files take. */
  usage(host: Host, place: OverlayPlace): Promise<number>;
  /** Makes production's present state show through. Returns warnings. */
  refresh(host: Host, place: OverlayPlace): Promise<string[]>;
}
