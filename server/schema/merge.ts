import type { Conflict } from '../protocol/plan.ts';

export type Resolutions = Readonly<Record<string, 'mine' | 'theirs'>>;

export interface Comparer<T> {
  same(a: T, b: T): boolean;
  /** Shown as the conflict's sides. */
  text(value: T): string;
}

/** Three-way choices with the conflicts that they meet. */
export class Merge {
  readonly conflicts: Conflict[] = [];
  readonly #resolve: Resolutions;

  constructor(resolve: Resolutions) {
    this.#resolve = resolve;
  }

  /** The value that stands after both sides' changes; undefined where it is gone. An open conflict keeps `theirs`. */
  choose<T>(
    id: string,
    subject: string,
    base: T | undefined,
    mine: T | undefined,
    theirs: T | undefined,
    comparer: Comparer<T>,
  ): T | undefined {
    const same = (a: T | undefined, b: T | undefined) =>
      a === undefined || b === undefined ? a === b : comparer.same(a, b);
    if (same(mine, base) || same(mine, theirs)) return theirs;
    if (same(theirs, base)) return mine;
    const resolution = this.#resolve[id];
    this.conflicts.push({
      id,
      kind: 'schema',
      subject,
      message: messageOf(base, mine, theirs),
      ...(mine !== undefined && { mine: comparer.text(mine) }),
      ...(theirs !== undefined && { theirs: comparer.text(theirs) }),
      ...(resolution !== undefined && { resolution }),
    });
    return resolution === 'mine' ? mine : theirs;
  }

  /** {@link choose} for every name in any of three lists of objects. */
  objects<T>(
    kind: string,
    base: Record<string, T>,
    mine: Record<string, T>,
    theirs: Record<string, T>,
    comparer: Comparer<T>,
  ): Record<string, T> {
    const result: Record<string, T> = {};
    const names = new Set([...Object.keys(base), ...Object.keys(mine), ...Object.keys(theirs)]);
    for (const name of [...names].sort()) {
      const value = this.choose(`${kind}:${name}`, name, base[name], mine[name], theirs[name], comparer);
      if (value !== undefined) result[name] = value;
    }
    return result;
  }

  /** A change of one side that cannot stand beside the other's. Answering either way accepts that it is left out. */
  impossible(id: string, subject: string, message: string, mine: string): void {
    const resolution = this.#resolve[id];
    this.conflicts.push({
      id,
      kind: 'schema',
      subject,
      message,
      mine,
      ...(resolution !== undefined && { resolution }),
    });
  }
}

function messageOf(base: unknown, mine: unknown, theirs: unknown): string {
  if (base === undefined) return 'added here and in production, differently';
  if (mine === undefined) return 'dropped here, changed in production';
  if (theirs === undefined) return 'changed here, dropped in production';
  return 'changed here and in production, differently';
}
