import { type CompletionItem, CompletionItemKind } from 'vscode-languageserver/node';
import type { Position, TextDocument } from 'vscode-languageserver-textdocument';
import { describeTransformer } from '../../scrub/describe.ts';
import type { TableFacts } from '../../scrub/plan.ts';
import { transformerNames } from '../../scrub/plan.ts';
import { presetNames } from '../../scrub/presets/presets.ts';
import { placeAt, tokenRange } from './place.ts';

/** Columns of production where a rule's name stands, transformers where its value stands, presets in their list. */
export function completions(
  document: TextDocument,
  position: Position,
  tables: readonly TableFacts[],
): CompletionItem[] {
  const place = placeAt(document, position);
  if (place.at === 'elsewhere') return [];
  const range = tokenRange(document, place.location) ?? { start: position, end: position };
  const item = (label: string, kind: CompletionItemKind, detail: string, after = ''): CompletionItem => ({
    label,
    kind,
    detail,
    filterText: `"${label}"`,
    textEdit: { range, newText: `${JSON.stringify(label)}${after}` },
  });
  if (place.at === 'preset') return presetNames.map(name => item(name, CompletionItemKind.Module, 'preset'));
  if (place.at === 'ruleValue')
    return transformerNames.map(name => {
      const { summary, example } = describeTransformer(name);
      return {
        ...item(name, CompletionItemKind.Function, summary),
        documentation: `${example.before} → ${example.after}`,
      };
    });
  // A name that is being typed has no value yet.
  const after = /^\s*:/.test(document.getText().slice(document.offsetAt(range.end))) ? '' : ': ""';
  return tables.flatMap(table => [
    item(`${table.name}.*`, CompletionItemKind.Struct, 'every column of the table', after),
    ...table.columns.map(column =>
      item(`${table.name}.${column.name}`, CompletionItemKind.Field, column.columnType, after),
    ),
  ]);
}
