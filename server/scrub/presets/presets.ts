import type { TableFacts } from '../plan.ts';
import type { NormalRule } from '../rules.ts';

export function presetRules(
  _names: readonly string[],
  _tables: readonly TableFacts[],
): Map<string, NormalRule> {
  return new Map();
}
