import type { RuleOptions, ScrubRule, TransformerName } from './plan.ts';

export interface NormalRule {
  use: TransformerName;
  options: RuleOptions;
}

/** The three spellings of a rule as one shape. */
export function normalRule(rule: ScrubRule): NormalRule {
  if (typeof rule === 'string') return { use: rule, options: {} };
  if (isKeep(rule)) return { use: 'keep', options: { reason: rule.keep } };
  const { use, ...options } = rule;
  return { use, options };
}

function isKeep(rule: Exclude<ScrubRule, string>): rule is { keep: string } {
  return typeof rule['keep'] === 'string';
}

export interface RuleMatch extends NormalRule {
  pattern: string;
  /** No wildcard: names exactly one column. */
  exact: boolean;
}

/**
 * Finds the rule of a column. A pattern is `table.column`; `*` stands for any letters in either part. The pattern without
 * a wildcard wins, then the one with the most letters that are no wildcard, then the first in the file. Upper and lower
 * case do not matter.
 */
export class RuleSet {
  readonly #exact = new Map<string, RuleMatch>();
  readonly #wild: { match: RuleMatch; expression: RegExp; weight: number }[] = [];
  readonly #used = new Set<string>();

  constructor(rules: Readonly<Record<string, ScrubRule>>) {
    for (const [pattern, rule] of Object.entries(rules)) {
      const exact = !pattern.includes('*');
      const match = { ...normalRule(rule), pattern, exact };
      if (exact) this.#exact.set(pattern.toLowerCase(), match);
      else
        this.#wild.push({
          match,
          expression: toExpression(pattern),
          weight: pattern.replaceAll('*', '').length,
        });
    }
    this.#wild.sort((a, b) => b.weight - a.weight);
  }

  find(table: string, column: string): RuleMatch | undefined {
    const name = `${table}.${column}`.toLowerCase();
    const match = this.#exact.get(name) ?? this.#wild.find(({ expression }) => expression.test(name))?.match;
    if (match !== undefined) this.#used.add(match.pattern);
    return match;
  }

  get isEmpty(): boolean {
    return this.#exact.size === 0 && this.#wild.length === 0;
  }

  /** As {@link find}, for a path inside a document. */
  findPath(path: string): RuleMatch | undefined {
    const name = path.toLowerCase();
    return this.#exact.get(name) ?? this.#wild.find(({ expression }) => expression.test(name))?.match;
  }

  /** Patterns that no `find` has met: misspelt, or of a table that is gone. */
  unused(): string[] {
    return [...this.#exact.values(), ...this.#wild.map(({ match }) => match)]
      .map(({ pattern }) => pattern)
      .filter(pattern => !this.#used.has(pattern));
  }
}

function toExpression(pattern: string): RegExp {
  const escaped = pattern
    .toLowerCase()
    .replace(/[.*+?^${}()|[\]\\]/g, letter => (letter === '*' ? '.*' : `\\${letter}`));
  return new RegExp(`^${escaped}$`);
}
