import * as vscode from 'vscode';
import { showInbox } from '../../server/protocol/inbox.ts';
import { showPromotion } from '../../server/protocol/review.ts';
import type { Backend } from '../backend/backend.ts';
import type { WorkspaceModel } from '../model/workspace.ts';
import { Disposable } from '../ui/disposable.ts';
import { dateText } from '../ui/format.ts';
import { escapeMarkdown } from '../ui/markdown.ts';
import { answerUri, documentScheme, type GreenroomDocument, parseDocumentUri } from './uris.ts';

/** The text of documents that lie in no file: a statement and its undo, a caught message, a promotion. */
export class Documents extends Disposable implements vscode.TextDocumentContentProvider {
  readonly #backend: Backend;
  readonly #workspace: WorkspaceModel;
  readonly #changed = this.register(new vscode.EventEmitter<vscode.Uri>());
  readonly onDidChange = this.#changed.event;

  /** Answers of commands, while their documents are open. */
  readonly #answers = new Map<number, string>();
  #lastAnswer = 0;

  constructor(backend: Backend, workspace: WorkspaceModel) {
    super();
    this.#backend = backend;
    this.#workspace = workspace;
    this.register(vscode.workspace.registerTextDocumentContentProvider(documentScheme, this));
    this.register(
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        if (uri.scheme !== documentScheme) return;
        const document = parseDocumentUri(uri);
        if (document.of === 'answer') this.#answers.delete(document.number);
      }),
    );
    this.register(
      workspace.onDidChangePlan(folder => {
        for (const { uri } of vscode.workspace.textDocuments) {
          if (uri.scheme !== documentScheme) continue;
          const document = parseDocumentUri(uri);
          if (document.of === 'ddl' && document.folder === folder.path) this.#changed.fire(uri);
        }
      }),
    );
  }

  /** Shows a command's answer, written in Markdown, as a page. Not as an untitled file: closing that asks to save it. */
  async showAnswer(title: string, markdown: string): Promise<void> {
    const number = ++this.#lastAnswer;
    this.#answers.set(number, markdown);
    await showMarkdown(answerUri(number, title));
  }

  async provideTextDocumentContent(uri: vscode.Uri, token: vscode.CancellationToken): Promise<string> {
    const document = parseDocumentUri(uri);
    switch (document.of) {
      case 'ddl':
        return this.#ddl(document);
      case 'inbox':
        return this.#message(document, token);
      case 'promotion':
        return this.#promotion(document, token);
      case 'answer':
        return (
          this.#answers.get(document.number) ?? vscode.l10n.t('This answer is gone; run the command again.')
        );
    }
  }

  #ddl(document: Extract<GreenroomDocument, { of: 'ddl' }>): string {
    const plan = this.#workspace.folders.find(({ path }) => path === document.folder)?.lastPlan;
    const change = plan?.schema.find(
      ({ object, kind }) => object === document.object && kind === document.change,
    );
    if (change === undefined) return `-- ${vscode.l10n.t('This change is no longer part of the plan.')}\n`;
    const reasons = change.reasons.map(reason => `-- ${reason}\n`).join('');
    const how = vscode.l10n.t('algorithm: {0}, blocks: {1}', change.algorithm, change.locks);
    return `-- ${how}\n${reasons}${change.sql};\n\n-- ${vscode.l10n.t('Undo')}\n${change.undoSql};\n`;
  }

  async #message(
    document: Extract<GreenroomDocument, { of: 'inbox' }>,
    token: vscode.CancellationToken,
  ): Promise<string> {
    const message = await this.#backend.request(
      showInbox,
      { folder: document.folder, id: document.environment, number: document.number },
      { token },
    );
    const line = (name: string, value: string) => `${name}: ${value}\n`;
    const headers = Object.entries(message.headers).map(([name, value]) => line(name, value));
    return [
      line(vscode.l10n.t('Subject'), message.subject),
      line(vscode.l10n.t('From'), message.from),
      line(vscode.l10n.t('To'), message.to.join(', ')),
      line(vscode.l10n.t('Caught'), dateText(message.at)),
      message.attachments.length > 0
        ? line(vscode.l10n.t('Attachments'), message.attachments.join(', '))
        : '',
      `\n${(message.text || message.html || '').trimEnd()}\n`,
      `\n──── ${vscode.l10n.t('As it was caught')} ────\n`,
      ...headers,
      line(vscode.l10n.t('File'), message.file),
    ].join('');
  }

  async #promotion(
    document: Extract<GreenroomDocument, { of: 'promotion' }>,
    token: vscode.CancellationToken,
  ): Promise<string> {
    const { entry, patch, ddl, undoDdl, statement } = await this.#backend.request(
      showPromotion,
      { folder: document.folder, promotion: document.promotion },
      { token },
    );
    const part = (title: string, language: string, text: string) =>
      text.trim() === '' ? '' : `\n## ${title}\n\n\`\`\`\`${language}\n${text.trimEnd()}\n\`\`\`\`\n`;
    const facts = [entry.by, dateText(entry.at), entry.branch ?? ''].filter(fact => fact !== '');
    return [
      `# ${escapeMarkdown(entry.message.split('\n')[0] ?? entry.promotion)}\n`,
      `${facts.map(escapeMarkdown).join(' · ')} · \`${entry.commit.slice(0, 12)}\`\n`,
      ...entry.findings.map(finding => `- ${escapeMarkdown(finding)}`),
      part(vscode.l10n.t('Schema'), 'sql', ddl),
      part(vscode.l10n.t('Undo'), 'sql', undoDdl),
      part(vscode.l10n.t('Files'), 'diff', patch),
      part(vscode.l10n.t('Signed statement'), 'json', statement),
    ].join('\n');
  }
}

/** A page in place of its source, where VS Code's Markdown support is not switched off. */
export async function showMarkdown(uri: vscode.Uri): Promise<void> {
  try {
    await vscode.commands.executeCommand('markdown.showPreview', uri);
  } catch {
    // Its extension is switched off: the source reads well enough.
    await vscode.window.showTextDocument(uri, { preview: true });
  }
}
