import * as vscode from 'vscode';
import type * as lsp from 'vscode-languageserver-protocol';

/** From the language server protocol's shapes to VS Code's. */
export function toRange({ start, end }: lsp.Range): vscode.Range {
  return new vscode.Range(start.line, start.character, end.line, end.character);
}

export function toDiagnostic(diagnostic: lsp.Diagnostic): vscode.Diagnostic {
  const message = typeof diagnostic.message === 'string' ? diagnostic.message : diagnostic.message.value;
  const converted = new vscode.Diagnostic(toRange(diagnostic.range), message, (diagnostic.severity ?? 1) - 1);
  converted.source = diagnostic.source ?? 'Greenroom';
  if (diagnostic.code !== undefined) converted.code = diagnostic.code;
  return converted;
}

export function toCompletion(item: lsp.CompletionItem): vscode.CompletionItem {
  const converted = new vscode.CompletionItem(
    item.label,
    item.kind === undefined ? undefined : item.kind - 1,
  );
  if (item.detail !== undefined) converted.detail = item.detail;
  if (item.documentation !== undefined)
    converted.documentation = new vscode.MarkdownString(
      typeof item.documentation === 'string' ? item.documentation : item.documentation.value,
    );
  if (item.sortText !== undefined) converted.sortText = item.sortText;
  if (item.filterText !== undefined) converted.filterText = item.filterText;
  const text = item.textEdit?.newText ?? item.insertText ?? item.label;
  converted.insertText = item.insertTextFormat === 2 ? new vscode.SnippetString(text) : text;
  if (item.textEdit !== undefined)
    converted.range = toRange('range' in item.textEdit ? item.textEdit.range : item.textEdit.replace);
  return converted;
}

export function toCodeAction(
  action: lsp.CodeAction | lsp.Command,
  diagnostics: readonly vscode.Diagnostic[],
): vscode.CodeAction {
  const converted = new vscode.CodeAction(action.title, vscode.CodeActionKind.QuickFix);
  converted.diagnostics = [...diagnostics];
  if (typeof action.command === 'string') {
    const { title, command, arguments: args } = action as lsp.Command;
    converted.command = { title, command, arguments: args ?? [] };
    return converted;
  }
  const { edit, command, isPreferred } = action as lsp.CodeAction;
  if (edit !== undefined) converted.edit = toWorkspaceEdit(edit);
  if (command !== undefined)
    converted.command = {
      title: command.title,
      command: command.command,
      arguments: command.arguments ?? [],
    };
  if (isPreferred !== undefined) converted.isPreferred = isPreferred;
  return converted;
}

function toWorkspaceEdit(edit: lsp.WorkspaceEdit): vscode.WorkspaceEdit {
  const converted = new vscode.WorkspaceEdit();
  const add = (uri: string, edits: readonly lsp.TextEdit[]) =>
    converted.set(
      vscode.Uri.parse(uri),
      edits.map(({ range, newText }) => vscode.TextEdit.replace(toRange(range), newText)),
    );
  for (const [uri, edits] of Object.entries(edit.changes ?? {})) add(uri, edits);
  for (const change of edit.documentChanges ?? [])
    if ('textDocument' in change)
      add(
        change.textDocument.uri,
        change.edits.filter((one): one is lsp.TextEdit => 'newText' in one),
      );
  return converted;
}
