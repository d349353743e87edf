import type { TableFacts } from '../plan.ts';
import type { NormalRule } from '../rules.ts';
import { django } from './django.ts';
import { drupal } from './drupal.ts';
import { laravel } from './laravel.ts';
import { magento } from './magento.ts';
import { mediawiki } from './mediawiki.ts';
import type { Preset, PresetKind } from './preset.ts';
import { woocommerce } from './woocommerce.ts';
import { wordpress } from './wordpress.ts';

const presets: readonly Preset[] = [django, drupal, laravel, magento, mediawiki, woocommerce, wordpress];

export const presetNames: readonly string[] = presets.map(({ name }) => name);

export interface PresetRules {
  /** By `table NUL column` in lower case. */
  rules: Map<string, NormalRule>;
  /** Presets that do not exist, and presets whose application is not in this database. */
  problems: string[];
  missing: string[];
}

/** The rules of the named presets for the tables that are there, whatever prefix the installation has. */
export function presetRules(names: readonly string[], tables: readonly TableFacts[]): PresetRules {
  const result: PresetRules = { rules: new Map(), problems: [], missing: [] };
  for (const name of names) {
    const preset = presets.find(candidate => candidate.name === name);
    if (preset === undefined) {
      result.problems.push(`there is no preset ${JSON.stringify(name)}; there are ${presetNames.join(', ')}`);
      continue;
    }
    const prefixes = prefixesOf(preset, tables);
    if (prefixes.length === 0) result.missing.push(name);
    for (const prefix of prefixes) addRules(preset, prefix, tables, result.rules);
  }
  return result;
}

/** Presets whose application's tables are in the database: for proposals. */
export function presetsThatFit(tables: readonly TableFacts[]): string[] {
  return presets.filter(preset => prefixesOf(preset, tables).length > 0).map(({ name }) => name);
}

function prefixesOf({ anchors }: Preset, tables: readonly TableFacts[]): string[] {
  const names = new Set(tables.map(({ name }) => name.toLowerCase()));
  const [first = ''] = anchors;
  return [...names]
    .filter(name => name.endsWith(first))
    .map(name => name.slice(0, name.length - first.length))
    .filter(prefix => anchors.every(anchor => names.has(prefix + anchor)));
}

function addRules(
  preset: Preset,
  prefix: string,
  tables: readonly TableFacts[],
  rules: Map<string, NormalRule>,
): void {
  for (const table of tables) {
    const name = table.name.toLowerCase();
    if (!name.startsWith(prefix)) continue;
    // Sites of a WordPress network have a number before the table's own name.
    const own = name.slice(prefix.length).replace(/^\d+_/, '');
    const kinds = preset.tables[own];
    if (kinds === undefined) continue;
    for (const [kind, columns] of Object.entries(kinds))
      for (const column of columns.split(' ').filter(text => text !== ''))
        rules.set(`${name}\0${column.toLowerCase()}`, ruleOf(kind as PresetKind, preset.name));
  }
}

function ruleOf(kind: PresetKind, preset: string): NormalRule {
  if (kind === 'meta') return { use: 'phpSerialized', options: { key: 'meta_key' } };
  if (kind === 'option') return { use: 'phpSerialized', options: { key: 'option_name' } };
  if (kind === 'constant') return { use: 'constant', options: { value: '' } };
  return { use: kind, options: kind === 'keep' ? { reason: `preset ${preset}: nothing personal` } : {} };
}
