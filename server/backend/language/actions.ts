import { type CodeAction, CodeActionKind, type Diagnostic } from 'vscode-languageserver/node';
import type { Range, TextDocument } from 'vscode-languageserver-textdocument';
import { addRules } from '../../config/addRules.ts';
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
    withRules(document, `Add ${proposalOf(diagnostic)}`, [diagnostic]),
  );
  if (fixable.length > 1)
    actions.unshift(withRules(document, `Add the ${fixable.length} proposed rules`, fixable));
  return actions;
}

function withRules(document: TextDocument, title: string, fixed: Diagnostic[]): CodeAction {
  const text = document.getText();
  const rules = fixed.map(proposalOf).filter(rule => rule !== '');
  const whole = { start: { line: 0, character: 0 }, end: document.positionAt(text.length) };
  const newText = addRules(
    text,
    rules.map(rule => ({ rule })),
  );
  return {
    title,
    kind: CodeActionKind.QuickFix,
    diagnostics: fixed,
    edit: { changes: { [document.uri]: [{ range: whole, newText }] } },
  };
}

function proposalOf({ data }: Diagnostic): string {
  return typeof data === 'object' && data !== null && 'proposal' in data ? String(data.proposal) : '';
}

function overlaps(a: Range, b: Range): boolean {
  return a.start.line <= b.end.line && b.start.line <= a.end.line;
}
