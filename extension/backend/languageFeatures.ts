import * as vscode from 'vscode';
import type * as lsp from 'vscode-languageserver-protocol';
import { Disposable } from '../ui/disposable.ts';
import type { Backend } from './backend.ts';
import { toCodeAction, toCompletion, toDiagnostic, toRange } from './convert.ts';

const selector: vscode.DocumentSelector = { scheme: 'file', pattern: '**/greenroom.jsonc' };

/** Diagnostics, completion, hover and quick fixes of `greenroom.jsonc`, all answered by the backend. */
export class LanguageFeatures extends Disposable {
  readonly #backend: Backend;
  readonly #diagnostics = this.register(vscode.languages.createDiagnosticCollection('greenroom'));

  constructor(backend: Backend) {
    super();
    this.#backend = backend;
    this.register(
      backend.onDidChangeState(({ state }) => {
        if (state === 'running') for (const document of documents()) this.#opened(document);
      }),
    );
    for (const document of documents()) this.#opened(document);
    this.register(vscode.workspace.onDidOpenTextDocument(document => this.#opened(document)));
    this.register(
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (fits(document))
          backend.tell('textDocument/didChange', {
            textDocument: { uri: document.uri.toString(), version: document.version },
            contentChanges: [{ text: document.getText() }],
          });
      }),
    );
    this.register(
      vscode.workspace.onDidCloseTextDocument(document => {
        if (fits(document))
          backend.tell('textDocument/didClose', { textDocument: { uri: document.uri.toString() } });
      }),
    );
    this.register(
      backend.onRawNotification('textDocument/publishDiagnostics', params => {
        const { uri, diagnostics } = params as lsp.PublishDiagnosticsParams;
        this.#diagnostics.set(vscode.Uri.parse(uri), diagnostics.map(toDiagnostic));
      }),
    );
    this.#registerProviders();
  }

  #opened(document: vscode.TextDocument): void {
    if (!fits(document)) return;
    this.#backend.tell('textDocument/didOpen', {
      textDocument: {
        uri: document.uri.toString(),
        languageId: 'jsonc',
        version: document.version,
        text: document.getText(),
      },
    });
  }

  #registerProviders(): void {
    this.register(
      vscode.languages.registerCompletionItemProvider(
        selector,
        {
          provideCompletionItems: async (document, position, token) => {
            const answer = (await this.#ask('textDocument/completion', at(document, position), token)) as
              | lsp.CompletionItem[]
              | lsp.CompletionList
              | null;
            const items = Array.isArray(answer) ? answer : (answer?.items ?? []);
            return new vscode.CompletionList(
              items.map(toCompletion),
              !Array.isArray(answer) && answer?.isIncomplete,
            );
          },
        },
        '"',
        '.',
        '{',
      ),
    );
    this.register(
      vscode.languages.registerHoverProvider(selector, {
        provideHover: async (document, position, token) => {
          const answer = (await this.#ask(
            'textDocument/hover',
            at(document, position),
            token,
          )) as lsp.Hover | null;
          if (answer === null) return undefined;
          const text =
            typeof answer.contents === 'object' && 'value' in answer.contents ? answer.contents.value : '';
          return new vscode.Hover(
            new vscode.MarkdownString(text),
            answer.range === undefined ? undefined : toRange(answer.range),
          );
        },
      }),
    );
    this.register(
      vscode.languages.registerCodeActionsProvider(
        selector,
        {
          provideCodeActions: async (document, range, context, token) => {
            const answer = (await this.#ask(
              'textDocument/codeAction',
              {
                textDocument: { uri: document.uri.toString() },
                range,
                context: {
                  diagnostics: context.diagnostics.map(
                    ({ range: where, message, severity, source, code }) => ({
                      range: where,
                      message,
                      severity: severity + 1,
                      source,
                      code: typeof code === 'object' ? code.value : code,
                    }),
                  ),
                },
              },
              token,
            )) as (lsp.CodeAction | lsp.Command)[] | null;
            return (answer ?? []).map(action => toCodeAction(action, context.diagnostics));
          },
        },
        { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] },
      ),
    );
  }

  async #ask(method: string, params: unknown, token: vscode.CancellationToken): Promise<unknown> {
    if (this.#backend.state.state !== 'running') return null;
    return this.#backend.raw(method, params, { token });
  }
}

function documents(): vscode.TextDocument[] {
  return vscode.workspace.textDocuments.filter(fits);
}

function fits(document: vscode.TextDocument): boolean {
  return vscode.languages.match(selector, document) > 0;
}

function at(document: vscode.TextDocument, position: vscode.Position): lsp.TextDocumentPositionParams {
  return { textDocument: { uri: document.uri.toString() }, position };
}
