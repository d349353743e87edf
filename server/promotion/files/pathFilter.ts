import picomatch from 'picomatch';

/** Which paths of a site a promotion may touch at all. */
export interface PathFilter {
  promotable(path: string): boolean;
}

/**
 * Left out always: Greenroom's own names, the environment's forked configuration, and what
 * `production.files.exclude` names (globs relative to the root; `dir/**` covers the directory's content).
 */
export function pathFilter(exclude: readonly string[], forked: readonly string[] = []): PathFilter {
  const matches = picomatch([...exclude], { dot: true });
  const own = new Set(forked);
  return {
    promotable: path =>
      !own.has(path) && !path.split('/').some(part => part.startsWith('.greenroom')) && !matches(path),
  };
}
