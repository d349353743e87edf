import picomatch from 'picomatch';

/** True if a branch matches one of the patterns (`release/**`, `dependabot/*`). The default branch is the caller's to exclude. */
export function isExcluded(branch: string, patterns: readonly string[]): boolean {
  return patterns.length > 0 && picomatch.isMatch(branch, [...patterns], { dot: true });
}
