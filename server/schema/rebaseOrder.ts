/**
 * The order of columns after both sides' changes. `theirs` is the answer unless both sides moved columns differently; then
 * `conflict` is set, and `mine` is the other answer. Only names in `present` are listed.
 */
export function mergeOrder(
  base: readonly string[],
  mine: readonly string[],
  theirs: readonly string[],
  present: ReadonlySet<string>,
): { theirs: string[]; mine: string[]; conflict: boolean } {
  const common = base.filter(name => mine.includes(name) && theirs.includes(name));
  const inOrder = (list: readonly string[]) => list.filter(name => common.includes(name)).join('\0');
  const mineMoved = inOrder(mine) !== common.join('\0');
  const theirsMoved = inOrder(theirs) !== common.join('\0');
  const onTheirs = weave(theirs, mine, present);
  const onMine = weave(mine, theirs, present);
  if (mineMoved && !theirsMoved) return { theirs: onMine, mine: onMine, conflict: false };
  const conflict = mineMoved && theirsMoved && inOrder(mine) !== inOrder(theirs);
  return { theirs: onTheirs, mine: onMine, conflict };
}

/** The names of `main` in order, those only in `other` behind the one they follow there. */
function weave(main: readonly string[], other: readonly string[], present: ReadonlySet<string>): string[] {
  const result = main.filter(name => present.has(name));
  for (const [index, name] of other.entries()) {
    if (!present.has(name) || result.includes(name)) continue;
    const previous = other.slice(0, index).findLast(candidate => result.includes(candidate));
    result.splice(previous === undefined ? 0 : result.indexOf(previous) + 1, 0, name);
  }
  return result;
}
