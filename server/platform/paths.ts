import { realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { errorCode, GreenroomError } from './errors.ts';

/**
 * Where one user's store keeps its parts. Everything below `root` belongs to Greenroom; the copy-on-write parts
 * (generations, clones, overlays) live below `volume`, which is `root` itself unless `greenroom store init` made
 * a volume with reflinks.
 */
export interface StorePaths {
  root: string;
  /** `store.json`: which volume is in use. */
  settings: string;
  volume: string;
  locks: string;
  logs: string;
  /** Scrub and signing keys, mode 0700. */
  keys: string;
  /** Sockets live here: short, because a socket's path may have 107 bytes at most. */
  run: string;
}

/** The store's root: `GREENROOM_HOME`, else the platform's data directory. */
export function storeRoot(
  environment: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
): string {
  const home = environment['GREENROOM_HOME'];
  if (home) return path.resolve(home);
  if (platform === 'darwin') return path.join(homedir(), 'Library', 'Application Support', 'greenroom');
  return path.join(environment['XDG_DATA_HOME'] ?? path.join(homedir(), '.local', 'share'), 'greenroom');
}

export function storePaths(root: string, volume: string = root): StorePaths {
  return {
    root,
    settings: path.join(root, 'store.json'),
    volume,
    locks: path.join(root, 'locks'),
    logs: path.join(root, 'logs'),
    keys: path.join(root, 'keys'),
    run: path.join(root, 'run'),
  };
}

/** One project's part of the store: a project is a repository with its `greenroom.jsonc`. */
export interface ProjectPaths {
  /** State files of this project: environments, promotions, journals. */
  state: string;
  /** `base/<generation>` lies here, on the volume. */
  bases: string;
  /** `env/<environment id>` lies here, on the volume: data directory, upper layer, work directory. */
  environments: string;
  /** Throw-away clones of rehearsals, on the volume. */
  scratch: string;
}

export function projectPaths(store: StorePaths, projectId: string): ProjectPaths {
  const onVolume = path.join(store.volume, 'projects', projectId);
  return {
    state: path.join(store.root, 'projects', projectId, 'state'),
    bases: path.join(onVolume, 'base'),
    environments: path.join(onVolume, 'env'),
    scratch: path.join(onVolume, 'scratch'),
  };
}

/** Joins a relative path below a root; a path that would leave the root by its text (`..`, absolute) is refused. */
export function joinInside(root: string, relative: string): string {
  const joined = path.resolve(root, relative);
  if (joined !== root && !joined.startsWith(root.endsWith(path.sep) ? root : root + path.sep))
    throw new GreenroomError('path-escape', { subject: relative });
  return joined;
}

/**
 * Like {@link joinInside}, and follows the symbolic links of every parent directory that exists: a parent that leads
 * out of the root is refused. The last component itself may be a link; it is not followed.
 *
 * @param also directories that a parent may lead to as well: an environment's views of what its site links to
 */
export async function resolveInside(
  root: string,
  relative: string,
  also: readonly string[] = [],
): Promise<string> {
  const joined = joinInside(root, relative);
  const roots = await Promise.all([root, ...also].map(one => realpath(one)));
  let parent = path.dirname(joined);
  while (parent !== root && parent.startsWith(root)) {
    try {
      const real = await realpath(parent);
      if (!roots.some(one => real === one || real.startsWith(one + path.sep)))
        throw new GreenroomError('path-escape', { subject: relative });
      break;
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error;
      parent = path.dirname(parent);
    }
  }
  return joined;
}
