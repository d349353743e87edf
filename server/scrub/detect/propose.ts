import type { ColumnFacts, RuleOptions, TableFacts, TransformerName } from '../plan.ts';
import type { NameClassifier } from './classify.ts';

export interface Proposed {
  use: TransformerName;
  reason: string;
  /** 0 to 1. */
  confidence: number;
  options: RuleOptions;
}

/** What names and types say about a column; a `keep` is a proposal like any other, for a person to confirm. */
export function proposeRule(classifier: NameClassifier, table: TableFacts, column: ColumnFacts): Proposed {
  const found = classifier.classify(table.name, column, classifier.about(table.name, table.columns));
  if (found !== undefined) return { ...found, options: {} };
  return { use: 'keep', reason: 'nothing personal in its name or type', confidence: 0.6, options: {} };
}

/** The line to paste into `scrub.rules`: `"users.email": "email"`. */
export function ruleLine(
  table: string,
  column: string,
  proposed: Pick<Proposed, 'use' | 'reason' | 'options'>,
): string {
  const name = JSON.stringify(`${table}.${column}`);
  if (proposed.use === 'keep') return `${name}: ${JSON.stringify({ keep: proposed.reason })}`;
  const rule =
    Object.keys(proposed.options).length === 0 ? proposed.use : { use: proposed.use, ...proposed.options };
  return `${name}: ${JSON.stringify(rule)}`;
}
