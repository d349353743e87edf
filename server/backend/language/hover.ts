import type { Hover } from 'vscode-languageserver/node';
import type { Position, TextDocument } from 'vscode-languageserver-textdocument';
import { describeTransformer } from '../../scrub/describe.ts';
import type { TableFacts } from '../../scrub/plan.ts';
import { transformerNames } from '../../scrub/plan.ts';
import { RuleSet } from '../../scrub/rules.ts';
import { placeAt, splitColumn, tokenRange } from './place.ts';

/** A transformer with its example, or a column with its type. */
export function hover(
  document: TextDocument,
  position: Position,
  tables: readonly TableFacts[],
): Hover | null {
  const place = placeAt(document, position);
  if (place.at !== 'ruleName' && place.at !== 'ruleValue') return null;
  const token: unknown = place.location.previousNode?.value;
  const range = tokenRange(document, place.location);
  const show = (value: string): Hover => ({ contents: { kind: 'markdown', value }, ...(range && { range }) });
  if (place.at === 'ruleValue') {
    const name = transformerNames.find(known => known === token);
    if (name === undefined) return null;
    const { summary, example } = describeTransformer(name);
    return show(`**${name}**: ${summary}\n\n\`${example.before}\` → \`${example.after}\``);
  }
  const name = String(token);
  if (name.includes('*')) {
    const rules = new RuleSet({ [name]: 'keep' });
    const matched = tables.flatMap(one =>
      one.columns.filter(other => rules.find(one.name, other.name)).map(other => `${one.name}.${other.name}`),
    );
    const shown = matched.slice(0, 5).map(text => `\`${text}\``);
    return show(
      `${matched.length} columns${shown.length > 0 ? `: ${shown.join(', ')}` : ''}${matched.length > shown.length ? ', …' : ''}`,
    );
  }
  const { table, column } = splitColumn(name);
  const found = tables.find(one => isSame(one.name, table))?.columns.find(one => isSame(one.name, column));
  return found
    ? show(`\`${table}.${column}\` ${found.columnType}${found.nullable ? ', may be NULL' : ''}`)
    : null;
}

/** Rules find names whatever their case. */
const isSame = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
