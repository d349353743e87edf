import { modify } from 'jsonc-parser';
import { type CodeAction, CodeActionKind, type Diagnostic } from 'vscode-languageserver/node';
import type { Range, TextDocument } from 'vscode-languageserver-textdocument';
import type { TableFacts } from '../../scrub/plan.ts';
import { diagnostics } from './diagnostics.ts';

/** "Add the rule" for a column without one, and for all of them at once. */
export function codeActions(
  document: TextDocument,
  range: Range,
  tables: readonly TableFacts[],
): CodeAction[] {
  const fixable = diagnostics(document, tables).filter(
    ({ code, range: at }) => code === 'uncovered-column' && overlaps(at, range),
  );
  const actions = fixable.map(diagnostic =>
    addRules(document, `Add ${proposalOf(diagnostic)}`, [diagnostic]),
  );
  if (fixable.length > 1)
    actions.unshift(addRules(document, `Add the ${fixable.length} proposed rules`, fixable));
  return actions;
}

function addRules(document: TextDocument, title: string, fixed: Diagnostic[]): CodeAction {
  let text = document.getText();
  for (const diagnostic of fixed) {
    const [name, rule] =
      Object.entries(JSON.parse(`{${proposalOf(diagnostic)}}`) as Record<string, unknown>)[0] ?? [];
    if (name === undefined) continue;
    const edits = modify(text, ['scrub', 'rules', name], rule, {
      formattingOptions: { insertSpaces: true, tabSize: 2 },
    });
    for (const { offset, length, content } of edits.toSorted((a, b) => b.offset - a.offset))
      text = text.slice(0, offset) + content + text.slice(offset + length);
  }
  const whole = { start: { line: 0, character: 0 }, end: document.positionAt(document.getText().length) };
  return {
    title,
    kind: CodeActionKind.QuickFix,
    diagnostics: fixed,
    edit: { changes: { [document.uri]: [{ range: whole, newText: text }] } },
  };
}

function proposalOf({ data }: Diagnostic): string {
  return typeof data === 'object' && data !== null && 'proposal' in data ? String(data.proposal) : '';
}

function overlaps(a: Range, b: Range): boolean {
  return a.start.line <= b.end.line && b.start.line <= a.end.line;
}
