import path from 'node:path';
import picomatch from 'picomatch';

/** `sync` of the configuration: which part of the repository is which part of the site. */
export interface SyncRule {
  from: string;
  to: string;
  exclude: readonly string[];
}

/** What of a repository is never part of a site, at any depth. */
const neverSynced = new Set(['.git', '.gitignore', '.greenroom']);

/** One rule, ready to be asked: paths relative, with `/`, `''` for the top. */
export interface Mapping {
  from: string;
  to: string;
  isExcluded(below: string): boolean;
}

/** Rules by how specific their `from` is: for a path that two rules cover, the more specific one counts. */
export function mappings(rules: readonly SyncRule[]): Mapping[] {
  return rules
    .map(rule => ({
      from: normalize(rule.from),
      to: normalize(rule.to),
      isExcluded: matcher(rule.exclude),
    }))
    .sort((a, b) => b.from.length - a.from.length);
}

function normalize(relative: string): string {
  const normal = path.posix.normalize(relative.replaceAll('\\', '/')).replace(/\/$/, '');
  return normal === '.' ? '' : normal.replace(/^\.\//, '');
}

/** Whether one of the patterns is the path or one of its parents, or matches it as a glob. */
export function matcher(patterns: readonly string[]): (relative: string) => boolean {
  const plain = new Set(patterns.map(normalize));
  const globs = patterns
    .filter(pattern => /[*?[{!(]/.test(pattern))
    .map(glob => picomatch(glob, { dot: true }));
  return relative => {
    for (let part = relative; part !== '.' && part !== ''; part = path.posix.dirname(part))
      if (plain.has(part) || globs.some(matches => matches(part))) return true;
    return false;
  };
}

const below = (relative: string, top: string): string | undefined =>
  top === ''
    ? relative
    : relative === top
      ? ''
      : relative.startsWith(`${top}/`)
        ? relative.slice(top.length + 1)
        : undefined;

const join = (top: string, relative: string): string =>
  top === '' ? relative : relative === '' ? top : `${top}/${relative}`;

/** The rule that a file of the repository falls under, and its path in the site; `undefined` when it is not synced. */
export function mapToSite(
  all: readonly Mapping[],
  repositoryPath: string,
): { mapping: Mapping; site: string } | undefined {
  const parts = repositoryPath.split('/');
  if (parts.some(part => neverSynced.has(part)) || repositoryPath === 'greenroom.jsonc') return undefined;
  for (const mapping of all) {
    const rest = below(repositoryPath, mapping.from);
    if (rest === undefined) continue;
    if (mapping.isExcluded(rest === '' ? path.posix.basename(repositoryPath) : rest)) return undefined;
    const site = join(mapping.to, rest);
    return site === '' || site.startsWith('../') || site === '..' || path.isAbsolute(site)
      ? undefined
      : { mapping, site };
  }
  return undefined;
}

/** Path in the site of a file of the repository; `undefined` when it is not synced. Both relative, with `/`. */
export function repositoryToSite(rules: readonly SyncRule[], repositoryPath: string): string | undefined {
  return mapToSite(mappings(rules), repositoryPath)?.site;
}

/** Path in the repository of a file of the site; `undefined` when no rule ties it to the repository. */
export function siteToRepository(rules: readonly SyncRule[], sitePath: string): string | undefined {
  const all = mappings(rules);
  for (const mapping of [...all].sort((a, b) => b.to.length - a.to.length)) {
    const rest = below(sitePath, mapping.to);
    if (rest === undefined) continue;
    const repositoryPath = join(mapping.from, rest);
    if (repositoryPath !== '' && mapToSite(all, repositoryPath)?.site === sitePath) return repositoryPath;
  }
  return undefined;
}
