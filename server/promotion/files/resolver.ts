import path from 'node:path';
import { resolveInside } from '../../platform/paths.ts';

export type Resolve = (file: string) => Promise<string>;

/**
 * Like `resolveInside` for many paths of one root within a moment: whether a directory leads out of the root is asked once
 * for each directory.
 */
export function cachedResolver(root: string): Resolve {
  const parents = new Map<string, string>();
  return async file => {
    const parent = path.dirname(file);
    const known = parents.get(parent);
    const name = path.basename(file);
    if (known !== undefined && name !== '..') return path.join(known, name);
    const absolute = await resolveInside(root, file);
    parents.set(parent, path.dirname(absolute));
    return absolute;
  };
}
