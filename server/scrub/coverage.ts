import { needsDecision } from './columnType.ts';
import { compileScrub } from './compile.ts';
import { NameClassifier } from './detect/classify.ts';
import { proposeRule, ruleLine } from './detect/propose.ts';
import type { ScrubSettings } from './detect.ts';
import type { TableFacts } from './plan.ts';
import { describeRule } from './preview.ts';

export interface ColumnCoverage {
  table: string;
  column: string;
  /** What happens to the column; absent where nothing decides it and a build would stop. */
  rule?: string;
  /** The line that would decide it, ready to paste. */
  proposal: string;
}

/**
 * Every column that needs a decision or has a rule, with both: for completion, diagnostics of uncovered columns and the quick fix "add rule". No connection is
 * needed: the facts may be cached.
 *
 * @throws `configuration-invalid` as `compileScrub` does
 */
export function explainCoverage(tables: readonly TableFacts[], scrub: ScrubSettings): ColumnCoverage[] {
  const plan = compileScrub({ ...scrub, tables });
  const open = new Set(plan.unclassified.map(({ table, column }) => `${table}\0${column}`));
  const classifier = new NameClassifier();
  return tables.flatMap(table =>
    table.columns.flatMap((column): ColumnCoverage[] => {
      const planned = plan.tables[table.name]?.columns.find(({ name }) => name === column.name);
      if (planned === undefined || (!needsDecision(column) && planned.source === 'type')) return [];
      const proposal = ruleLine(table.name, column.name, proposeRule(classifier, table, column));
      const place = { table: table.name, column: column.name, proposal };
      return [open.has(`${table.name}\0${column.name}`) ? place : { ...place, rule: describeRule(planned) }];
    }),
  );
}

/** Patterns of `scrub.rules` that match no column: misspelt, or of a table that is gone. */
export function unknownRules(tables: readonly TableFacts[], scrub: ScrubSettings): string[] {
  const names = tables.flatMap(table =>
    table.columns.map(column => `${table.name}.${column.name}`.toLowerCase()),
  );
  return Object.keys(scrub.rules).filter(pattern => {
    const expression = new RegExp(
      `^${pattern
        .toLowerCase()
        .split('*')
        .map(part => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
        .join('.*')}$`,
    );
    return !names.some(name => expression.test(name));
  });
}
