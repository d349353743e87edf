import { access, constants, mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { errorCode, fromFileSystem, GreenroomError } from '../platform/errors.ts';
import { shareState } from './sharing.ts';

/**
 * What Greenroom keeps beside production's root: `.greenroom/<name of the root>/`. It lies on the same file system
 * as the root (where the root is no mount point of its own), so that old versions can be hard links; outside the
 * root, so that no web server serves it.
 */
export interface StateDirectory {
  directory: string;
  locks: string;
  promotions: string;
}

/** One promotion's directory: `promotions/<sequence>-<id>/`. The sequence orders promotions even where the clock jumps. */
export interface PromotionDirectory {
  id: string;
  sequence: number;
  directory: string;
  journal: string;
  record: string;
  settled: string;
  observed: string;
  /** Old versions, one file a path, named by its index in the record. */
  snapshot: string;
  staged: string;
  /** What neither the promotion nor its snapshot knew, saved before it was replaced. */
  found: string;
}

export function stateDirectory(productionRoot: string): StateDirectory {
  const root = path.resolve(productionRoot);
  const directory = path.join(path.dirname(root), '.greenroom', path.basename(root));
  return {
    directory,
    locks: path.join(directory, 'locks'),
    promotions: path.join(directory, 'promotions'),
  };
}

/** Makes the directory before the first promotion. Throws `permission` with what to do about it. */
export async function makeStateDirectory(productionRoot: string): Promise<StateDirectory> {
  const state = stateDirectory(productionRoot);
  try {
    await mkdir(state.promotions, { recursive: true, mode: 0o700 });
    await mkdir(state.locks, { recursive: true, mode: 0o700 });
    await shareState(productionRoot, state);
    await access(state.promotions, constants.W_OK);
    return state;
  } catch (error) {
    const known = fromFileSystem(error, state.directory);
    if (!(known instanceof GreenroomError) || known.reason !== 'permission') throw known;
    throw new GreenroomError('permission', {
      subject: state.directory,
      detail: 'Greenroom keeps its snapshots beside production’s root',
      next: `Make the directory “${state.directory}” and give it to the user that promotes. Where several promote, let production’s root be their group’s to write.`,
      cause: error,
    });
  }
}

export function promotionDirectory(state: StateDirectory, sequence: number, id: string): PromotionDirectory {
  const directory = path.join(state.promotions, `${String(sequence).padStart(6, '0')}-${id}`);
  return {
    id,
    sequence,
    directory,
    journal: path.join(directory, 'journal'),
    record: path.join(directory, 'record.json'),
    settled: path.join(directory, 'settled.json'),
    observed: path.join(directory, 'observed.json'),
    snapshot: path.join(directory, 'snapshot'),
    staged: path.join(directory, 'staged'),
    found: path.join(directory, 'found'),
  };
}

/** All promotions that left a directory, oldest first. Never written to: also a reader of production may list them. */
export async function listPromotionDirectories(state: StateDirectory): Promise<PromotionDirectory[]> {
  let names: string[];
  try {
    names = await readdir(state.promotions);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw fromFileSystem(error, state.promotions);
  }
  return names
    .flatMap(name => {
      const match = /^(\d{6,})-(.+)$/.exec(name);
      return match?.[2] === undefined ? [] : [promotionDirectory(state, Number(match[1]), match[2])];
    })
    .sort((a, b) => a.sequence - b.sequence);
}
